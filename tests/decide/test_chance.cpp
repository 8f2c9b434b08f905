// Expected chance hits against exact masks and fine lattices, and against databases of strangers.
#include <cmath>
#include <memory>

#include "catch_compat.hpp"
#include "homeward/chance.hpp"
#include "random_population.hpp"
#include "score/exact_block.hpp"
#include "search/locus_encoder.hpp"

using namespace homeward;
using namespace homeward::testing;

namespace {

constexpr std::size_t kLoci = 16;

struct Database {
  std::unique_ptr<MemorySource> source;
  EffectivePopulation population;
};

/// Nobody is related to anybody. Three kits; a locus fails with probability 0.03. Families are fathers, mothers, couples and parents of
/// unknown sex, the same for every `children_seed`.
Database strangers(std::size_t n_children, std::size_t n_families, std::uint64_t children_seed) {
  Database database;
  CounterRng table_rng(1, 0);
  database.population = random_population({kLoci, 6, 14, MutationModel::stepwise, 0.0, 0.0, UntypedParent::half}, table_rng);
  std::vector<Locus> loci;
  for (const LocusModel& model : database.population.loci) loci.push_back({model.locus.name, LocusKind::str, Chromosome::autosomal, {}});
  std::vector<PersonInfo> persons;
  std::vector<std::vector<Genotype>> calls;
  const auto add = [&](Role role, Sex sex, CounterRng& rng) {
    const std::size_t kit = rng.below(10);
    const std::size_t n_loci = kit < 5 ? kLoci : kit < 8 ? 13 : 10;
    std::vector<Genotype> genotypes(kLoci);
    for (std::size_t l = 0; l < n_loci; ++l)
      if (rng.uniform() >= 0.03) genotypes[l] = draw_genotype(database.population.loci[l], rng);
    persons.push_back({"P" + std::to_string(persons.size()), role, sex, "K" + std::to_string(n_loci), 0});
    calls.push_back(std::move(genotypes));
    return static_cast<PersonIndex>(persons.size() - 1);
  };
  CounterRng family_rng(2, 0);
  std::vector<Family> families;
  for (std::size_t f = 0; f < n_families; ++f) {
    Family family = family_of(f % 8 == 7   ? FamilyShape::parent
                              : f % 3 == 0 ? FamilyShape::father
                              : f % 3 == 1 ? FamilyShape::mother
                                           : FamilyShape::couple);
    family.id = "F" + std::to_string(1000 + f);
    if (family.father != kNobody) family.father = add(Role::father, Sex::male, family_rng);
    if (family.mother != kNobody) family.mother = add(Role::mother, Sex::female, family_rng);
    families.push_back(family);
  }
  CounterRng rng(3, children_seed);
  for (std::size_t i = 0; i < n_children; ++i) add(Role::child, Sex::unknown, rng);
  ProfileBlock block;
  block.n_persons = persons.size();
  block.n_loci = kLoci;
  for (std::size_t l = 0; l < kLoci; ++l)
    for (const std::vector<Genotype>& person : calls) block.calls.push_back(person[l]);
  database.source = std::make_unique<MemorySource>(loci, persons, block, families);
  return database;
}

struct Compiled {
  std::vector<CompiledFamily> families;
  CodeBlock children;
};

Compiled compile_all(const Database& database) {
  Compiled result;
  const LocusEncoder encoder(*database.source, database.population);
  const Compiler compiler(database.population, CoupleWeights{});
  for (const Family& family : database.source->families()) {
    ProfileBlock block;
    std::vector<PersonIndex> members = member_indexes(family);
    database.source->read(members, block);
    result.families.push_back(compiler.compile(family, encoder.genotypes(block), members.size()));
  }
  ProfileBlock block;
  database.source->read(database.source->children(), block);
  result.children = encoder.codes(block);
  return result;
}

std::vector<double> mask_of(const CodeBlock& children, std::size_t child) {
  std::vector<double> typed;
  for (std::size_t l = 0; l < kLoci; ++l) typed.push_back(children.codes[l * children.n_children + child] != kUntyped ? 1.0 : 0.0);
  return typed;
}

}  // namespace

