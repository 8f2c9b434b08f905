// The engine against full enumeration, on random small cases of every kind.
#include <array>
#include <cmath>
#include <cstdlib>
#include <iostream>

#include "catch_compat.hpp"
#include "oracle.hpp"

using namespace homeward;
using namespace homeward::oracle;

namespace {

std::uint64_t seed() {
  const char* set = std::getenv("HOMEWARD_SEED");
  return set != nullptr ? std::strtoull(set, nullptr, 10) : 20261125;
}

/// HOMEWARD_LONG=1 runs the thorough number of cases, HOMEWARD_LONG=0.1 a tenth of it.
std::size_t case_count(std::size_t quick, std::size_t thorough) {
  const char* set = std::getenv("HOMEWARD_LONG");
  if (set == nullptr) return quick;
  const double share = std::strtod(set, nullptr);
  return share > 0.0 && share < 1.0 ? static_cast<std::size_t>(share * static_cast<double>(thorough)) : thorough;
}

double relative(double value, double expected) {
  return value == expected ? 0.0 : std::abs(value - expected) / std::max(std::abs(value), std::abs(expected));
}

struct RandomCase {
  Pedigree pedigree;
  std::vector<ObservedGenotype> observed;
  LocusModel model;
  ObservationModel observation;
};

ObservedGenotype random_observation(Random& random, const LocusModel& model, bool one_copy, bool sets) {
  const auto allele = [&] { return model.locus.alleles[random.below(model.locus.alleles.size())]; };
  if (sets && random.chance(0.4)) {
    const std::size_t shown = random.below(one_copy ? 2 : 3);
    if (shown == 0) return {Observation::set, {}};
    if (shown == 1) return {Observation::set, Genotype(Allele(), allele())};
    const Genotype both(allele(), allele());
    return {Observation::set, both.homozygous() ? Genotype(Allele(), both.b) : both};
  }
  const Allele a = allele();
  return {Observation::genotype, Genotype(a, one_copy || random.chance(0.4) ? a : allele())};
}

RandomCase random_case(Random& random) {
  RandomCase c;
  const bool errors = random.chance(0.2);
  const std::size_t n_alleles = errors ? 2 : random.chance(0.1) ? 1 : 2 + random.below(2);
  c.model = random_model(random, n_alleles);
  if (errors) {
    c.model.silent = 0.0;
    c.observation.error = random.chance(0.5) ? ErrorModel::e1 : ErrorModel::e2;
    c.observation.error_rate = random.uniform() * 0.2;
  } else if (random.chance(0.25)) {
    c.model.locus.chromosome = Chromosome::x;
  }
  const bool sets = !errors && random.chance(0.4);
  if (sets) {
    c.observation.dropout = random.uniform() * 0.5;
    c.observation.dropin = random.chance(0.5) ? 0.0 : random.uniform() * 0.3;
  }
  const std::size_t states = n_alleles + (c.model.silent > 0.0 ? 1 : 0);
  c.pedigree = random_pedigree(random, 1 + random.below(states <= 2 ? 5 : states == 3 ? 4 : 3));
  for (std::size_t i = 0; i < c.pedigree.size(); ++i) {
    const bool one_copy = c.model.locus.chromosome == Chromosome::x && c.pedigree[i].sex == Sex::male;
    c.observed.push_back(random.chance(0.4) ? ObservedGenotype{} : random_observation(random, c.model, one_copy, sets));
  }
  return c;
}

}  // namespace

TEST_CASE("the engine equals full enumeration on random small pedigrees", "[oracle]") {
  Random random(seed());
  const std::size_t n = case_count(24000, 10000000);
  double worst = 0.0;
  std::size_t impossible = 0;
  for (std::size_t k = 0; k < n; ++k) {
    const RandomCase c = random_case(random);
    const double expected = oracle_likelihood(c.pedigree, c.observed, c.model, c.observation);
    const double value = pedigree_likelihood(c.pedigree, c.observed, c.model, c.observation);
    impossible += expected == 0.0 ? 1 : 0;
    const double difference = relative(value, expected);
    worst = std::max(worst, difference);
    INFO("seed " << seed() << ", case " << k << ", expected " << expected << ", got " << value);
    if (!(difference <= 1e-12)) REQUIRE(difference <= 1e-12);
  }
  std::cerr << "oracle: seed " << seed() << ", " << n << " cases (" << impossible << " impossible), worst relative difference " << worst
            << '\n';
  CHECK(impossible > n / 100);
  CHECK(impossible < n / 2);
}

