// Linked pairs in compiled pedigrees: the joint table, its law, the exact scores and the scan's budget.
#include <algorithm>
#include <cmath>
#include <limits>

#include "catch_compat.hpp"
#include "homeward/error.hpp"
#include "homeward/likelihood.hpp"
#include "random_population.hpp"
#include "score/columns.hpp"
#include "score/exact_block.hpp"
#include "score/linked_scores.hpp"
#include "score/quantize.hpp"

using namespace homeward;
using namespace homeward::testing;

namespace {

struct Relatives {
  const char* name;
  std::vector<PedigreePerson> persons;
  std::vector<std::size_t> typed;
  PersonInPedigree missing;
  bool linkage_matters;
};

std::vector<Relatives> kinds() {
  const PedigreePerson father{"F", kNoParent, kNoParent, Sex::male}, mother{"M", kNoParent, kNoParent, Sex::female};
  return {
      {"two full sibs", {father, mother, {"S1", 0, 1, Sex::male}, {"S2", 0, 1, Sex::female}, {"C", 0, 1, Sex::unknown}}, {2, 3}, 4, true},
      {"grandmother and uncle",
       {father,
        mother,
        {"U", 0, 1, Sex::male},
        {"P", 0, 1, Sex::male},
        {"Q", kNoParent, kNoParent, Sex::female},
        {"C", 3, 4, Sex::unknown}},
       {1, 2},
       5,
       true},
      {"father and half sib",
       {father, mother, {"N", kNoParent, kNoParent, Sex::female}, {"H", 0, 2, Sex::male}, {"C", 0, 1, Sex::unknown}},
       {0, 3},
       4,
       true},
      {"own children",
       {{"C", kNoParent, kNoParent, Sex::male}, mother, {"A", 0, 1, Sex::male}, {"B", 0, 1, Sex::male}},
       {1, 2, 3},
       0,
       true},
      {"both parents", {father, mother, {"C", 0, 1, Sex::unknown}}, {0, 1}, 2, false}};
}

EffectivePopulation linked_population(PopulationShape shape, double rho, CounterRng& rng) {
  EffectivePopulation population = random_population(shape, rng);
  population.linked = {{1, 2, rho}};
  return population;
}

/// A family of unrelated genotypes would often be impossible without mutation; genes are dropped instead.
std::vector<Genotype> dropped_calls(const EffectivePopulation& population, const Relatives& kind, double missing, CounterRng& rng) {
  std::vector<Genotype> calls;
  for (const LocusModel& model : population.loci) {
    std::vector<Genotype> people;
    for (const PedigreePerson& person : kind.persons) {
      const auto gamete = [&](PersonInPedigree parent) {
        if (parent == kNoParent) return draw_allele(model, rng);
        const Genotype from = people[static_cast<std::size_t>(parent)];
        return rng.below(2) == 0 ? from.a : from.b;
      };
      const Allele paternal = gamete(person.father), maternal = gamete(person.mother);
      people.emplace_back(paternal, maternal);
    }
    for (const std::size_t member : kind.typed) calls.push_back(rng.uniform() < missing ? Genotype{} : people[member]);
  }
  return calls;
}

Family family_of(const Relatives& kind) {
  Family family;
  family.id = kind.name;
  family.shape = FamilyShape::pedigree;
  family.pedigree = Pedigree(kind.persons);
  family.missing = kind.missing;
  family.typed.assign(kind.persons.size(), kNobody);
  for (std::size_t k = 0; k < kind.typed.size(); ++k) family.typed[kind.typed[k]] = static_cast<PersonIndex>(k);
  return family;
}

std::vector<ObservedGenotype> observed_at(const Relatives& kind, const std::vector<Genotype>& calls, std::size_t locus) {
  std::vector<ObservedGenotype> observed(kind.persons.size());
  for (std::size_t k = 0; k < kind.typed.size(); ++k)
    if (const Genotype g = calls[locus * kind.typed.size() + k]; g.typed()) observed[kind.typed[k]] = {Observation::genotype, g};
  return observed;
}

/// Gives child 0 the genotypes of the largest joint score at the linked pair, and the best ones elsewhere.
void make_best_child(const ScoringProfile& profile, CodeBlock& block) {
  const LinkedScores& pair = *profile.linked[0];
  const std::vector<double>& first = profile.columns[pair.first]->log10_lr;
  const std::vector<double>& second = profile.columns[pair.second]->log10_lr;
  double best = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 1; i < first.size(); ++i)
    for (std::size_t j = 1; j < second.size(); ++j) {
      const auto a = static_cast<GenotypeCode>(i), b = static_cast<GenotypeCode>(j);
      if (!(first[i] + second[j] + pair.at(a, b) > best)) continue;
      best = first[i] + second[j] + pair.at(a, b);
      block.codes[pair.first * block.n_children] = a;
      block.codes[pair.second * block.n_children] = b;
    }
  for (std::size_t locus = 0; locus < profile.columns.size(); ++locus) {
    if (locus == pair.first || locus == pair.second || !profile.columns[locus]) continue;
    const std::vector<double>& scores = profile.columns[locus]->log10_lr;
    block.codes[locus * block.n_children] = static_cast<GenotypeCode>(std::max_element(scores.begin(), scores.end()) - scores.begin());
  }
}

}  // namespace

