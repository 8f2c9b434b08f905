// Laws of the likelihood ratios of one locus, for each shape of family.
#include <cmath>
#include <iostream>

#include "catch_compat.hpp"
#include "homeward/error.hpp"
#include "likelihood/parents.hpp"
#include "random_population.hpp"
#include "score/columns.hpp"

using namespace homeward;
using namespace homeward::testing;

namespace {

/// sum over g of P(g | unrelated) LR(g), without the outcome "no allele seen".
double expectation(const LocusModel& model, const std::vector<double>& lr) {
  const std::vector<double> unrelated = unrelated_probabilities(model);
  double sum = 0.0;
  for (std::size_t g = 1; g < lr.size(); ++g) sum += unrelated[g] * lr[g];
  return sum;
}

std::vector<PopulationShape> plain_shapes() {
  std::vector<PopulationShape> shapes;
  for (const MutationModel model : {MutationModel::none, MutationModel::equal, MutationModel::proportional, MutationModel::stepwise})
    for (const UntypedParent rule : {UntypedParent::half, UntypedParent::full}) {
      PopulationShape shape;
      shape.mutation = model;
      shape.untyped_parent = rule;
      shapes.push_back(shape);
    }
  return shapes;
}

ObservedGenotype seen(Genotype g) { return g.typed() ? ObservedGenotype{Observation::genotype, g} : ObservedGenotype{}; }

}  // namespace

TEST_CASE("the expected LR of an unrelated child is 1 at every locus, whatever parents are typed") {
  CounterRng rng(11, 0);
  for (const PopulationShape& shape : plain_shapes()) {
    const EffectivePopulation population = random_population(shape, rng);
    for (const LocusModel& model : population.loci) {
      const Genotype f = draw_genotype(model, rng);
      const Genotype m = draw_genotype(model, rng);
      const UntypedParent rule = population.untyped_parent;
      CHECK_THAT(expectation(model, parents_likelihood_ratios(model, rule, f, std::nullopt)), WithinRel(1.0, 1e-12));
      CHECK_THAT(expectation(model, parents_likelihood_ratios(model, rule, std::nullopt, m)), WithinRel(1.0, 1e-12));
      CHECK_THAT(expectation(model, parents_likelihood_ratios(model, rule, f, m)), WithinRel(1.0, 1e-12));
    }
  }
}

TEST_CASE("the expected LR of an unrelated child is 1 for a pedigree") {
  CounterRng rng(12, 0);
  const Family family = pedigree_family();
  for (PopulationShape shape : plain_shapes()) {
    if (shape.mutation == MutationModel::none) continue;  // unrelated draws would exclude each other
    shape.n_loci = 2;
    shape.max_alleles = 7;
    const EffectivePopulation population = random_population(shape, rng);
    for (const LocusModel& model : population.loci) {
      std::vector<ObservedGenotype> observed(family.pedigree.size());
      for (const std::size_t person : {1U, 4U, 5U}) observed[person] = seen(draw_genotype(model, rng));
      const std::vector<double> lr =
          pedigree_likelihood_ratios(model, population.untyped_parent, family.pedigree, family.missing, observed);
      REQUIRE(lr.size() == genotype_code_count(model.frequencies.size()));
      CHECK_THAT(expectation(model, lr), WithinRel(1.0, 1e-11));
    }
  }
}

TEST_CASE("with a silent allele the expected LR lacks exactly the child in whom no allele is seen") {
  CounterRng rng(13, 0);
  PopulationShape shape;
  shape.silent = 0.02;
  const EffectivePopulation population = random_population(shape, rng);
  for (const LocusModel& model : population.loci) {
    const Allele a = draw_allele(model, rng);
    const Allele b = draw_allele(model, rng);
    const double q = (1.0 - model.silent) * model.frequencies[*model.locus.index_of(a)];
    const double r = (1.0 - model.silent) * model.frequencies[*model.locus.index_of(b)];
    const double s = model.silent;
    const double passes_a = s / (q + 2.0 * s);  // a parent seen as a/a hands on the silent allele
    const double passes_b = s / (r + 2.0 * s);
    CHECK_THAT(expectation(model, parents_likelihood_ratios(model, UntypedParent::half, Genotype{a, a}, std::nullopt)),
               WithinRel(1.0 - passes_a * s, 1e-12));
    CHECK_THAT(expectation(model, parents_likelihood_ratios(model, UntypedParent::half, Genotype{a, a}, Genotype{b, b})),
               WithinRel(1.0 - passes_a * passes_b, 1e-12));
  }
}

