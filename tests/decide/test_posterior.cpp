// Posteriors: what they sum to, what phi does, and whether they keep what they promise on simulated truth.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "catch_compat.hpp"
#include "homeward/posterior.hpp"
#include "random_population.hpp"
#include "score/exact_block.hpp"

using namespace homeward;
using namespace homeward::testing;

TEST_CASE("one child, two families, nobody: the posterior is the closed form") {
  const std::vector<PosteriorRow> rows{{7, 0, kNoFamily, 4.0, 2.0}, {7, 1, kNoFamily, 3.0}, {9, 1, kNoFamily, 1.0}};
  const PosteriorDatabase database{3, 100, 0, 0, 0.0};
  const PosteriorModel model(database, {0.02, 0.05}, rows);
  const double phi = 0.1;
  const double own = phi * 0.98 / 100 * 1e4, relative = phi * 0.02 / 100 * 1e2, rival = phi * 0.98 / 100 * 1e3;
  const double all = 1 - phi + own + relative + rival;
  const auto at = model.at(phi);
  CHECK_THAT(at[0].own, WithinRel(own / all, 1e-12));
  CHECK_THAT(at[0].relative, WithinRel(relative / all, 1e-12));
  CHECK_THAT(at[1].own, WithinRel(rival / all, 1e-12));
  CHECK_THAT(at[0].none, WithinRel((1 - phi) / all, 1e-12));
  CHECK_THAT(at[0].own + at[0].relative + at[1].own + at[1].relative + at[0].none, WithinRel(1.0, 1e-12));
  CHECK(at[0].none == at[1].none);
}

TEST_CASE("registrations of the same people count once, an undeclared couple speaks for both its members") {
  const PosteriorDatabase database{1, 10, 0, 0, 0.0};
  const auto single = PosteriorModel(database, {0.0, 0.0}, std::vector<PosteriorRow>{{0, 3, kNoFamily, 3.0}}).at(0.5);
  const auto twice =
      PosteriorModel(database, {0.0, 0.0}, std::vector<PosteriorRow>{{0, 3, kNoFamily, 3.0}, {0, 3, kNoFamily, 3.0}}).at(0.5);
  CHECK(twice[0].own == single[0].own);
  CHECK(twice[1].own == single[0].own);
  const PosteriorDatabase apart{1, 10, 5, 5, 0.0};
  const std::vector<PosteriorRow> rows{{0, 3, kNoFamily, 2.0}, {0, 4, kNoFamily, 2.0}, {0, 3, 4, 9.0}};
  const auto at = PosteriorModel(apart, {0.0, 0.05}, rows).at(0.5);
  CHECK(at[2].own > 0.99);
  CHECK(at[0].own > at[2].own);
  CHECK(at[1].own > at[2].own);
  CHECK(at[0].own <= 1.0);
}

TEST_CASE("a hit that is not listed is a rival all the same") {
  const PosteriorDatabase database{2, 10, 5, 5, 0.1};
  const std::vector<PosteriorRow> all{
      {0, 3, kNoFamily, 2.0}, {0, 4, kNoFamily, 1.5}, {0, 3, 4, 3.0}, {1, 5, kNoFamily, 1.0}, {0, 6, kNoFamily, 1.2}};
  const PosteriorModel whole(database, {0.0, 0.05}, all);
  PosteriorModel part(database, {0.0, 0.05}, std::vector<PosteriorRow>{all[0], all[3]});
  for (const std::size_t cut : {1, 2, 4}) part.add_unlisted(all[cut]);
  part.add_unlisted(all[0]);  // the same registration again
  for (const double phi : {0.01, 0.3}) {
    CHECK_THAT(part.at(phi)[0].own, WithinRel(whole.at(phi)[0].own, 1e-12));
    CHECK_THAT(part.at(phi)[0].none, WithinRel(whole.at(phi)[0].none, 1e-12));
    CHECK_THAT(part.at(phi)[1].own, WithinRel(whole.at(phi)[3].own, 1e-12));
  }
  CHECK_THAT(part.estimate().phi, WithinRel(whole.estimate().phi, 1e-9));
  CHECK_THROWS(part.add_unlisted({7, 3, kNoFamily, 2.0}));
}

TEST_CASE("leads within a false discovery rate") {
  CHECK(rows_within_fdr(std::vector<double>{0.99, 0.97, 0.9, 0.5}, 0.05) == 3);
  CHECK(rows_within_fdr(std::vector<double>{0.9, 0.5}, 0.05) == 0);
  CHECK(rows_within_fdr(std::vector<double>{}, 0.05) == 0);
}

