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

namespace {

constexpr auto kCouple = static_cast<std::size_t>(Registered::couple);
constexpr auto kSingle = static_cast<std::size_t>(Registered::single_parent);
constexpr auto kApart = static_cast<std::size_t>(Registered::apart);

/// Single parents only.
PosteriorDatabase of_single_parents(std::uint64_t n_children, std::uint64_t n_families, double missed = 0.0) {
  PosteriorDatabase database;
  database.n_children = n_children;
  database.n_families[kSingle] = n_families;
  database.missed[kSingle] = missed;
  return database;
}

Prior prior_of(double phi, double couple, double single, double apart) {
  Prior prior;
  prior.phi = phi;
  prior.share[kCouple] = couple;
  prior.share[kSingle] = single;
  prior.share[kApart] = apart;
  return prior;
}

}  // namespace

TEST_CASE("one child, two families, nobody: the posterior is the closed form") {
  const std::vector<PosteriorRow> rows{{7, 0, kNoFamily, 4.0, 2.0}, {7, 1, kNoFamily, 3.0}, {9, 1, kNoFamily, 1.0}};
  const PosteriorModel model(of_single_parents(3, 100), 0.02, rows);
  const double phi = 0.1;
  const double own = phi * 0.98 / 100 * 1e4, relative = phi * 0.02 / 100 * 1e2, rival = phi * 0.98 / 100 * 1e3;
  const double all = 1 - phi + own + relative + rival;
  const auto at = model.at(prior_of(phi, 0.0, 1.0, 0.0));
  CHECK_THAT(at[0].own, WithinRel(own / all, 1e-12));
  CHECK_THAT(at[0].relative, WithinRel(relative / all, 1e-12));
  CHECK_THAT(at[1].own, WithinRel(rival / all, 1e-12));
  CHECK_THAT(at[0].none, WithinRel((1 - phi) / all, 1e-12));
  CHECK_THAT(at[0].own + at[0].relative + at[1].own + at[1].relative + at[0].none, WithinRel(1.0, 1e-12));
  CHECK(at[0].none == at[1].none);
}

TEST_CASE("a child's hypotheses sum to 1: a couple apart is one of them, beside each of its parents alone") {
  PosteriorDatabase database = of_single_parents(1, 10);
  database.n_families[kCouple] = 4;
  database.n_families[kApart] = 25;
  const std::vector<PosteriorRow> rows{{0, 3, kNoFamily, 2.0, 1.0},
                                       {0, 4, kNoFamily, 2.5},
                                       {0, 3, 4, 4.0},
                                       {0, 5, kNoFamily, 1.0, 0.5, Registered::couple},
                                       {0, 3, kNoFamily, 2.0, 1.0}};  // the same people registered again
  const auto at = PosteriorModel(database, 0.02, rows).at(prior_of(0.3, 0.2, 0.5, 0.3));
  double sum = at[0].none;
  for (std::size_t row = 0; row < 4; ++row) sum += at[row].alone + at[row].relative;
  CHECK_THAT(sum, WithinRel(1.0, 1e-12));
  CHECK((at[0].alone == 0.0) != (at[4].alone == 0.0));
  CHECK(at[0].own == at[4].own);
  // The posterior of a person is that of being a parent, whoever the other one is.
  CHECK_THAT(at[1].own, WithinRel(at[1].alone + at[2].own, 1e-12));
  CHECK_THAT(at[2].own / at[1].alone, WithinRel(0.3 / 25 * 1e4 / (0.5 * 0.98 / 10 * std::pow(10.0, 2.5)), 1e-12));
  CHECK(at[3].own == at[3].alone);
}

TEST_CASE("registrations of the same people count once, an undeclared couple speaks for both its members") {
  const Prior half = prior_of(0.5, 0.0, 1.0, 0.0);
  const auto single = PosteriorModel(of_single_parents(1, 10), 0.0, std::vector<PosteriorRow>{{0, 3, kNoFamily, 3.0}}).at(half);
  const auto twice =
      PosteriorModel(of_single_parents(1, 10), 0.0, std::vector<PosteriorRow>{{0, 3, kNoFamily, 3.0}, {0, 3, kNoFamily, 3.0}}).at(half);
  CHECK(twice[0].own == single[0].own);
  CHECK(twice[1].own == single[0].own);
  PosteriorDatabase apart = of_single_parents(1, 10);
  apart.n_families[kApart] = 25;
  const std::vector<PosteriorRow> rows{{0, 3, kNoFamily, 2.0}, {0, 4, kNoFamily, 2.0}, {0, 3, 4, 9.0}};
  const auto at = PosteriorModel(apart, 0.0, rows).at(prior_of(0.5, 0.0, 0.95, 0.05));
  CHECK(at[2].own > 0.99);
  CHECK(at[0].own > at[2].own);
  CHECK(at[1].own > at[2].own);
  CHECK(at[0].own <= 1.0);
}