TEST_CASE("the closed forms agree with the pedigree likelihood") {
  CounterRng rng(14, 0);
  const Pedigree trio({{"F", kNoParent, kNoParent, Sex::male}, {"M", kNoParent, kNoParent, Sex::female}, {"C", 0, 1, Sex::unknown}});
  for (const double silent : {0.0, 0.01})
    for (const UntypedParent rule : {UntypedParent::half, UntypedParent::full}) {
      PopulationShape shape;
      shape.n_loci = 6;
      shape.max_alleles = 9;
      shape.silent = silent;
      const EffectivePopulation population = random_population(shape, rng);
      for (const LocusModel& model : population.loci) {
        const Allele a = draw_allele(model, rng);
        const std::vector<std::pair<Genotype, Genotype>> parents{{draw_genotype(model, rng), draw_genotype(model, rng)},
                                                                 {{a, a}, draw_genotype(model, rng)},
                                                                 {{a, a}, {}},
                                                                 {{}, draw_genotype(model, rng)}};
        for (const auto& [f, m] : parents) {
          const auto optional = [](Genotype g) { return g.typed() ? std::optional<Genotype>(g) : std::nullopt; };
          const std::vector<double> closed = parents_likelihood_ratios(model, rule, optional(f), optional(m));
          const std::vector<double> general =
              pedigree_likelihood_ratios(model, rule, trio, 2, std::vector<ObservedGenotype>{seen(f), seen(m), {}});
          REQUIRE(closed.size() == general.size());
          CHECK(closed[kUntyped] == 1.0);
          for (std::size_t g = 1; g < closed.size(); ++g) CHECK_THAT(closed[g], WithinRel(general[g], 1e-11));
        }
      }
    }
}

TEST_CASE("theta: the ratio of the two urns, and its limit at theta 0") {
  CounterRng rng(15, 0);
  PopulationShape shape;
  shape.n_loci = 3;
  shape.max_alleles = 6;
  shape.mutation = MutationModel::none;
  const EffectivePopulation plain = random_population(shape, rng);
  for (const LocusModel& at_zero : plain.loci) {
    LocusModel model = at_zero;
    const double theta = model.theta = 0.03;
    const Allele a = model.locus.alleles[0];
    const std::vector<double> lr = parents_likelihood_ratios(model, UntypedParent::half, Genotype{a, a}, std::nullopt);
    // Father a/a, child a/a: (1 + 3t)... the child's other allele after three draws of a under H1, both after two under H2.
    const double p = model.frequencies[0];
    const auto next = [&](double n, double b) { return (b * theta + (1.0 - theta) * p) / (1.0 + (n - 1.0) * theta); };
    CHECK_THAT(lr[genotype_code(0, 0)], WithinRel(next(2, 2) / (next(2, 2) * next(3, 3)), 1e-12));
    model.theta = 1e-9;
    const std::vector<double> nearly = parents_likelihood_ratios(model, UntypedParent::half, Genotype{a, a}, std::nullopt);
    const std::vector<double> closed = parents_likelihood_ratios(at_zero, UntypedParent::half, Genotype{a, a}, std::nullopt);
    for (std::size_t g = 0; g < closed.size(); ++g) CHECK_THAT(nearly[g], WithinAbs(closed[g], 1e-5 * (1.0 + closed[g])));
  }
}

TEST_CASE("relatives who exclude each other leave the ratio undefined") {
  CounterRng rng(16, 0);
  PopulationShape shape;
  shape.n_loci = 1;
  shape.min_alleles = 6;
  shape.mutation = MutationModel::none;
  const EffectivePopulation population = random_population(shape, rng);
  const LocusModel& model = population.loci[0];
  const auto& allele = model.locus.alleles;
  const Family family = pedigree_family();
  std::vector<ObservedGenotype> observed(family.pedigree.size());
  observed[4] = seen({allele[0], allele[1]});
  observed[5] = seen({allele[2], allele[3]});
  CHECK_FALSE(pedigree_likelihood_ratios(model, UntypedParent::half, family.pedigree, family.missing, observed).empty());
  observed[1] = seen({allele[4], allele[5]});  // the grandmother shares nothing with either
  CHECK(pedigree_likelihood_ratios(model, UntypedParent::half, family.pedigree, family.missing, observed).empty());
}