TEST_CASE("one pass over the missing person's genotypes equals one likelihood per genotype", "[oracle]") {
  Random random(seed() + 1);
  const std::size_t n = case_count(4000, 400000);
  for (std::size_t k = 0; k < n; ++k) {
    RandomCase c = random_case(random);
    const std::size_t missing = random.below(c.pedigree.size());
    const bool one_copy = c.model.locus.chromosome == Chromosome::x && c.pedigree[missing].sex == Sex::male;
    const std::vector<double> by_code =
        missing_genotype_likelihoods(c.pedigree, static_cast<PersonInPedigree>(missing), c.observed, c.model, c.observation);
    REQUIRE(by_code.size() == genotype_code_count(c.model.frequencies.size()));
    for (std::size_t code = 0; code < by_code.size(); ++code) {
      const Genotype genotype = c.model.locus.genotype_of(static_cast<GenotypeCode>(code));
      c.observed[missing] = code == 0 ? ObservedGenotype{} : ObservedGenotype{Observation::genotype, genotype};
      double expected = 0.0;
      if (code == 0 || !one_copy || genotype.homozygous()) expected = oracle_likelihood(c.pedigree, c.observed, c.model, c.observation);
      INFO("seed " << seed() + 1 << ", case " << k << ", code " << code);
      if (!(relative(by_code[code], expected) <= 1e-12)) REQUIRE(by_code[code] == expected);
    }
  }
}

namespace {

/// Two linked loci by enumeration: every phased two-locus genotype of every person, every pair of parental genes passed on.
class LinkedOracle {
 public:
  LinkedOracle(const Pedigree& pedigree, const LinkedLocus& first, const LinkedLocus& second, double rho)
      : pedigree_(pedigree), loci_{&first, &second}, rho_(rho), order_(pedigree.parents_first()), genes_(pedigree.size()) {}
  double sum(std::size_t next = 0) {
    if (next == order_.size()) return 1.0;
    const auto person = static_cast<std::size_t>(order_[next]);
    double total = 0.0;
    for (std::size_t x1 = 0; x1 < 2; ++x1)
      for (std::size_t x2 = 0; x2 < 2; ++x2)
        for (std::size_t y1 = 0; y1 < 2; ++y1)
          for (std::size_t y2 = 0; y2 < 2; ++y2) {
            if (!seen(0, person, x1, y1) || !seen(1, person, x2, y2)) continue;
            const double p = gamete(pedigree_[person].father, true, x1, x2) * gamete(pedigree_[person].mother, false, y1, y2);
            genes_[person] = {{{x1, y1}, {x2, y2}}};
            if (p > 0.0) total += p * sum(next + 1);
          }
    return total;
  }

 private:
  bool seen(std::size_t locus, std::size_t person, std::size_t x, std::size_t y) const {
    const ObservedGenotype& observed = loci_[locus]->observed[person];
    if (observed.kind == Observation::untyped) return true;
    const Locus& l = loci_[locus]->model.locus;
    return observed.genotype == Genotype(l.alleles[x], l.alleles[y]);
  }
  double gamete(PersonInPedigree parent, bool male, std::size_t c1, std::size_t c2) const {
    if (parent < 0) return loci_[0]->model.frequencies[c1] * loci_[1]->model.frequencies[c2];
    const auto& genes = genes_[static_cast<std::size_t>(parent)];
    double total = 0.0;
    for (std::size_t s1 = 0; s1 < 2; ++s1)
      for (std::size_t s2 = 0; s2 < 2; ++s2)
        total += 0.5 * (s1 == s2 ? 1.0 - rho_ : rho_) * matrix(0, male)(genes[0][s1], c1) * matrix(1, male)(genes[1][s2], c2);
    return total;
  }
  const TransitionMatrix& matrix(std::size_t locus, bool male) const {
    return male ? loci_[locus]->model.male : loci_[locus]->model.female;
  }

  const Pedigree& pedigree_;
  std::array<const LinkedLocus*, 2> loci_;
  double rho_;
  std::vector<PersonInPedigree> order_;
  std::vector<std::array<std::array<std::size_t, 2>, 2>> genes_;
};

}  // namespace

TEST_CASE("linked pairs equal enumeration of phased genotypes", "[oracle]") {
  Random random(seed() + 2);
  for (std::size_t k = 0; k < case_count(600, 60000); ++k) {
    const Pedigree pedigree = random_pedigree(random, 1 + random.below(4));
    LocusModel models[2] = {random_model(random, 2), random_model(random, 2)};
    std::vector<ObservedGenotype> observed[2];
    for (std::size_t l = 0; l < 2; ++l) {
      models[l].theta = models[l].silent = 0.0;
      for (std::size_t i = 0; i < pedigree.size(); ++i)
        observed[l].push_back(random.chance(0.4) ? ObservedGenotype{} : random_observation(random, models[l], false, false));
    }
    const LinkedLocus first{observed[0], models[0]};
    const LinkedLocus second{observed[1], models[1]};
    const double rho = random.chance(0.2) ? 0.0 : random.chance(0.2) ? 0.5 : random.uniform() / 2.0;
    const double expected = LinkedOracle(pedigree, first, second, rho).sum();
    const double value = linked_pair_likelihood(pedigree, first, second, rho, {}).plain();
    INFO("seed " << seed() + 2 << ", case " << k << ", rho " << rho);
    if (!(relative(value, expected) <= 1e-12)) REQUIRE(value == expected);
    if (rho == 0.5) {
      const double product =
          pedigree_likelihood(pedigree, observed[0], models[0], {}) * pedigree_likelihood(pedigree, observed[1], models[1], {});
      if (!(relative(value, product) <= 1e-12)) REQUIRE(value == product);
    }
  }
}
