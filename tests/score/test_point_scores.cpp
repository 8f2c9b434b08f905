// Scores at one genotype against compiled columns: the same bits.
#include <bit>
#include <cmath>

#include "catch_compat.hpp"
#include "likelihood/parents.hpp"
#include "random_population.hpp"
#include "score/columns.hpp"
#include "score/point_scores.hpp"

using namespace homeward;
using namespace homeward::testing;

namespace {

/// Every child genotype of every locus with random parents, one or both typed.
void compare(const PopulationShape& shape, std::uint64_t seed) {
  CounterRng rng(seed, 0);
  const EffectivePopulation population = random_population(shape, rng);
  const PointScores points(population);
  REQUIRE(points.usable());
  for (LocusIndex locus = 0; locus < population.loci.size(); ++locus) {
    const LocusModel& model = population.loci[locus];
    for (int typed = 1; typed <= 3; ++typed) {
      std::optional<Genotype> father, mother;
      if ((typed & 1) != 0) father = draw_genotype(model, rng);
      if ((typed & 2) != 0)
        mother = rng.below(3) == 0 ? Genotype(model.locus.alleles[0], model.locus.alleles[0]) : draw_genotype(model, rng);
      const std::vector<double> lr = parents_likelihood_ratios(model, population.untyped_parent, father, mother);
      const std::vector<std::uint8_t> inconsistent = inconsistent_without_mutation(model, father, mother);
      const GenotypeCode f = father ? *model.locus.code_of(*father) : kUntyped;
      const GenotypeCode m = mother ? *model.locus.code_of(*mother) : kUntyped;
      for (std::size_t g = 1; g < lr.size(); ++g) {
        const auto child = static_cast<GenotypeCode>(g);
        const double expected = std::log10(lr[g]);
        const double found = points.log10_lr(locus, child, f, m);
        if (std::bit_cast<std::uint64_t>(expected) != std::bit_cast<std::uint64_t>(found)) {
          INFO("seed " << seed << ", locus " << locus << ", genotype " << g << ": " << found << " instead of " << expected);
          CHECK(false);
        }
        if (points.inconsistent(locus, child, f, m) != (inconsistent[g] != 0)) CHECK(false);
        if (points.genotype(locus, child) != model.locus.genotype_of(child)) CHECK(false);
      }
    }
  }
}

}  // namespace

TEST_CASE("the score at one genotype has the bits of the compiled column") {
  std::uint64_t seed = 4100;
  for (const MutationModel model : {MutationModel::none, MutationModel::stepwise, MutationModel::proportional})
    for (const double silent : {0.0, 0.005})
      for (const UntypedParent rule : {UntypedParent::half, UntypedParent::full}) {
        PopulationShape shape;
        shape.mutation = model;
        shape.silent = silent;
        shape.untyped_parent = rule;
        compare(shape, ++seed);
      }
}

TEST_CASE("theta has no closed form") {
  CounterRng rng(4200, 0);
  PopulationShape shape;
  shape.theta = 0.01;
  CHECK_FALSE(PointScores(random_population(shape, rng)).usable());
}
