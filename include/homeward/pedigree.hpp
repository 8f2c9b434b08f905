// Pedigrees: who descends from whom.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace homeward {

enum class Sex : std::uint8_t { unknown = 0, male = 1, female = 2 };

using PersonInPedigree = std::int32_t;
inline constexpr PersonInPedigree kNoParent = -1;          ///< this parent is unknown: with both, a founder
inline constexpr PersonInPedigree kPopulationGamete = -2;  ///< this parent's gamete is drawn straight from the population

struct PedigreePerson {
  std::string id;
  PersonInPedigree father = kNoParent;
  PersonInPedigree mother = kNoParent;
  Sex sex = Sex::unknown;
};

/// A pedigree: persons in any order. A person has two parents, or none (founder), or `kPopulationGamete` in place of one
/// or both. Construction does not validate: call defects().
class Pedigree {
 public:
  Pedigree() = default;
  explicit Pedigree(std::vector<PedigreePerson> persons) : persons_(std::move(persons)) {}
  const std::vector<PedigreePerson>& persons() const { return persons_; }
  std::size_t size() const { return persons_.size(); }
  const PedigreePerson& operator[](std::size_t i) const { return persons_[i]; }
  std::optional<PersonInPedigree> find(std::string_view id) const;
  bool founder(PersonInPedigree i) const {
    return persons_[static_cast<std::size_t>(i)].father == kNoParent && persons_[static_cast<std::size_t>(i)].mother == kNoParent;
  }

  /// Every defect at once, as sentences naming the person: duplicate id, one parent only, father not male, mother not
  /// female, own ancestor. Empty = sound.
  std::vector<std::string> defects() const;

  /// Persons so that parents come before children. Requires no own-ancestor defect.
  std::vector<PersonInPedigree> parents_first() const;

 private:
  std::vector<PedigreePerson> persons_;
};

}  // namespace homeward
