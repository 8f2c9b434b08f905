// The same person typed twice: the sum of the likelihood ratios is 1, and windows lose no pair that the law promises.
#include <algorithm>
#include <cmath>

#include "base/rng.hpp"
#include "catch_compat.hpp"
#include "homeward/duplicates.hpp"
#include "homeward/population.hpp"

using namespace homeward;

namespace {

constexpr std::size_t kLoci = 16;

EffectivePopulation population(double theta) {
  Population raw;
  raw.id = "t";
  raw.theta = theta;
  std::vector<ObservedLocus> observed;
  for (std::size_t locus = 0; locus < kLoci; ++locus) {
    LocusPopulation p;
    p.locus = "L" + std::to_string(locus);
    for (int k = 0; k < 6; ++k) {
      p.alleles.push_back(*parse_allele(std::to_string(10 + k)));
      p.frequencies.push_back((k + 1.0) / 21.0);
    }
    p.mutation.model = MutationModel::none;
    observed.push_back({p.locus, p.alleles});
    raw.loci.push_back(p);
  }
  return freeze(raw, observed, {}, UntypedParent::half);
}

Genotype drawn(CounterRng& rng) {
  const auto allele = [&] {
    double u = rng.uniform() * 21.0;
    int k = 0;
    while (k < 5 && u >= k + 1.0) u -= ++k;
    return *parse_allele(std::to_string(10 + k));
  };
  Genotype g{allele(), allele()};
  if (g.b.code() < g.a.code()) std::swap(g.a, g.b);
  return g;
}

MemorySource source_of(const EffectivePopulation& model, const std::vector<std::vector<Genotype>>& people) {
  std::vector<Locus> loci;
  for (const LocusModel& locus : model.loci) loci.push_back(locus.locus);
  std::vector<PersonInfo> persons(people.size());
  ProfileBlock block;
  block.n_persons = people.size();
  block.n_loci = kLoci;
  for (std::size_t locus = 0; locus < kLoci; ++locus)
    for (const auto& person : people) block.calls.push_back(person[locus]);
  for (std::size_t i = 0; i < persons.size(); ++i) persons[i].id = "P" + std::to_string(i);
  return {loci, persons, block, {}};
}

std::vector<std::vector<Genotype>> crowd(std::size_t n, std::uint64_t seed) {
  std::vector<std::vector<Genotype>> people(n);
  for (std::size_t i = 0; i < n; ++i) {
    CounterRng rng(seed, i);
    for (std::size_t locus = 0; locus < kLoci; ++locus) people[i].push_back(drawn(rng));
  }
  return people;
}

}  // namespace

TEST_CASE("the identity LR of a pair of identical heterozygotes is 1 / 2pq when nothing is misread") {
  const EffectivePopulation model = population(0.0);
  const Genotype g{*parse_allele("10"), *parse_allele("12")};
  const std::vector<std::vector<Genotype>> people(2, std::vector<Genotype>(kLoci, g));
  const auto pairs = find_duplicates(source_of(model, people), model, {0.0}, 1.0);
  REQUIRE(pairs.size() == 1);
  const double expected = kLoci * -std::log10(2.0 * (1.0 / 21.0) * (3.0 / 21.0));
  CHECK(std::abs(pairs[0].log10_lr - expected) < 1e-9);
  CHECK(pairs[0].differences.empty());
  CHECK(pairs[0].log10_lr_sib > 0.0);
}

TEST_CASE("a pair with fewer differences than a quarter of its loci is always found, and differences are named") {
  const EffectivePopulation model = population(0.0);
  std::vector<std::vector<Genotype>> people = crowd(400, 5);
  // Three differences, each where it harms the windows most: one step, a dropped allele, and both alleles.
  std::vector<Genotype> again = people[17];
  again[3] = {*parse_allele("10"), *parse_allele("11")};
  people[17][3] = {*parse_allele("10"), *parse_allele("12")};
  again[7] = {*parse_allele("13"), *parse_allele("13")};
  people[17][7] = {*parse_allele("12"), *parse_allele("13")};
  again[11] = {*parse_allele("14"), *parse_allele("15")};
  people[17][11] = {*parse_allele("10"), *parse_allele("11")};
  people.push_back(again);
  const auto pairs = find_duplicates(source_of(model, people), model, {}, 3.0);
  REQUIRE(pairs.size() == 1);
  CHECK(pairs[0].a == 17);
  CHECK(pairs[0].b == 400);
  REQUIRE(pairs[0].differences.size() == 3);
  CHECK(pairs[0].differences[0] == std::make_pair(3U, TypingDifference::one_step));
  CHECK(pairs[0].differences[1] == std::make_pair(7U, TypingDifference::dropout));
  CHECK(pairs[0].differences[2] == std::make_pair(11U, TypingDifference::both_alleles));
  CHECK(pairs[0].log10_lr_sib < pairs[0].log10_lr);
}

TEST_CASE("over all second genotypes the identity LR averages 1 under strangers, with and without theta") {
  // One locus differs from person to person, the others are the same and unmistakable: their LR is divided out.
  for (const double theta : {0.0, 0.02}) {
    const EffectivePopulation model = population(theta);
    const Genotype fixed{*parse_allele("10"), *parse_allele("11")}, first{*parse_allele("12"), *parse_allele("13")};
    std::vector<std::vector<Genotype>> people{std::vector<Genotype>(kLoci, fixed)};
    people[0][0] = first;
    std::vector<Genotype> seconds;
    for (int a = 10; a <= 15; ++a)
      for (int b = a; b <= 15; ++b) {
        seconds.push_back({*parse_allele(std::to_string(a)), *parse_allele(std::to_string(b))});
        people.push_back(people[0]);
        people.back()[0] = seconds.back();
      }
    const auto pairs = find_duplicates(source_of(model, people), model, {0.05}, -50.0);
    double sum = 0.0;
    std::size_t n = 0;
    const auto draw = [&](int like, double p, int seen) { return (like * theta + (1.0 - theta) * p) / (1.0 + (seen - 1) * theta); };
    const auto p = [](Allele allele) { return (allele.code() / 10 - 9) / 21.0; };
    for (const DuplicatePair& pair : pairs) {
      if (pair.a != 0) continue;
      const Genotype g = seconds[pair.b - 1];
      const auto like = [&](Allele allele) { return (allele == first.a ? 1 : 0) + (allele == first.b ? 1 : 0); };
      const double chance = g.a == g.b ? draw(like(g.a), p(g.a), 2) * draw(like(g.a) + 1, p(g.a), 3)
                                       : 2.0 * draw(like(g.a), p(g.a), 2) * draw(like(g.b), p(g.b), 3);
      sum += chance * std::pow(10.0, pair.log10_lr);
      ++n;
    }
    REQUIRE(n == 21);
    // The fifteen fixed loci contribute one factor: that of a pair untyped at the first.
    std::vector<std::vector<Genotype>> only_first = {people[0], people[0]};
    for (auto& person : only_first) person[0] = Genotype{};
    const double factor = find_duplicates(source_of(model, only_first), model, {0.05}, -50.0)[0].log10_lr;
    CHECK(std::abs(sum / std::pow(10.0, factor) - 1.0) < 1e-9);
  }
}
