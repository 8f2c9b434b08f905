// Score distributions against enumeration, against proven bounds and against importance sampling.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "catch_compat.hpp"
#include "homeward/decide.hpp"
#include "homeward/import.hpp"
#include "random_population.hpp"

using namespace homeward;
using namespace homeward::testing;

namespace {

struct Case {
  EffectivePopulation population;
  CompiledFamily family;
  GenotypeWeights unrelated;
  std::vector<double> all_typed;
};

Case make_case(const PopulationShape& shape, FamilyShape family_shape, double missing, std::uint64_t seed) {
  CounterRng rng(seed, 0);
  Case c;
  c.population = random_population(shape, rng);
  const Compiler compiler(c.population, CoupleWeights{});
  const Family family = family_shape == FamilyShape::pedigree ? pedigree_family() : family_of(family_shape);
  const std::size_t n = member_indexes(family).size();
  c.family = compiler.compile(family, draw_calls(c.population, n, missing, rng), n);
  c.unrelated = unrelated_weights(c.population);
  c.all_typed.assign(c.population.loci.size(), 1.0);
  return c;
}

std::vector<double> related_weights(const LocusScores& column, const std::vector<double>& unrelated, double related) {
  std::vector<double> weights(unrelated.size());
  double total = 0.0;
  for (std::size_t g = 1; g < unrelated.size(); ++g) total += unrelated[g] * std::pow(10.0, column.log10_lr[g]);
  for (std::size_t g = 1; g < unrelated.size(); ++g)
    weights[g] = related * unrelated[g] * std::pow(10.0, column.log10_lr[g]) / total + (1.0 - related) * unrelated[g];
  return weights;
}

/// Every combination of genotypes, one by one.
template <typename Visit>
void enumerate(const ScoringProfile& profile, const GenotypeWeights& unrelated, double related, const Visit& visit) {
  const auto walk = [&](const auto& self, std::size_t locus, double score, double probability) -> void {
    if (locus == profile.columns.size()) {
      visit(score, probability);
      return;
    }
    if (!profile.columns[locus]) {
      self(self, locus + 1, score, probability);
      return;
    }
    const std::vector<double> weights = related_weights(*profile.columns[locus], unrelated[locus], related);
    for (std::size_t g = 1; g < weights.size(); ++g)
      if (weights[g] > 0.0) self(self, locus + 1, score + profile.columns[locus]->log10_lr[g], probability * weights[g]);
  };
  walk(walk, 0, 0.0, 1.0);
}

double enumerated_tail(const ScoringProfile& profile, const GenotypeWeights& unrelated, double related, double log10_lr) {
  double tail = 0.0;
  enumerate(profile, unrelated, related, [&](double score, double probability) { tail += score >= log10_lr ? probability : 0.0; });
  return tail;
}

}  // namespace

TEST_CASE("lattices rounded down and up hold the enumerated tail between them") {
  for (const FamilyShape shape : {FamilyShape::father, FamilyShape::couple, FamilyShape::pedigree}) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      const Case c = make_case(
          {3, 2, 5, seed % 2 == 0 ? MutationModel::none : MutationModel::stepwise, 0.0, seed % 3 == 0 ? 0.02 : 0.0, UntypedParent::half},
          shape, 0.0, seed);
      const ScoringProfile& profile = c.family.terms[0].profile;
      for (const double related : {kUnrelatedChild, kTrueChild, kChildOfFullSib, kChildOfHalfSib}) {
        for (const double x : {-2.0, 0.0, 0.7, 1.5, 2.5}) {
          CAPTURE(to_string(shape), seed, related, x);
          const double exact = enumerated_tail(profile, c.unrelated, related, x);
          const TailBounds bounds = tail_bounds(profile, c.unrelated, related, c.all_typed, x);
          CHECK(bounds.lower <= exact * (1 + 1e-12));
          CHECK(exact <= bounds.upper * (1 + 1e-12));
          CHECK(bounds.upper <= 1.01 * bounds.lower + 1e-300);
        }
      }
    }
  }
}