TEST_CASE("phi is found again, posteriors are calibrated and the false discovery rate holds") {
  // 14 loci: many true children lie among chance hits, so that every bin of the posterior is filled.
  CounterRng rng(71, 0);
  const EffectivePopulation population = random_population({14, 6, 12, MutationModel::stepwise, 0.0, 0.0, UntypedParent::half}, rng);
  const Compiler compiler(population, CoupleWeights{});
  constexpr std::size_t kFamilies = 300, kChildren = 4000;
  constexpr double kPhi = 0.1;
  std::vector<CompiledFamily> families;
  std::vector<std::vector<Genotype>> fathers;
  for (std::size_t f = 0; f < kFamilies; ++f) {
    fathers.push_back(draw_calls(population, 1, 0.0, rng));
    families.push_back(compiler.compile(family_of(FamilyShape::father), fathers.back(), 1));
  }
  CodeBlock children{kChildren, std::vector<GenotypeCode>(kChildren * population.loci.size())};
  std::vector<std::size_t> truth(kChildren, kFamilies);
  for (std::size_t i = 0; i < kChildren; ++i) {
    if (rng.uniform() < kPhi) truth[i] = rng.below(kFamilies);
    for (std::size_t l = 0; l < population.loci.size(); ++l) {
      const LocusModel& model = population.loci[l];
      Genotype g = draw_genotype(model, rng);
      if (truth[i] < kFamilies) {
        const Genotype father = fathers[truth[i]][l];
        const AlleleIndex from = *model.locus.index_of(rng.below(2) == 0 ? father.a : father.b);
        double u = rng.uniform();
        AlleleIndex to = 0;
        while (to + 1U < model.frequencies.size() && (u -= model.male(from, to)) > 0.0) ++to;
        g = Genotype(model.locus.alleles[to], rng.below(2) == 0 ? g.a : g.b);
      }
      children.codes[l * kChildren + i] = *model.locus.code_of(g);
    }
  }
  std::vector<PosteriorRow> rows;
  std::vector<bool> is_true;
  for (std::uint32_t f = 0; f < kFamilies; ++f) {
    std::vector<ScoredChild> scored;
    ExactBlock block;
    block.score(families[f], children, 0.0, scored);
    for (const ScoredChild& s : scored) {
      rows.push_back({s.child, f, kNoFamily, s.log10_lr});
      is_true.push_back(truth[s.child] == f);
    }
  }
  const PosteriorModel model({kChildren, kFamilies, 0, 0, 0.0}, {0.0, 0.0}, rows);
  const PriorEstimate estimate = model.estimate();
  CAPTURE(estimate.phi, estimate.lower, estimate.upper);
  CHECK(estimate.lower < kPhi);
  CHECK(kPhi < estimate.upper);
  CHECK(estimate.upper - estimate.lower < 0.05);

  const auto at = model.at(estimate.phi);
  for (const auto& [low, high] : std::vector<std::pair<double, double>>{{0.0, 0.01}, {0.01, 0.1}, {0.1, 0.5}, {0.5, 0.9}, {0.9, 1.01}}) {
    double n = 0.0, expected = 0.0, variance = 0.0, found = 0.0;
    for (std::size_t r = 0; r < at.size(); ++r) {
      if (at[r].own < low || at[r].own >= high) continue;
      n += 1.0;
      expected += at[r].own;
      variance += at[r].own * (1.0 - at[r].own);
      found += is_true[r] ? 1.0 : 0.0;
    }
    CAPTURE(low, high, n, expected, found);
    CHECK(n > 20.0);
    CHECK(std::abs(found - expected) <= 4.0 * std::sqrt(variance) + 1.0);
  }

  std::vector<std::size_t> order(at.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::size_t l, std::size_t r) { return at[l].own > at[r].own; });
  std::vector<double> sorted;
  for (const std::size_t r : order) sorted.push_back(at[r].own);
  const std::size_t kept = rows_within_fdr(sorted, 0.05);
  REQUIRE(kept > 100);
  const auto false_leads = static_cast<double>(
      std::count_if(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), [&](std::size_t r) { return !is_true[r]; }));
  CAPTURE(kept, false_leads);
  CHECK(false_leads <= 0.05 * static_cast<double>(kept) + 4.0 * std::sqrt(0.05 * static_cast<double>(kept)));
}