TEST_CASE("the table of a linked pair is the joint likelihood of every pair of genotypes") {
  CounterRng rng(51, 0);
  for (const double silent : {0.0, 0.02})
    for (const MutationModel mutation : {MutationModel::none, MutationModel::stepwise}) {
      PopulationShape shape;
      shape.n_loci = 3;
      shape.max_alleles = 4;
      shape.silent = silent;
      shape.mutation = mutation;
      for (const Relatives& kind : kinds()) {
        INFO(kind.name << ", silent " << silent);
        const double rho = 0.5 * rng.uniform();
        const EffectivePopulation population = linked_population(shape, rho, rng);
        const std::vector<Genotype> calls = dropped_calls(population, kind, 0.0, rng);
        const Pedigree pedigree(kind.persons);
        std::vector<ObservedGenotype> first = observed_at(kind, calls, 1), second = observed_at(kind, calls, 2);
        const LocusModel& a = population.loci[1];
        const LocusModel& b = population.loci[2];
        const std::vector<double> table = linked_missing_probabilities(pedigree, kind.missing, {first, a}, {second, b}, rho);
        const double relatives = linked_pair_likelihood(pedigree, {first, a}, {second, b}, rho, {}).plain();
        const std::size_t n = genotype_code_count(b.frequencies.size());
        double sum = 0.0;
        for (std::size_t i = 1; i < genotype_code_count(a.frequencies.size()); ++i)
          for (std::size_t j = 1; j < n; ++j) {
            const auto missing = static_cast<std::size_t>(kind.missing);
            first[missing] = {Observation::genotype, a.locus.genotype_of(static_cast<GenotypeCode>(i))};
            second[missing] = {Observation::genotype, b.locus.genotype_of(static_cast<GenotypeCode>(j))};
            const double joint = linked_pair_likelihood(pedigree, {first, a}, {second, b}, rho, {}).plain();
            CHECK_THAT(table[i * n + j], WithinRel(joint / relatives, 1e-11) || WithinAbs(0.0, 1e-300));
            sum += table[i * n + j];
          }
        if (silent == 0.0) CHECK_THAT(sum, WithinRel(1.0, 1e-12));
      }
    }
}

TEST_CASE("a compiled pedigree scores a linked pair jointly, and only where linkage matters") {
  CounterRng rng(52, 0);
  PopulationShape shape;
  shape.n_loci = 5;
  shape.max_alleles = 6;
  for (const Relatives& kind : kinds()) {
    INFO(kind.name);
    std::size_t n_joint = 0;  // a parent who is homozygous at one of the loci has no phase to tell
    for (int round = 0; round < 8; ++round) {
      const EffectivePopulation population = linked_population(shape, 0.1, rng);
      const std::vector<Genotype> calls = dropped_calls(population, kind, 0.0, rng);
      const CompiledFamily family = Compiler(population, CoupleWeights{}).compile(family_of(kind), calls, kind.typed.size());
      REQUIRE(family.terms.size() == 1);
      const ScoringProfile& profile = family.terms[0].profile;
      if (profile.linked.empty()) continue;
      ++n_joint;
      REQUIRE(profile.linked.size() == 1);
      const LinkedScores& pair = *profile.linked[0];
      const std::vector<double> u = unrelated_probabilities(population.loci[1]), v = unrelated_probabilities(population.loci[2]);
      double expectation = 0.0;
      for (std::size_t i = 1; i < u.size(); ++i)
        for (std::size_t j = 1; j < v.size(); ++j) {
          const double gain = pair.at(static_cast<GenotypeCode>(i), static_cast<GenotypeCode>(j));
          CHECK(gain <= pair.best);
          expectation += u[i] * v[j] * std::pow(10.0, profile.columns[1]->log10_lr[i] + profile.columns[2]->log10_lr[j] + gain);
        }
      CHECK_THAT(expectation, WithinRel(1.0, 1e-11));
      for (std::size_t j = 0; j < v.size(); ++j) CHECK(pair.at(kUntyped, static_cast<GenotypeCode>(j)) == 0.0);
    }
    CHECK((n_joint > 0) == kind.linkage_matters);
  }
}

