// Families whose members' DNA fits them, and families whose members' does not.
#include "catch_compat.hpp"
#include "homeward/scoring_profile.hpp"
#include "random_population.hpp"
#include "score/family_check.hpp"

using namespace homeward;
using namespace homeward::testing;

namespace {

PopulationShape shape(double theta = 0.0) {
  PopulationShape result;
  result.n_loci = 20;
  result.min_alleles = 8;
  result.theta = theta;
  return result;
}

using Person = std::vector<Genotype>;

Person stranger(const EffectivePopulation& population, CounterRng& rng) {
  Person person;
  for (const LocusModel& model : population.loci) person.emplace_back(draw_allele(model, rng), draw_allele(model, rng));
  return person;
}

Person child_of(const Person& father, const Person& mother, CounterRng& rng) {
  Person child;
  const auto gamete = [&](Genotype g) { return rng.below(2) == 0 ? g.a : g.b; };
  for (std::size_t locus = 0; locus < father.size(); ++locus) child.emplace_back(gamete(father[locus]), gamete(mother[locus]));
  return child;
}

std::vector<Genotype> calls_of(const std::vector<Person>& members) {
  std::vector<Genotype> calls;
  for (std::size_t locus = 0; locus < members.front().size(); ++locus)
    for (const Person& member : members) calls.push_back(member[locus]);
  return calls;
}

/// Grandmother on the father's side, sister and brother of the missing person: the typed of pedigree_family().
struct Relatives {
  Person grandmother, sister, brother;
  Relatives(const EffectivePopulation& population, CounterRng& rng) : grandmother(stranger(population, rng)) {
    const Person father = child_of(stranger(population, rng), grandmother, rng);
    const Person mother = stranger(population, rng);
    sister = child_of(father, mother, rng);
    brother = child_of(father, mother, rng);
  }
  std::vector<Genotype> calls() const { return calls_of({grandmother, sister, brother}); }
};

std::size_t contradicted(const std::vector<MemberPairCheck>& checks) {
  return static_cast<std::size_t>(
      std::count_if(checks.begin(), checks.end(), [](const MemberPairCheck& check) { return check.contradicted(); }));
}

MemberPairCheck conflict(std::size_t a, std::size_t b) {
  MemberPairCheck check;
  check.a = a;
  check.b = b;
  check.log10_lr_best = kContradictedFrom;
  return check;
}

std::size_t members_in(const std::vector<bool>& part) { return static_cast<std::size_t>(std::count(part.begin(), part.end(), true)); }

}  // namespace

TEST_CASE("sound families are not contradicted, and a stranger in one is") {
  CounterRng rng(31, 0);
  for (const double theta : {0.0, 0.02}) {
    const EffectivePopulation population = random_population(shape(theta), rng);
    const FamilyCheck check(population);
    std::size_t found = 0;
    for (int i = 0; i < 100; ++i) {
      Relatives family(population, rng);
      const std::vector<MemberPairCheck> sound = check.pairs(pedigree_family(), family.calls(), 3);
      REQUIRE(sound.size() == 3);
      CHECK(sound[0].declared == DeclaredRelation::second_degree);
      CHECK(sound[2].declared == DeclaredRelation::full_sib);
      CHECK(contradicted(sound) == 0);
      family.sister = stranger(population, rng);
      const std::vector<MemberPairCheck> wrong = check.pairs(pedigree_family(), family.calls(), 3);
      // The brother speaks loudly against a strange sister; the grandmother may not reach the bar.
      found += wrong[2].contradicted() ? 1 : 0;
      CHECK_FALSE(wrong[1].contradicted());
    }
    CHECK(found >= 50);
  }
}

TEST_CASE("one person typed twice under two names is told from sibs") {
  CounterRng rng(32, 0);
  const EffectivePopulation population = random_population(shape(), rng);
  const FamilyCheck check(population);
  Relatives family(population, rng);
  family.brother = family.sister;
  family.brother[3] = Genotype(family.brother[3].a, family.brother[3].a);  // an allele that was not seen again
  const std::vector<MemberPairCheck> checks = check.pairs(pedigree_family(), family.calls(), 3);
  CHECK(checks[2].best == "same_person");
  CHECK(checks[2].contradicted());
}