TEST_CASE("the half rule leaves out untyped founders with a single child, again and again, but never the missing person") {
  const Family family = pedigree_family();
  std::vector<ObservedGenotype> observed(family.pedigree.size());
  observed[4] = {Observation::genotype, {Allele(9, 0), Allele(9, 0)}};
  const LocusPedigree siblings = apply_untyped_parent_rule(family.pedigree, family.missing, observed, UntypedParent::half);
  REQUIRE(siblings.pedigree.size() == 5);  // both grandparents go; the parents have three children
  const auto father = siblings.pedigree.find("father");
  REQUIRE(father);
  CHECK(siblings.pedigree[static_cast<std::size_t>(*father)].father == kPopulationGamete);
  CHECK(siblings.pedigree[static_cast<std::size_t>(siblings.missing)].id == "missing");
  CHECK(siblings.pedigree[static_cast<std::size_t>(siblings.missing)].father == *father);

  const Pedigree line({{"great", kNoParent, kNoParent, Sex::male},
                       {"unknown1", kNoParent, kNoParent, Sex::female},
                       {"father", 0, 1, Sex::male},
                       {"mother", kNoParent, kNoParent, Sex::female},
                       {"child", 2, 3, Sex::unknown}});
  const LocusPedigree alone = apply_untyped_parent_rule(line, 4, std::vector<ObservedGenotype>(5), UntypedParent::half);
  REQUIRE(alone.pedigree.size() == 1);
  CHECK(alone.pedigree[0].father == kPopulationGamete);
  CHECK(alone.pedigree[0].mother == kPopulationGamete);
  CHECK(apply_untyped_parent_rule(line, 4, std::vector<ObservedGenotype>(5), UntypedParent::full).pedigree.size() == 5);
  const LocusPedigree grandfather = apply_untyped_parent_rule(line, 0, std::vector<ObservedGenotype>(5), UntypedParent::half);
  CHECK(grandfather.pedigree[static_cast<std::size_t>(grandfather.missing)].id == "great");
}

/// pedigree_inconsistent() over all alleles of the locus: what it must equal.
std::vector<std::uint8_t> inconsistent_over_all_alleles(LocusModel model, const Pedigree& pedigree, PersonInPedigree missing,
                                                        const std::vector<ObservedGenotype>& observed) {
  model.male = model.female = TransitionMatrix::identity(model.frequencies.size());
  model.silent = model.theta = 0.0;
  const std::vector<double> likelihood = missing_genotype_likelihoods(pedigree, missing, observed, model, {});
  std::vector<std::uint8_t> inconsistent(likelihood.size(), 0);
  for (std::size_t g = 1; g < likelihood.size(); ++g) inconsistent[g] = likelihood[g] > 0.0 ? 0 : 1;
  return inconsistent;
}

TEST_CASE("inconsistent means impossible without mutation, for parents and for the same family as a pedigree") {
  CounterRng rng(17, 0);
  PopulationShape shape;
  shape.max_alleles = 8;
  const EffectivePopulation population = random_population(shape, rng);
  const Pedigree trio({{"F", kNoParent, kNoParent, Sex::male}, {"M", kNoParent, kNoParent, Sex::female}, {"C", 0, 1, Sex::unknown}});
  for (const LocusModel& model : population.loci) {
    const Genotype f = draw_genotype(model, rng);
    const Genotype m = draw_genotype(model, rng);
    CHECK(inconsistent_without_mutation(model, f, m) ==
          pedigree_inconsistent(model, trio, 2, std::vector<ObservedGenotype>{seen(f), seen(m), {}}));
    CHECK(inconsistent_without_mutation(model, f, std::nullopt) ==
          pedigree_inconsistent(model, trio, 2, std::vector<ObservedGenotype>{seen(f), {}, {}}));
  }
}

TEST_CASE("what a pedigree allows without mutation does not depend on how many alleles nobody shows") {
  CounterRng rng(18, 0);
  // Loops matter: a child of sibs may be homozygous for an allele that nobody shows, where two different ones are impossible.
  const Pedigree loop({{"GF", kNoParent, kNoParent, Sex::male},
                       {"GM", kNoParent, kNoParent, Sex::female},
                       {"F", 0, 1, Sex::male},
                       {"M", 0, 1, Sex::female},
                       {"S", 2, 3, Sex::unknown},
                       {"C", 2, 3, Sex::unknown}});
  for (const std::size_t n_alleles : {2U, 3U, 6U, 9U}) {
    PopulationShape shape;
    shape.min_alleles = shape.max_alleles = n_alleles;
    const EffectivePopulation population = random_population(shape, rng);
    for (const LocusModel& model : population.loci)
      for (unsigned typed = 0; typed < 32; ++typed) {
        std::vector<Genotype> truth;
        for (const PedigreePerson& person : loop.persons()) {
          const auto gamete = [&](PersonInPedigree parent) {
            const Genotype from = parent == kNoParent ? draw_genotype(model, rng) : truth[static_cast<std::size_t>(parent)];
            return rng.below(2) == 0 ? from.a : from.b;
          };
          const Allele paternal = gamete(person.father), maternal = gamete(person.mother);
          truth.emplace_back(paternal, maternal);
        }
        std::vector<ObservedGenotype> observed(6);
        for (std::size_t person = 0; person < 5; ++person)
          if ((typed >> person & 1U) != 0) observed[person] = seen(truth[person]);
        for (const PersonInPedigree missing : {5, 3})
          CHECK(pedigree_inconsistent(model, loop, missing, observed) == inconsistent_over_all_alleles(model, loop, missing, observed));
      }
  }
}