TEST_CASE("with unlinked loci a joint table changes nothing") {
  CounterRng rng(53, 0);
  PopulationShape shape;
  shape.n_loci = 3;
  shape.max_alleles = 5;
  for (const Relatives& kind : kinds()) {
    const EffectivePopulation population = linked_population(shape, 0.5, rng);
    const CompiledFamily family =
        Compiler(population, CoupleWeights{}).compile(family_of(kind), dropped_calls(population, kind, 0.0, rng), kind.typed.size());
    CHECK(family.terms[0].profile.linked.empty());
  }
}

TEST_CASE("no child whose joint score reaches the threshold is over the budget, and the exact block gives the bits of exact_score") {
  CounterRng rng(54, 0);
  std::size_t beyond_the_loci = 0;
  for (int round = 0; round < 12; ++round)
    for (const Relatives& kind : kinds()) {
      PopulationShape shape;
      shape.n_loci = 4;
      shape.max_alleles = 8;
      const EffectivePopulation population = linked_population(shape, 0.02, rng);
      const Compiler compiler(population, CoupleWeights{});
      const CompiledFamily family = compiler.compile(family_of(kind), dropped_calls(population, kind, 0.1, rng), kind.typed.size());
      CodeBlock block;
      block.n_children = 300;
      for (const LocusModel& model : population.loci)
        for (std::size_t i = 0; i < block.n_children; ++i)
          block.codes.push_back(rng.uniform() < 0.05 ? kUntyped : *model.locus.code_of(draw_genotype(model, rng)));
      if (!family.terms[0].profile.linked.empty()) make_best_child(family.terms[0].profile, block);
      std::vector<double> scores;
      for (std::size_t child = 0; child < block.n_children; ++child) scores.push_back(exact_score(family, block, child).log10_lr);
      const double best = *std::max_element(scores.begin(), scores.end());
      double loci = 0.0;
      for (const auto& column : family.terms[0].profile.columns) loci += column ? column->best : 0.0;
      beyond_the_loci += best > loci + 1e-6 ? 1U : 0U;
      for (const double threshold : {best, std::nextafter(best, 9.0), scores[0], scores[1], 0.0}) {
        const QuantizedProfile shadow = quantize(family.terms[0].profile, compiler.alphabet(), threshold);
        std::vector<ScoredChild> found;
        ExactBlock().score(family, block, threshold, found);
        std::size_t next = 0;
        for (std::size_t child = 0; child < block.n_children; ++child) {
          if (!(scores[child] >= threshold)) continue;
          REQUIRE(next < found.size());
          CHECK(found[next].child == child);
          CHECK(found[next++].log10_lr == scores[child]);
          unsigned cost = 0;
          for (std::size_t k = 0; k < shadow.loci.size(); ++k)
            cost += shadow.tables[k * ScanAlphabet::kTableBytes +
                                  compiler.alphabet().scan_codes(shadow.loci[k])[block.codes[shadow.loci[k] * block.n_children + child]]];
          CHECK(shadow.reachable);
          CHECK(cost <= shadow.budget);
        }
        CHECK(next == found.size());
      }
    }
  CHECK(beyond_the_loci > 0);  // some child scores more than the best of all loci together: the wider budget keeps it
}

TEST_CASE("too many meioses, theta and another chromosome are refused by name") {
  CounterRng rng(55, 0);
  const Relatives sibs = kinds()[0];
  PopulationShape shape;
  shape.n_loci = 3;
  EffectivePopulation population = linked_population(shape, 0.1, rng);
  const std::vector<ObservedGenotype> nobody(5);
  LocusModel with_theta = population.loci[1];
  with_theta.theta = 0.01;
  CHECK_THROWS_AS(linked_missing_probabilities(Pedigree(sibs.persons), 4, {nobody, with_theta}, {nobody, population.loci[2]}, 0.1), Error);
  CHECK_THROWS_AS(linked_missing_probabilities(Pedigree(sibs.persons), 4, {nobody, population.loci[1]}, {nobody, population.loci[2]}, 0.6),
                  Error);

  Relatives many = sibs;  // each further sib adds two meioses
  many.persons.pop_back();
  for (int k = 0; k < 6; ++k) many.persons.push_back({"X" + std::to_string(k), 0, 1, Sex::male});
  many.persons.push_back({"C", 0, 1, Sex::unknown});
  many.missing = static_cast<PersonInPedigree>(many.persons.size() - 1);
  many.typed.clear();
  for (std::size_t k = 2; k + 1 < many.persons.size(); ++k) many.typed.push_back(k);
  const CompiledFamily family =
      Compiler(population, CoupleWeights{}).compile(family_of(many), dropped_calls(population, many, 0.0, rng), many.typed.size());
  CHECK(family.terms[0].profile.linked.empty());
  REQUIRE(family.warnings.size() == 1);
  CHECK(family.warnings[0].find("L2 and L3 are taken as unlinked") != std::string::npos);
}