TEST_CASE("exchanged profiles are named when the exchange mends everything, and only then") {
  CounterRng rng(33, 0);
  const EffectivePopulation population = random_population(shape(), rng);
  const FamilyCheck check(population);
  Family family = pedigree_family();
  family.typed = {0, 1, 2, kNobody, kNobody, kNobody, kNobody};  // grandfather, grandmother and their son, the father
  const Person grandfather = stranger(population, rng), grandmother = stranger(population, rng);
  const Person father = child_of(grandfather, grandmother, rng);
  CHECK(check.swaps(family, calls_of({grandfather, grandmother, father}), 3).empty());
  const std::vector<LikelySwap> swaps = check.swaps(family, calls_of({father, grandmother, grandfather}), 3);
  REQUIRE(swaps.size() == 1);
  CHECK(swaps[0].a == 0);
  CHECK(swaps[0].b == 2);
  CHECK(check.swaps(family, calls_of({grandfather, stranger(population, rng), father}), 3).empty());
}

TEST_CASE("consistent parts are the largest sets without a conflict") {
  CHECK(consistent_parts(3, {}) == std::vector<std::vector<bool>>{{true, true, true}});
  CHECK(consistent_parts(3, {conflict(0, 2), conflict(1, 2)}) == std::vector<std::vector<bool>>{{true, true, false}});
  CHECK(consistent_parts(2, {conflict(0, 1)}) == std::vector<std::vector<bool>>{{false, true}, {true, false}});
  // Two separate conflicts: either of each, four in all.
  CHECK(consistent_parts(5, {conflict(0, 1), conflict(2, 3)}).size() == 4);
  // Whatever the conflicts: no part holds one, all are equally large, none is there twice, and there are at most eight.
  CounterRng rng(34, 0);
  for (int i = 0; i < 300; ++i) {
    const std::size_t n = 2 + rng.below(8);
    std::vector<MemberPairCheck> conflicts;
    for (std::size_t a = 0; a < n; ++a)
      for (std::size_t b = a + 1; b < n; ++b)
        if (rng.below(3) == 0) conflicts.push_back(conflict(a, b));
    const std::vector<std::vector<bool>> parts = consistent_parts(n, conflicts);
    REQUIRE(!parts.empty());
    CHECK(parts.size() <= 8);
    for (std::size_t p = 0; p < parts.size(); ++p) {
      for (const MemberPairCheck& c : conflicts) CHECK_FALSE((parts[p][c.a] && parts[p][c.b]));
      CHECK(members_in(parts[p]) == members_in(parts[0]));
      for (std::size_t other = 0; other < p; ++other) CHECK(parts[other] != parts[p]);
    }
  }
}

TEST_CASE("a contradicted family is compiled part by part: the mean of what its parts would score") {
  CounterRng rng(35, 0);
  const EffectivePopulation population = random_population(shape(), rng);
  const Compiler compiler(population, {});
  const Family family = pedigree_family();
  Relatives relatives(population, rng);
  while (contradicted(FamilyCheck(population).pairs(family, relatives.calls(), 3)) != 1) relatives.sister = stranger(population, rng);
  const CompiledFamily mixed = compiler.compile(family, relatives.calls(), 3);
  REQUIRE(mixed.terms.size() == 2);
  REQUIRE(mixed.warnings.size() == 1);
  for (const std::size_t out : {std::size_t{1}, std::size_t{2}}) {
    std::vector<Person> members{relatives.grandmother, relatives.sister, relatives.brother};
    members[out].assign(members[out].size(), Genotype{});
    const CompiledFamily part = compiler.compile(family, calls_of(members), 3);
    REQUIRE(part.terms.size() == 1);
    const ScoringTerm& term = mixed.terms[out - 1];
    CHECK(term.weight == 0.5);
    for (std::size_t locus = 0; locus < population.loci.size(); ++locus)
      CHECK(term.profile.columns[locus]->log10_lr == part.terms[0].profile.columns[locus]->log10_lr);
  }
}
