// Who exists in a synthetic population: counts, relations and ids, before any genotype.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "homeward/simulate.hpp"
#include "simulate/gene_drop.hpp"

namespace homeward {

inline constexpr std::uint32_t kNone = 0xFFFFFFFFU;

/// Streams of the generator: one purpose and one index each.
enum class StreamPurpose : std::uint64_t {
  plan = 1,
  family_genes = 2,
  child_genes = 3,
  child_typing = 4,
  parent_typing = 5,
  relative_typing = 6
};
inline CounterRng stream(std::uint64_t seed, StreamPurpose purpose, std::uint64_t index) {
  return CounterRng(seed, static_cast<std::uint64_t>(purpose) << 56U | index);
}

/// A couple, a single parent, or a family of relatives (`pedigree`). Registered apart, a couple is two families.
struct PlannedUnit {
  std::optional<PedigreeKind> pedigree;
  Tested tested = Tested::father;
  bool apart = false;
  std::optional<Relation> relation;  ///< nullopt: no child of this unit is in the data
  std::uint32_t family = kNone;      ///< number of the family; apart: the father's
  std::uint32_t family_b = kNone;    ///< apart: the mother's
};

/// A row of children.csv.
struct PlannedChild {
  std::uint32_t unit = kNone;      ///< the family it is related to
  std::uint32_t original = kNone;  ///< child (index) that this one is a second sample of
};

/// A row of families.csv.
struct PlannedParent {
  std::uint32_t unit = kNone;
  std::uint32_t family = kNone;  ///< number of its family
  bool father = true;
  std::uint32_t number = kNone;  ///< of its sample id
};

/// A row of families.csv that is a member of a family of relatives.
struct PlannedRelative {
  std::uint32_t unit = kNone;
  std::uint32_t place = 0;  ///< among the typed members
  std::uint32_t number = kNone;
};

/// Numbers of ids run from 1 without gaps and are randomly permuted.
struct Plan {
  std::vector<PlannedUnit> units;
  std::vector<PlannedChild> children;          ///< by index: related ones first, then unrelated, then duplicates
  std::vector<std::uint32_t> child_number;     ///< by child index
  std::vector<std::uint32_t> child_by_number;  ///< index of the child with number k + 1
  std::vector<PlannedParent> parents;          ///< ascending family number, father before mother
  std::vector<std::uint32_t> pedigree_units;   ///< by number of the family of relatives
  std::vector<PlannedRelative> relatives;      ///< ascending number of the family
};

/// Throws Error(usage) when the counts do not fit together, saying which and what would.
Plan make_plan(const SimulationOptions& options);

/// "C0000017": a letter and at least seven digits.
std::string id_text(char letter, std::uint32_t number);

}  // namespace homeward
