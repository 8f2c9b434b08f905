// A tested person, or a couple, under each close relation to a child: log10 LR over the loci of a run.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "genetics/kinship.hpp"
#include "homeward/family.hpp"
#include "homeward/population.hpp"
#include "likelihood/pair_relations.hpp"

namespace homeward {

/// log10 LR against unrelated, over the loci typed in both persons; 0 where none is.
struct PairRelationScores {
  double parent = 0.0, full_sib = 0.0, second_degree = 0.0, same_person = 0.0;
  unsigned n_loci = 0;
};

/// log10 LR against three unrelated persons, over the loci typed in the child and a member.
struct CoupleRelationScores {
  double father_second_degree = 0.0, mother_second_degree = 0.0, grandparents = 0.0;
};

/// Prepares every autosomal locus of a population once; then about 0.3 us per locus-rich pair. Thread-safe once made.
class RelationScorer {
 public:
  /// @param population must outlive the scorer.
  RelationScorer(const EffectivePopulation& population, CoAncestry co_ancestry);
  /// @param tested, child genotype codes by locus of the population; kUntyped where not fully known.
  PairRelationScores pair(std::span<const GenotypeCode> tested, std::span<const GenotypeCode> child, Sex side) const;
  /// log10 LR of a pair that shares alleles by descent as given: sum over loci of log10(k0 + k1 parent + k2 identical).
  double by_descent(std::span<const GenotypeCode> a, std::span<const GenotypeCode> b, const SharedByDescent& shared) const;
  /// nullopt at theta > 0: there the couple's alternatives are not computed.
  std::optional<CoupleRelationScores> couple(std::span<const GenotypeCode> father, std::span<const GenotypeCode> mother,
                                             std::span<const GenotypeCode> child) const;
  /// Genotype codes of one person's calls, as this class takes them.
  std::vector<GenotypeCode> codes(std::span<const Genotype> calls) const;

 private:
  const EffectivePopulation& population_;
  std::vector<std::optional<PairRelations>> loci_;  ///< nullopt: not autosomal
  std::vector<AllelePair> alleles_of_;              ///< by GenotypeCode
  double theta_ = 0.0;
};

}  // namespace homeward