TEST_CASE("chance hits by class agree with the exact masks of all children") {
  const Database database = strangers(150, 12, 1);
  const Compiled compiled = compile_all(database);
  const ChildClasses classes = child_classes(*database.source, database.population);
  REQUIRE(classes.classes.size() == 3);
  CHECK(classes.classes[0].name == "K16, 16 loci");
  std::vector<ChanceQuery> queries;
  for (std::uint32_t f = 0; f < compiled.families.size(); ++f) queries.push_back({f, 2.0});
  const ChanceHits chance = expected_chance_hits(*database.source, database.population, classes, {0.0, {}, 2}, queries);
  const GenotypeWeights unrelated = unrelated_weights(database.population);
  const std::vector<double> levels{0.0, 1.0, 2.0, 3.0, 5.0};
  std::vector<double> exact(levels.size());
  for (std::size_t f = 0; f < compiled.families.size(); ++f) {
    double in_family = 0.0;
    for (std::size_t i = 0; i < compiled.children.n_children; ++i) {
      const FamilyTail tail =
          family_tail(compiled.families[f], unrelated, kUnrelatedChild, mask_of(compiled.children, i), {0.02, 0.0, Rounding::matched});
      for (std::size_t k = 0; k < levels.size(); ++k) exact[k] += tail.at(levels[k]);
      in_family += tail.at(2.0);
    }
    CHECK_THAT(chance.in_family[f], WithinRel(in_family, 0.05));  // one family and 150 children: the classes are coarse for so few
  }
  for (std::size_t k = 0; k < levels.size(); ++k) {
    CAPTURE(levels[k]);
    CHECK_THAT(chance.run.at(levels[k]), WithinRel(exact[k], 0.02));
  }
}

TEST_CASE("databases of strangers give the predicted number of hits") {
  constexpr int kDatabases = 12;
  const std::vector<double> levels{0.0, 1.0, 2.0};
  std::vector<double> sum(levels.size()), squares(levels.size()), expected(levels.size());
  for (int d = 1; d <= kDatabases; ++d) {
    const Database database = strangers(1500, 48, static_cast<std::uint64_t>(d));
    const Compiled compiled = compile_all(database);
    const ChildClasses classes = child_classes(*database.source, database.population);
    const ChanceHits chance = expected_chance_hits(*database.source, database.population, classes, {0.0, {}, 2}, {});
    std::vector<ScoredChild> scored;
    ExactBlock block;
    for (const CompiledFamily& family : compiled.families) block.score(family, compiled.children, 0.0, scored);
    for (std::size_t k = 0; k < levels.size(); ++k) {
      const auto hits =
          static_cast<double>(std::count_if(scored.begin(), scored.end(), [&](const ScoredChild& s) { return s.log10_lr >= levels[k]; }));
      const double excess = hits - chance.run.at(levels[k]);
      sum[k] += excess;
      squares[k] += excess * excess;
      expected[k] += chance.run.at(levels[k]);
    }
  }
  for (std::size_t k = 0; k < levels.size(); ++k) {
    // The spread between databases is measured, not assumed: pairs share people, so it is wider than Poisson's.
    const double standard_error = std::sqrt(squares[k] * kDatabases / (kDatabases - 1));
    CAPTURE(levels[k], sum[k], standard_error, expected[k]);
    CHECK(expected[k] > 50.0);
    CHECK(std::abs(sum[k]) <= 4.0 * standard_error);
    CHECK(standard_error <= 0.15 * expected[k]);
  }
}

