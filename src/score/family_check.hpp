// Does the DNA of a family's typed members fit the family as declared?
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "genetics/kinship.hpp"
#include "homeward/family.hpp"
#include "homeward/population.hpp"
#include "score/relation_scorer.hpp"

namespace homeward {

/// A declared relation is contradicted when another one is at least so much likelier (log10): by METHODS equation 31 in at
/// most one sound pair in 10,000 and other relation.
inline constexpr double kContradictedFrom = 4.0;

std::string_view to_string(DeclaredRelation relation);

/// Two typed members of a family: `a` < `b` count in the order of member_indexes().
struct MemberPairCheck {
  std::size_t a = 0, b = 0;
  DeclaredRelation declared = DeclaredRelation::unrelated;
  double log10_lr_declared = 0.0;       ///< against unrelated; 0 when they are declared unrelated
  std::string_view best = "unrelated";  ///< unrelated, parent_child, full_sib, second_degree, same_person
  double log10_lr_best = 0.0;
  unsigned n_loci = 0;  ///< typed in both
  bool contradicted() const { return declared != DeclaredRelation::inbred && log10_lr_best - log10_lr_declared >= kContradictedFrom; }
};

/// Profiles of two members that, exchanged, leave nothing contradicted.
struct LikelySwap {
  std::size_t a = 0, b = 0;
};

/// Checks families against one effective population, which must outlive it. Thread-safe. METHODS, "Reference family".
class FamilyCheck {
 public:
  explicit FamilyCheck(const EffectivePopulation& population) : scorer_(population, CoAncestry::ignored) {}
  /// Every pair of typed members. @param calls, n_members as Compiler::compile takes them. O(pairs x loci).
  std::vector<MemberPairCheck> pairs(const Family& family, std::span<const Genotype> calls, std::size_t n_members) const;
  /// Two members whose exchanged profiles fit the declared family; only looked for when some pair is contradicted.
  std::vector<LikelySwap> swaps(const Family& family, std::span<const Genotype> calls, std::size_t n_members) const;

 private:
  using Codes = std::vector<std::vector<GenotypeCode>>;
  Codes codes(std::span<const Genotype> calls, std::size_t n_members) const;
  std::vector<MemberPairCheck> pairs(const Family& family, const Codes& codes) const;
  RelationScorer scorer_;
};

/// The largest sets of members of whom no two contradict each other: by part and member, true = kept. One part with
/// everybody when nothing is contradicted. More than eight such sets: one part without anybody who is contradicted.
std::vector<std::vector<bool>> consistent_parts(std::size_t n_members, const std::vector<MemberPairCheck>& pairs);

}  // namespace homeward
