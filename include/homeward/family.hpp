// Searching families, persons and their typings, as a search sees them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "homeward/allele.hpp"
#include "homeward/panel.hpp"
#include "homeward/pedigree.hpp"

namespace homeward {

/// A person's role. Stored on disk: values never change.
enum class Role : std::uint8_t {
  unknown = 0,
  child = 1,
  father = 2,
  mother = 3,
  parent = 4,
  sibling = 5,
  grandparent = 6,
  avuncular = 7,
  half_sibling = 8,
  spouse = 9,
  other_relative = 10,
  control = 11
};
std::string_view to_string(Role role);
/// Accepts the English words (case-insensitive) and common synonyms; nullopt if unknown.
std::optional<Role> parse_role(std::string_view text);

std::string_view to_string(Sex sex);                  ///< "M", "F", "."
std::optional<Sex> parse_sex(std::string_view text);  ///< M/F/male/female/U/unknown/empty; digits are never guessed

using PersonIndex = std::uint32_t;
inline constexpr PersonIndex kNobody = 0xFFFFFFFFU;

/// Shape of a searching family. Stored on disk: values never change.
enum class FamilyShape : std::uint8_t { father = 1, mother = 2, parent = 3, couple = 4, pedigree = 5 };
std::string_view to_string(FamilyShape shape);

/// One searching family and one missing place in it. `father`/`mother` index persons of the source (shape `parent`: a
/// single parent of unknown sex is in `father`, mother = kNobody). Shape `pedigree`: `pedigree`, `typed` (per pedigree
/// person the PersonIndex or kNobody) and `missing`.
struct Family {
  std::string id;
  FamilyShape shape = FamilyShape::father;
  PersonIndex father = kNobody;
  PersonIndex mother = kNobody;
  Pedigree pedigree;
  std::vector<PersonIndex> typed;
  PersonInPedigree missing = kNoParent;
  std::string slot = "1";  ///< which missing place, when a family has several
};

/// One person of a source: no names, ever.
struct PersonInfo {
  std::string id;  ///< sample or person id as reported
  Role role = Role::unknown;
  Sex sex = Sex::unknown;
  std::string kit;  ///< of the first typing, may be empty
  std::uint32_t batch = 0;
};

/// Consensus typings of a block of persons, locus-major: calls[locus * n_persons + i].
struct ProfileBlock {
  std::size_t n_persons = 0;
  std::size_t n_loci = 0;
  std::vector<Genotype> calls;
  Genotype at(LocusIndex locus, std::size_t person) const { return calls[locus * n_persons + person]; }
};

/// Where a search reads from: a store, or memory. Person order is the source's own and does not change while open.
/// Implementations need not be thread-safe; the search reads from one thread.
class ProfileSource {
 public:
  virtual ~ProfileSource() = default;
  virtual const std::vector<Locus>& loci() const = 0;  ///< union of all panels; `alleles` empty
  virtual std::size_t n_persons() const = 0;
  virtual const PersonInfo& person(PersonIndex index) const = 0;
  virtual const std::vector<PersonIndex>& children() const = 0;  ///< persons of role child, ascending index
  virtual const std::vector<Family>& families() const = 0;       ///< ascending (id, slot) in byte order
  /// Consensus of the given persons (ascending indexes) at all loci.
  virtual void read(const std::vector<PersonIndex>& persons, ProfileBlock& out) const = 0;
  /// Distinct alleles per locus over everybody, in order of loci().
  virtual std::vector<std::vector<Allele>> observed_alleles() const = 0;
};

/// A source held in memory: what tests, benchmarks and `lr --profiles` use.
class MemorySource final : public ProfileSource {
 public:
  MemorySource(std::vector<Locus> loci, std::vector<PersonInfo> persons, ProfileBlock profiles, std::vector<Family> families);
  const std::vector<Locus>& loci() const override { return loci_; }
  std::size_t n_persons() const override { return persons_.size(); }
  const PersonInfo& person(PersonIndex index) const override { return persons_[index]; }
  const std::vector<PersonIndex>& children() const override { return children_; }
  const std::vector<Family>& families() const override { return families_; }
  void read(const std::vector<PersonIndex>& persons, ProfileBlock& out) const override;
  std::vector<std::vector<Allele>> observed_alleles() const override;

 private:
  std::vector<Locus> loci_;
  std::vector<PersonInfo> persons_;
  ProfileBlock profiles_;
  std::vector<Family> families_;
  std::vector<PersonIndex> children_;
};

}  // namespace homeward
