// Registrations of volunteer networks and welfare homes: tables in, people apart from what a search may know.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "homeward/import.hpp"
#include "homeward/registration.hpp"

namespace homeward {

/// What a column of a registration table is. Written into vaults: values never change.
enum class RegistrationField : std::uint8_t {
  none = 0,
  source_id = 1,
  category = 2,
  name = 3,
  alias = 4,
  sex = 5,
  birth_date = 6,
  missing_date = 7,
  missing_place = 8,
  home_place = 9,
  found_place = 10,
  found_date = 11,
  welfare_org = 12,
  height = 13,
  features = 14,
  dna_status = 15,
  police_report = 16,
  contact = 17,
  phone = 18,
  relation = 19,
  registered_at = 20,
  sample_id = 21,
  id_number = 22,
  other = 23,
  ignored = 24  ///< running numbers and our own `_` columns
};
std::string_view to_string(RegistrationField field);
std::optional<RegistrationField> parse_registration_field(std::string_view name);

/// Personal data of one registration, in the order of the file's columns; `other` texts begin with their heading and ": ".
using PersonalFields = std::vector<std::pair<RegistrationField, std::string>>;

/// PersonalFields as bytes (field u8, length u32 little-endian, UTF-8) and back; unreadable bytes throw Error(store).
void append_personal_field(std::string& bytes, RegistrationField field, std::string_view text);
PersonalFields personal_fields(std::string_view bytes);

/// Texts one after another: text i is bytes[offsets[i] .. offsets[i + 1]).
struct SealedTexts {
  std::string bytes;
  std::vector<std::uint64_t> offsets{0};
  std::size_t size() const { return offsets.size() - 1; }
  std::string_view operator[](std::size_t i) const { return std::string_view(bytes).substr(offsets[i], offsets[i + 1] - offsets[i]); }
};

/// What one table says. people[i] belongs to records[i]; nothing personal stands anywhere else but in `rejects`.
struct RegistrationFile {
  std::string path, sha256, sheet, encoding, delimiter;
  std::vector<ColumnMeaning> columns;
  std::vector<Registration> records;  ///< ids and batch still empty
  SealedTexts people;                 ///< of each record its PersonalFields
  std::vector<Issue> issues;
  std::vector<std::string> reject_header;
  std::vector<Reject> rejects;
  std::uint64_t rows = 0;
};

struct RegistrationOptions {
  std::string site;      ///< empty = the file's name up to its first dot
  std::string encoding;  ///< an iconv name; empty = detect
  std::string worksheet;
  int century = 0;  ///< of two-digit years: 1900 or 2000; 0 = they are not read
  ColumnMapping mapping;
  /// Of a text under the vault's key (Vault::hash). Empty: keys stay 0 and identity numbers are not kept at all.
  std::function<std::uint64_t(std::string_view)> hash;
};

/// Reads one table (CSV in any encoding, .xlsx): header row and columns by their words, dates as intervals, regions as codes, sexes by
/// words or by the mapping only. Defects are issues and rejects, none of which shows personal data. Throws Error(input) when the file
/// cannot be opened or no row of its first ones is a header of registrations (the message says what is looked for). Thread-safe.
RegistrationFile read_registrations(const std::filesystem::path& path, const RegistrationOptions& options);

/// Reads a date as written. `code` is the issue to report: empty, or W_DATE_LUNAR, W_DATE_IMPOSSIBLE, W_DATE_ORDER,
/// W_DATE_TWO_DIGIT_YEAR, W_DATE_UNREADABLE. Words for "unknown" are no issue.
struct ReadDate {
  DateInterval interval;
  std::string_view code;
};
ReadDate read_date(std::string_view text, int century = 0);

/// The code of GB/T 2260 that a place begins with or names: a province's two digits, or the digits themselves when the text is a code; 0 =
/// none.
std::uint32_t read_region(std::string_view text);

}  // namespace homeward
