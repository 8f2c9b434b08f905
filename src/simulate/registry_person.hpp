// The people behind the registrations, and the ways in which they are written down.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/rng.hpp"
#include "homeward/simulate_registry.hpp"

namespace homeward::simulation {

/// A day of the proleptic Gregorian calendar.
struct Day {
  int year = 0, month = 1, day = 1;
};

/// What is true of one entity.
struct RegistryPerson {
  std::string entity;
  bool is_child = false;
  Sex sex = Sex::male;
  std::size_t surname = 0;
  std::vector<std::size_t> given;
  Day birth, missing;
  std::size_t place = 0;
  std::string telephones[2];
  bool mother_registers = false;
  std::vector<RegistryEntity::Sample> samples;
};

/// How one site writes.
enum class DateStyle : std::uint8_t { chinese, dashes, dots, compact, messy };
struct SiteHabits {
  DateStyle dates = DateStyle::chinese;
  bool traditional_characters = false;
  const char* male = "男";
  const char* female = "女";
};

RegistryPerson invent(const RegistryEntity& entity, CounterRng& rng);
/// A brother or sister who is missing as well: another entity with the same telephone, surname and place.
RegistryPerson sib_of(const RegistryPerson& person, const std::string& entity, CounterRng& rng);

/// One registration of a person as a site writes it; every text may be empty.
struct WrittenPerson {
  std::string name, sex, birth, missing, place, telephone, relation, contact, sampled, sample_id;
};
WrittenPerson write_down(const RegistryPerson& person, const SiteHabits& habits, CounterRng& rng);

}  // namespace homeward::simulation