TEST_CASE("the tail of a couple's mixture is the sum of its parts'") {
  // A child drawn as one of the three hypotheses' and weighted by 1/LR is an unrelated child.
  const Database database = strangers(1, 12, 1);
  const Compiled compiled = compile_all(database);
  const GenotypeWeights unrelated = unrelated_weights(database.population);
  const CompiledFamily& couple = compiled.families[2];
  REQUIRE(couple.terms.size() == 3);
  const std::vector<double> typed(kLoci, 1.0);
  std::vector<std::vector<std::vector<double>>> cumulative(3);
  for (std::size_t t = 0; t < 3; ++t)
    for (std::size_t l = 0; l < kLoci; ++l) {
      std::vector<double> c(unrelated[l].size());
      for (std::size_t g = 1; g < c.size(); ++g) {
        const auto& column = couple.terms[t].profile.columns[l];
        c[g] = c[g - 1] + unrelated[l][g] * (column ? std::pow(10.0, column->log10_lr[g]) : 1.0);
      }
      for (double& p : c) p /= c.back();
      cumulative[t].push_back(c);
    }
  const std::vector<double> levels{0.0, 2.0, 4.0};
  std::vector<double> sum(levels.size()), squares(levels.size());
  constexpr int kDraws = 200000;
  CounterRng rng(5, 0);
  CodeBlock child{1, std::vector<GenotypeCode>(kLoci)};
  for (int draw = 0; draw < kDraws; ++draw) {
    const double u = rng.uniform();
    const std::size_t t = u < 0.4 ? 0 : u < 0.7 ? 1 : 2;
    for (std::size_t l = 0; l < kLoci; ++l) {
      const std::vector<double>& c = cumulative[t][l];
      child.codes[l] = static_cast<GenotypeCode>(std::upper_bound(c.begin() + 1, c.end() - 1, rng.uniform()) - c.begin());
    }
    const ExactScore score = exact_score(couple, child, 0, true);
    const std::vector<double>& terms = score.term_log10_lr;
    const double proposal = 0.4 * std::pow(10.0, terms[0]) + 0.3 * std::pow(10.0, terms[1]) + 0.3 * std::pow(10.0, terms[2]);
    for (std::size_t k = 0; k < levels.size(); ++k)
      if (score.log10_lr >= levels[k]) {
        sum[k] += 1.0 / proposal;
        squares[k] += 1.0 / proposal / proposal;
      }
  }
  const FamilyTail tail = family_tail(couple, unrelated, kUnrelatedChild, typed, {0.02, 0.0, Rounding::matched});
  for (std::size_t k = 0; k < levels.size(); ++k) {
    const double mean = sum[k] / kDraws;
    const double error = std::sqrt((squares[k] / kDraws - mean * mean) / kDraws);
    CAPTURE(levels[k], mean, error, tail.at(levels[k]));
    CHECK(std::abs(tail.at(levels[k]) - mean) <= 4.0 * error + 0.01 * mean);
  }
}

TEST_CASE("the same chance hits for any number of threads") {
  const Database database = strangers(200, 70, 1);
  const ChildClasses classes = child_classes(*database.source, database.population);
  const std::vector<ChanceQuery> queries{{3, 1.0}, {69, 0.5}, {3, 4.0}};
  const ChanceHits one = expected_chance_hits(*database.source, database.population, classes, {0.0, {}, 1}, queries);
  const ChanceHits three = expected_chance_hits(*database.source, database.population, classes, {0.0, {}, 3}, queries);
  CHECK(one.run.expected == three.run.expected);
  CHECK(one.in_family == three.in_family);
  CHECK(one.in_family[0] > one.in_family[2]);
}

