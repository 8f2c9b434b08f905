// A registration without its people: what a store keeps of a searching family or a rescued child beside their DNA.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "homeward/family.hpp"

namespace homeward {

/// How much of a date was said. Stored on disk: values never change.
enum class DatePrecision : std::uint8_t { none = 0, day = 1, month = 2, season = 3, year = 4, decade = 5 };
/// The calendar that was named. Stored on disk: values never change.
enum class DateCalendar : std::uint8_t { unknown = 0, gregorian = 1, lunar = 2 };

/// A date as people remember it: somewhere in from .. to, both included, in days since 1970-01-01 (Gregorian).
struct DateInterval {
  std::int32_t from = 0, to = 0;
  DatePrecision precision = DatePrecision::none;  ///< none: nothing is known, from and to say nothing
  DateCalendar calendar = DateCalendar::unknown;
  bool approximate = false;
  bool known() const { return precision != DatePrecision::none; }
  friend bool operator==(const DateInterval&, const DateInterval&) = default;
};

/// Who looks for whom. Stored on disk: values never change.
enum class RegistrationCategory : std::uint8_t { unknown = 0, family_seeks_child = 1, child_seeks_family = 2, vagrant = 3, other = 4 };
std::string_view to_string(RegistrationCategory category);

/// What the registration says of DNA. Stored on disk: values never change.
enum class DnaStatus : std::uint8_t { unknown = 0, none = 1, sampled = 2, typed = 3 };
std::string_view to_string(DnaStatus status);

/// No names, telephones, addresses or free text: these stand in the vault under the same id.
struct Registration {
  std::string id;  ///< random: `R` and 14 letters or digits; says nothing
  RegistrationCategory category = RegistrationCategory::unknown;
  Role relation = Role::unknown;  ///< of who registered to the missing person
  Sex sex = Sex::unknown;         ///< of the missing person
  DateInterval birth, missing;
  std::uint32_t missing_region = 0, home_region = 0;  ///< GB/T 2260, 2, 4 or 6 digits; 0 = unknown
  DnaStatus dna = DnaStatus::unknown;
  std::string sample_id;  ///< may be empty
  std::string site;
  std::uint64_t line = 0;
  std::uint32_t batch = 0;
  std::uint64_t source_key = 0;   ///< hash, under the vault's key, of the site and its number for this registration
  std::uint64_t content_key = 0;  ///< hash, under the vault's key, of everything it says
  std::string same_as;            ///< the registration that a person said means the same family; empty = none
};

}  // namespace homeward
