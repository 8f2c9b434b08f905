// What the headings of registration tables mean, and the words in their cells.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "homeward/registry.hpp"
#include "registry/text_folder.hpp"

namespace homeward::registry {

/// Headings of one table.
struct RegistrationHeader {
  std::vector<std::string> names;
  std::vector<RegistrationField> fields;  ///< `other` where a heading is not known, `none` where it is empty
  std::size_t n_known = 0;
  bool typed_dna = false;  ///< the DNA column asks whether the profile is in a database, not whether blood was given
};

/// Reads a row as a header. Headings of `mapping` come first, then the words of docs/FORMATS.md, "Registrations".
RegistrationHeader read_header(const std::vector<std::string_view>& cells, const ColumnMapping& mapping, TextFolder& folder);
/// Enough known headings to be one, among them one that registrations have and profiles lack.
bool is_registration_header(const RegistrationHeader& header);

/// Words of cells; nullopt = not a word we know, and then nothing is guessed. Digits are never a sex.
std::optional<Sex> sex_word(std::string_view text);
std::optional<RegistrationCategory> category_word(std::string_view text);
std::optional<Role> relation_word(std::string_view text);
std::optional<DnaStatus> dna_word(std::string_view text, bool typed_dna);

}  // namespace homeward::registry