TEST_CASE("a wrong table raises the alarm, the right one does not") {
  const Database database = strangers(1500, 48, 7);
  const Compiled compiled = compile_all(database);
  const ChildClasses classes = child_classes(*database.source, database.population);
  const ChanceHits chance = expected_chance_hits(*database.source, database.population, classes, {0.0, {}, 2}, {});
  class Hits final : public HitStream {
   public:
    std::vector<Hit> hits;
    std::uint64_t size() const override { return hits.size(); }
    std::size_t next(Hit* out, std::size_t capacity) override {
      const std::size_t n = std::min(capacity, hits.size() - at_);
      std::copy_n(hits.begin() + static_cast<std::ptrdiff_t>(at_), n, out);
      at_ += n;
      return n;
    }
    void rewind() override { at_ = 0; }

   private:
    std::size_t at_ = 0;
  } hits;
  ExactBlock block;
  for (std::uint32_t f = 0; f < compiled.families.size(); ++f) {
    std::vector<ScoredChild> scored;
    block.score(compiled.families[f], compiled.children, 0.0, scored);
    for (const ScoredChild& s : scored) {
      Hit hit;
      hit.log10_lr = s.log10_lr;
      hit.child = database.source->children()[s.child];
      hit.family = f;
      hits.hits.push_back(hit);
    }
  }
  const auto alarms = [&](const ChanceHits& predicted) {
    int n = 0;
    for (const ChanceCheck& check : check_chance_hits(hits, *database.source, classes, predicted, 0.0))
      for (std::size_t level = 0; level < 4; ++level) n += check.alarming(level) ? 1 : 0;
    return n;
  };
  CHECK(alarms(chance) == 0);
  ChanceHits too_few = chance;
  for (ChanceCurve* curve : {&too_few.run, &too_few.by_class[0], &too_few.by_class[1], &too_few.by_class[2]})
    for (double& e : curve->expected) e /= 3.0;
  CHECK(alarms(too_few) > 0);
}

TEST_CASE("couples of strangers registered apart: the exact masks of all children, and couples that are drawn") {
  const Database database = strangers(150, 8, 1);
  const Compiled compiled = compile_all(database);
  const ChildClasses classes = child_classes(*database.source, database.population);
  const UndeclaredChance chance = expected_undeclared_couples(*database.source, database.population, classes, {0.0, {}, 2});
  const GenotypeWeights unrelated = unrelated_weights(database.population);
  const Compiler compiler(database.population, CoupleWeights{1.0, 0.0, 0.0});
  const LocusEncoder encoder(*database.source, database.population);
  const std::vector<double> levels{0.0, 2.0, 4.0};
  std::vector<double> exact(levels.size());
  std::uint64_t n_couples = 0;
  for (const Family& father : database.source->families())
    for (const Family& mother : database.source->families()) {
      if (father.shape != FamilyShape::father || mother.shape != FamilyShape::mother) continue;
      ++n_couples;
      Family couple = family_of(FamilyShape::couple);
      ProfileBlock of_father, of_mother;
      database.source->read(std::vector<PersonIndex>{father.father}, of_father);
      database.source->read(std::vector<PersonIndex>{mother.mother}, of_mother);
      const std::vector<Genotype> fathers = encoder.genotypes(of_father), mothers = encoder.genotypes(of_mother);
      std::vector<Genotype> calls;
      for (std::size_t locus = 0; locus < kLoci; ++locus) {
        calls.push_back(fathers[locus]);
        calls.push_back(mothers[locus]);
      }
      const CompiledFamily family = compiler.compile(couple, calls, 2);
      for (std::size_t i = 0; i < compiled.children.n_children; ++i) {
        const FamilyTail tail =
            family_tail(family, unrelated, kUnrelatedChild, mask_of(compiled.children, i), {0.02, 0.0, Rounding::matched});
        for (std::size_t k = 0; k < levels.size(); ++k) exact[k] += tail.at(levels[k]);
      }
    }
  CHECK(chance.n_couples == n_couples);
  CHECK(chance.n_drawn == n_couples);
  for (std::size_t k = 0; k < levels.size(); ++k) {
    CAPTURE(levels[k], exact[k], chance.expected.at(levels[k]));
    CHECK_THAT(chance.expected.at(levels[k]), WithinRel(exact[k], 0.1));  // the classes are coarse for 150 children
  }
}
