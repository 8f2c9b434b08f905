// Close relations over the loci of a run: sums of the loci, whatever is typed.
#include <cmath>

#include "catch_compat.hpp"
#include "random_population.hpp"
#include "score/relation_scorer.hpp"

using namespace homeward;
using namespace homeward::testing;

namespace {

std::vector<GenotypeCode> codes(const EffectivePopulation& population, CounterRng& rng) {
  std::vector<GenotypeCode> result;
  for (const LocusModel& model : population.loci)
    result.push_back(rng.below(6) == 0 ? kUntyped : *model.locus.code_of({draw_allele(model, rng), draw_allele(model, rng)}));
  return result;
}

AllelePair alleles(const LocusModel& model, GenotypeCode code) {
  const Genotype g = model.locus.genotype_of(code);
  return {*model.locus.index_of(g.a), *model.locus.index_of(g.b)};
}

}  // namespace

TEST_CASE("scores of a pair are the sums over the loci typed in both") {
  CounterRng rng(51, 0);
  for (const double theta : {0.0, 0.01})
    for (const std::size_t n_loci : {std::size_t{12}, std::size_t{600}}) {
      PopulationShape shape;
      shape.n_loci = n_loci;
      shape.theta = theta;
      const EffectivePopulation population = random_population(shape, rng);
      const RelationScorer scorer(population, CoAncestry::of_model);
      const std::vector<GenotypeCode> a = codes(population, rng), b = codes(population, rng);
      double parent = 0.0, sib = 0.0, second = 0.0, same = 0.0, cousin = 0.0;
      unsigned n = 0;
      for (std::size_t locus = 0; locus < n_loci; ++locus) {
        if (a[locus] == kUntyped || b[locus] == kUntyped) continue;
        const LocusModel& model = population.loci[locus];
        const PairRatios ratios =
            PairRelations(model, population.untyped_parent).ratios(alleles(model, a[locus]), alleles(model, b[locus]), Sex::female);
        parent += std::log10(ratios.parent);
        sib += std::log10(ratios.full_sib);
        second += std::log10(ratios.second_degree);
        same += std::log10(ratios.same_person);
        const double paternal =
            PairRelations(model, population.untyped_parent).ratios(alleles(model, a[locus]), alleles(model, b[locus]), Sex::male).parent;
        cousin += std::log10(0.75 + 0.25 * paternal);
        ++n;
      }
      const PairRelationScores scores = scorer.pair(a, b, Sex::female);
      CHECK(scores.n_loci == n);
      CHECK_THAT(scores.full_sib, WithinRel(sib, 1e-10));
      CHECK_THAT(scores.second_degree, WithinRel(second, 1e-10));
      CHECK_THAT(scores.same_person, WithinRel(same, 1e-10));
      CHECK_THAT(scorer.by_descent(a, b, {0.75, 0.25, 0.0}), WithinRel(cousin, 1e-10));
      if (theta == 0.0) CHECK_THAT(scores.parent, WithinRel(parent, 1e-10));
      if (theta > 0.0) CHECK(scores.parent == parent);  // without mutation: impossible, minus infinity
      CHECK(scorer.couple(a, b, a).has_value() == (theta == 0.0));
    }
}

TEST_CASE("nobody typed, nothing said; theta is left out where it is asked to be") {
  CounterRng rng(52, 0);
  PopulationShape shape;
  shape.theta = 0.02;
  const EffectivePopulation population = random_population(shape, rng);
  const RelationScorer scorer(population, CoAncestry::ignored);
  const std::vector<GenotypeCode> none(population.loci.size(), kUntyped);
  const std::vector<GenotypeCode> a = codes(population, rng);
  const PairRelationScores scores = scorer.pair(a, none, Sex::male);
  CHECK(scores.n_loci == 0);
  CHECK(scores.full_sib == 0.0);
  CHECK(scores.same_person == 0.0);
  EffectivePopulation without = population;
  for (LocusModel& model : without.loci) model.theta = 0.0;
  without.theta = 0.0;
  const std::vector<GenotypeCode> b = codes(population, rng);
  CHECK(scorer.pair(a, b, Sex::male).full_sib == RelationScorer(without, CoAncestry::of_model).pair(a, b, Sex::male).full_sib);
  CHECK(scorer.couple(a, b, a).has_value());
}