TEST_CASE("a hit that is not listed is a rival all the same") {
  PosteriorDatabase database = of_single_parents(2, 10, 0.1);
  database.n_families[kApart] = 25;
  const std::vector<PosteriorRow> all{
      {0, 3, kNoFamily, 2.0}, {0, 4, kNoFamily, 1.5}, {0, 3, 4, 3.0}, {1, 5, kNoFamily, 1.0}, {0, 6, kNoFamily, 1.2}};
  const PosteriorModel whole(database, 0.0, all);
  PosteriorModel part(database, 0.0, std::vector<PosteriorRow>{all[0], all[3]});
  for (const std::size_t cut : {1, 2, 4}) part.add_unlisted(all[cut]);
  part.add_unlisted(all[0]);  // the same registration again
  for (const double phi : {0.01, 0.3}) {
    const Prior prior = prior_of(phi, 0.0, 0.9, 0.1);
    CHECK_THAT(part.at(prior)[0].own, WithinRel(whole.at(prior)[0].own, 1e-12));
    CHECK_THAT(part.at(prior)[0].none, WithinRel(whole.at(prior)[0].none, 1e-12));
    CHECK_THAT(part.at(prior)[1].own, WithinRel(whole.at(prior)[3].own, 1e-12));
  }
  CHECK_THAT(part.estimate({}).phi.value, WithinRel(whole.estimate({}).phi.value, 1e-9));
  CHECK_THROWS(part.add_unlisted({7, 3, kNoFamily, 2.0}));
}

TEST_CASE("the prior is found again, however the families are registered, and what is given stays") {
  // Children of known kinds: each has one hypothesis that is beyond doubt, or none. Then the shares are those of the children, but for
  // the one virtual child.
  PosteriorDatabase database = of_single_parents(1000, 60);
  database.n_families[kCouple] = 40;
  database.n_families[kApart] = 900;
  std::vector<PosteriorRow> rows;
  for (std::uint32_t child = 0; child < 100; ++child) {
    if (child < 20) rows.push_back({child, child, kNoFamily, 30.0, 0.0, Registered::couple});
    if (child >= 20 && child < 70) rows.push_back({child, child, kNoFamily, 30.0});
    if (child >= 70) rows.push_back({child, child, child + 100, 40.0});
  }
  const PosteriorModel model(database, 0.0, rows);
  const PriorEstimate free = model.estimate({});
  CHECK_THAT(free.phi.value, WithinRel(0.1, 1e-6));
  CHECK_THAT(free.share[kCouple].value, WithinRel(20.38 / 101, 1e-6));
  CHECK_THAT(free.share[kSingle].value, WithinRel(50.57 / 101, 1e-6));
  CHECK_THAT(free.share[kApart].value, WithinRel(30.05 / 101, 1e-6));
  // The likelihood interval of 100 in 1,000, of 30 in 100: 95 %.
  CHECK_THAT(free.phi.lower, WithinAbs(0.0825, 0.001));
  CHECK_THAT(free.phi.upper, WithinAbs(0.1196, 0.001));
  CHECK_THAT(free.share[kApart].lower, WithinAbs(0.2145, 0.005));
  CHECK_THAT(free.share[kApart].upper, WithinAbs(0.3923, 0.005));
  PriorChoice choice;
  choice.apart = 0.05;
  const PriorEstimate given = model.estimate(choice);
  CHECK(given.prior.share[kApart] == 0.05);
  CHECK(given.share[kApart].lower == given.share[kApart].upper);
  CHECK(given.share[kCouple].lower < given.share[kCouple].value);
  CHECK_THAT(given.prior.share[kCouple] / given.prior.share[kSingle], WithinRel(20.38 / 50.57, 1e-6));
  choice.phi = 0.3;
  const PriorEstimate both = model.estimate(choice);
  CHECK(both.prior.phi == 0.3);
  CHECK(both.phi.lower == 0.3);
  // Nobody registered.
  const PriorEstimate nobody = PosteriorModel(of_single_parents(50, 5), 0.0, std::vector<PosteriorRow>{}).estimate({});
  CHECK(nobody.phi.value == 0.0);
  CHECK(nobody.phi.lower == 0.0);
  CHECK_THAT(nobody.phi.upper, WithinAbs(1.0 - std::exp(-1.92 / 50), 0.001));
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
  const PosteriorModel model(of_single_parents(kChildren, kFamilies), 0.0, rows);
  const PriorEstimate estimate = model.estimate({});
  CAPTURE(estimate.phi.value, estimate.phi.lower, estimate.phi.upper);
  CHECK(estimate.phi.lower < kPhi);
  CHECK(kPhi < estimate.phi.upper);
  CHECK(estimate.phi.upper - estimate.phi.lower < 0.05);

  const auto at = model.at(estimate.prior);
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