TEST_CASE("mass at LR 0 stands apart") {
  const Case c = make_case({3, 4, 6, MutationModel::none, 0.0, 0.0, UntypedParent::half}, FamilyShape::father, 0.0, 5);
  const ScoringProfile& profile = c.family.terms[0].profile;
  double impossible = 0.0;
  enumerate(profile, c.unrelated, 0.0, [&](double score, double probability) { impossible += std::isinf(score) ? probability : 0.0; });
  const ScoreDistribution distribution = score_distribution(profile, c.unrelated, 0.0, c.all_typed, {0.02, -50.0, Rounding::down});
  REQUIRE(impossible > 0.0);
  CHECK_THAT(distribution.impossible(), WithinRel(impossible, 1e-12));
  CHECK_THAT(distribution.tail(-50.0), WithinRel(1.0 - impossible, 1e-12));
  CHECK(distribution.tail(distribution.highest() + 0.1) == 0.0);
}

TEST_CASE("an unrelated child reaches t with probability at most 1/t, and its mean LR is 1") {
  for (std::uint64_t seed = 11; seed <= 14; ++seed) {
    const Case c = make_case({16, 4, 16, MutationModel::stepwise, 0.0, 0.0, UntypedParent::half}, FamilyShape::father, 0.05, seed);
    const TailGrid grid{0.02, -110.0, Rounding::matched};
    const ScoreDistribution unrelated = score_distribution(c.family.terms[0].profile, c.unrelated, kUnrelatedChild, c.all_typed, grid);
    double mean = 0.0;
    for (double x = -110.0; x < unrelated.highest() + 0.1; x += 0.02) {
      mean += (unrelated.tail(x - 0.01) - unrelated.tail(x + 0.01)) * std::pow(10.0, x);
      CHECK(unrelated.tail(x) <= std::pow(10.0, -x) * (1 + 1e-6));
    }
    CHECK_THAT(mean, WithinRel(1.0, 2e-3));
    CHECK_THAT(unrelated.tail(-110.0), WithinRel(1.0, 1e-9));
  }
}

TEST_CASE("the matched lattice lies within 1 % of the proven bounds deep into the tail") {
  for (const FamilyShape shape : {FamilyShape::father, FamilyShape::couple}) {
    const Case c = make_case({16, 8, 18, MutationModel::stepwise, 0.0, 0.0, UntypedParent::half}, shape, 0.0, 21);
    const ScoringProfile& profile = c.family.terms[0].profile;
    for (const double related : {kUnrelatedChild, kTrueChild, kChildOfFullSib}) {
      const ScoreDistribution matched = score_distribution(profile, c.unrelated, related, c.all_typed, {0.02, 0.0, Rounding::matched});
      for (const double x : {0.0, 4.0, 8.0}) {
        const TailBounds bounds = tail_bounds(profile, c.unrelated, related, c.all_typed, x);
        CAPTURE(to_string(shape), related, x, bounds.lower, bounds.upper, bounds.step);
        CHECK(bounds.upper <= 1.01 * bounds.lower);
        CHECK(matched.tail(x) >= 0.99 * bounds.lower);
        CHECK(matched.tail(x) <= 1.01 * bounds.upper);
      }
    }
  }
}

namespace {

struct Sampled {
  double tail = 0.0, error = 0.0;
};

/// Genotypes at each locus drawn with weight P(g) 10^(beta x score): cumulative, and the sum of the weights.
struct Tilted {
  std::vector<std::vector<double>> cumulative;
  double log10_total = 0.0, mean_score = 0.0;
};

Tilted tilt(const ScoringProfile& profile, const GenotypeWeights& weights, double beta) {
  Tilted tilted;
  for (std::size_t locus = 0; locus < profile.columns.size(); ++locus) {
    const std::vector<double>& scores = profile.columns[locus]->log10_lr;
    std::vector<double> cumulative(scores.size());
    double total = 0.0, mean = 0.0;
    for (std::size_t g = 1; g < scores.size(); ++g) {
      const double weight = weights[locus][g] * std::pow(10.0, beta * scores[g]);
      mean += weight * scores[g];
      cumulative[g] = total += weight;
    }
    for (double& c : cumulative) c /= total;
    tilted.cumulative.push_back(std::move(cumulative));
    tilted.log10_total += std::log10(total);
    tilted.mean_score += mean / total;
  }
  return tilted;
}

/// Drawn about the threshold, each draw weighted back: P(S >= t) = E[weight; S >= t].
Sampled importance_sampled(const ScoringProfile& profile, const GenotypeWeights& weights, double threshold, int draws, CounterRng& rng) {
  double low = 0.0, high = 3.0;
  for (int i = 0; i < 40; ++i) (tilt(profile, weights, (low + high) / 2.0).mean_score < threshold ? low : high) = (low + high) / 2.0;
  const Tilted tilted = tilt(profile, weights, low);
  double sum = 0.0, squares = 0.0;
  for (int draw = 0; draw < draws; ++draw) {
    double score = 0.0;
    for (std::size_t locus = 0; locus < profile.columns.size(); ++locus) {
      const std::vector<double>& cumulative = tilted.cumulative[locus];
      const auto g = std::upper_bound(cumulative.begin() + 1, cumulative.end() - 1, rng.uniform()) - cumulative.begin();
      score += profile.columns[locus]->log10_lr[static_cast<std::size_t>(g)];
    }
    if (score < threshold) continue;
    const double weight = std::pow(10.0, tilted.log10_total - low * score);
    sum += weight;
    squares += weight * weight;
  }
  const double mean = sum / draws;
  return {mean, std::sqrt((squares / draws - mean * mean) / draws)};
}

}  // namespace

// HOMEWARD_LONG=1: 10^7 draws, and 1 % is asked for outright.
TEST_CASE("importance sampling agrees with the tails of a father, a couple and a pedigree") {
  const bool thorough = std::getenv("HOMEWARD_LONG") != nullptr;
  const int draws = thorough ? 10000000 : 40000;
  std::uint64_t seed = 31;
  for (const FamilyShape shape : {FamilyShape::father, FamilyShape::couple, FamilyShape::pedigree}) {
    const Case c = make_case({18, 8, 18, MutationModel::stepwise, 0.0, 0.0, UntypedParent::half}, shape, 0.0, seed);
    const ScoringProfile& profile = c.family.terms[0].profile;
    for (const double related : {kUnrelatedChild, kChildOfFullSib}) {
      GenotypeWeights weights;
      for (std::size_t locus = 0; locus < profile.columns.size(); ++locus)
        weights.push_back(related_weights(*profile.columns[locus], c.unrelated[locus], related));
      const ScoreDistribution exact = score_distribution(profile, c.unrelated, related, c.all_typed, {0.02, 0.0, Rounding::matched});
      for (const double threshold : {2.0, 4.0, 6.0, 8.0}) {
        CounterRng rng(++seed, 0);
        const Sampled sampled = importance_sampled(profile, weights, threshold, draws, rng);
        const double tail = exact.tail(threshold);
        CAPTURE(to_string(shape), related, threshold, sampled.tail, sampled.error, tail);
        REQUIRE(sampled.tail > 0.0);
        if (thorough)
          CHECK(std::abs(tail - sampled.tail) <= 0.01 * sampled.tail);
        else
          CHECK(std::abs(tail - sampled.tail) <= 4.0 * sampled.error + 0.005 * sampled.tail);
      }
    }
  }
}

TEST_CASE("a locus typed with probability q is the mean of typed and untyped") {
  const Case c = make_case({10, 4, 12, MutationModel::stepwise, 0.0, 0.0, UntypedParent::half}, FamilyShape::father, 0.0, 41);
  const ScoringProfile& profile = c.family.terms[0].profile;
  const TailGrid grid{0.02, 0.0, Rounding::down};
  std::vector<double> typed = c.all_typed, untyped = c.all_typed, half = c.all_typed;
  untyped[3] = 0.0;
  half[3] = 0.25;
  const auto tail = [&](const std::vector<double>& mask, double x) {
    return score_distribution(profile, c.unrelated, kUnrelatedChild, mask, grid).tail(x);
  };
  for (const double x : {0.0, 1.0, 3.0}) CHECK_THAT(tail(half, x), WithinRel(0.25 * tail(typed, x) + 0.75 * tail(untyped, x), 1e-12));
}

TEST_CASE("weights from another table follow the alleles, not their numbers") {
  CounterRng rng(51, 0);
  const EffectivePopulation scored = random_population({2, 4, 6, MutationModel::stepwise, 0.0, 0.0, UntypedParent::half}, rng);
  EffectivePopulation other = scored;
  LocusModel& locus = other.loci[0];
  locus.locus.alleles.erase(locus.locus.alleles.begin());
  const double lost = locus.frequencies.front();
  locus.frequencies.erase(locus.frequencies.begin());
  for (double& p : locus.frequencies) p /= 1.0 - lost;
  const GenotypeWeights weights = unrelated_weights(scored, other);
  const double p = locus.frequencies[0];
  CHECK_THAT(weights[0][genotype_code(1, 1)], WithinRel(p * p, 1e-12));
  CHECK(weights[0][genotype_code(0, 1)] == 0.0);
  CHECK(weights[1] == unrelated_weights(scored)[1]);
}
