// Power: steps that help, and a planned database against its own definition.
#include <cmath>
#include <memory>

#include "catch_compat.hpp"
#include "decide/next_steps.hpp"
#include "homeward/power.hpp"
#include "random_population.hpp"

using namespace homeward;
using namespace homeward::testing;

namespace {

struct Database {
  std::unique_ptr<MemorySource> source;
  EffectivePopulation population;
};

/// Children typed at 12 loci; fathers at 5, 9 and 12 of them, and one couple.
Database small_database() {
  Database database;
  CounterRng rng(81, 0);
  database.population = random_population({12, 8, 14, MutationModel::stepwise, 0.0, 0.0, UntypedParent::half}, rng);
  std::vector<Locus> loci;
  for (const LocusModel& model : database.population.loci) loci.push_back({model.locus.name, LocusKind::str, Chromosome::autosomal, {}});
  std::vector<PersonInfo> persons;
  std::vector<std::vector<Genotype>> calls;
  const auto add = [&](Role role, std::size_t n_loci) {
    std::vector<Genotype> genotypes(12);
    for (std::size_t l = 0; l < n_loci; ++l) genotypes[l] = draw_stranger(database.population.loci[l], rng);
    persons.push_back({"P" + std::to_string(persons.size()), role, Sex::unknown, "", 0});
    calls.push_back(genotypes);
    return static_cast<PersonIndex>(persons.size() - 1);
  };
  std::vector<Family> families;
  for (const std::size_t n_loci : {5U, 9U, 12U}) {
    Family family = family_of(FamilyShape::father);
    family.id = "F" + std::to_string(100 + n_loci);  // the source orders families by id
    family.father = add(Role::father, n_loci);
    families.push_back(family);
  }
  Family couple = family_of(FamilyShape::couple);
  couple.id = "G";
  couple.father = add(Role::father, 12);
  couple.mother = add(Role::mother, 12);
  families.push_back(couple);
  for (int i = 0; i < 500; ++i) add(Role::child, 12);
  ProfileBlock block;
  block.n_persons = persons.size();
  block.n_loci = 12;
  for (std::size_t l = 0; l < 12; ++l)
    for (const auto& person : calls) block.calls.push_back(person[l]);
  database.source = std::make_unique<MemorySource>(loci, persons, block, families);
  return database;
}

}  // namespace

TEST_CASE("more loci and the other parent help, and the classes say so") {
  const Database database = small_database();
  const ChildClasses children = child_classes(*database.source, database.population);
  PowerOptions options;
  options.min_log10_lr = 2.0;
  options.threads = 2;
  const std::vector<FamilyPower> powers = family_power(*database.source, database.population, children, options);
  REQUIRE(powers.size() == 4);
  const FamilyPower &few = powers[0], &more = powers[1], &all = powers[2], &couple = powers[3];
  CHECK(few.n_loci == 5);
  CHECK(few.p_stands_out < more.p_stands_out);
  CHECK(more.p_stands_out < all.p_stands_out);
  CHECK(few.power_class != PowerClass::decidable);
  CHECK(few.p_after[static_cast<std::size_t>(NextStep::more_loci)] > few.p_stands_out);
  CHECK(few.p_after[static_cast<std::size_t>(NextStep::other_parent)] > few.p_stands_out);
  CHECK(few.gain > 0.0);
  CHECK(couple.power_class == PowerClass::decidable);
  CHECK(couple.best == NextStep::none);
  for (const FamilyPower& p : powers) {
    CHECK(p.p_found >= 0.0);
    CHECK(p.p_found <= 1.0 + 1e-6);
    CHECK(p.stands_out_log10_lr <= 3.8);  // 0.1 of 500 children: at most 1/t of them reach t
  }
  options.threads = 1;
  const std::vector<FamilyPower> again = family_power(*database.source, database.population, children, options);
  for (std::size_t f = 0; f < powers.size(); ++f) {
    CHECK(again[f].p_stands_out == powers[f].p_stands_out);
    CHECK(again[f].gain == powers[f].gain);
  }
}

TEST_CASE("p_found is the share of simulated true children that reach the threshold") {
  const Database database = small_database();
  const ChildClasses children = child_classes(*database.source, database.population);
  PowerOptions options;
  options.min_log10_lr = 3.0;
  options.threads = 1;
  const std::vector<FamilyPower> powers = family_power(*database.source, database.population, children, options);
  const Compiler compiler(database.population, CoupleWeights{});
  CounterRng rng(82, 0);
  for (const std::uint32_t f : {0U, 2U}) {
    const PersonIndex father = database.source->families()[f].father;
    ProfileBlock block;
    database.source->read({father}, block);
    const CompiledFamily compiled = compiler.compile(database.source->families()[f], block.calls, 1);
    constexpr int kChildren = 20000;
    int reached = 0;
    CodeBlock child{1, std::vector<GenotypeCode>(12)};
    for (int i = 0; i < kChildren; ++i) {
      for (std::size_t l = 0; l < 12; ++l) {
        const LocusModel& model = database.population.loci[l];
        Genotype g = draw_stranger(model, rng);
        if (block.calls[l].typed()) {
          const AlleleIndex from = *model.locus.index_of(rng.below(2) == 0 ? block.calls[l].a : block.calls[l].b);
          double u = rng.uniform();
          AlleleIndex to = 0;
          while (to + 1U < model.frequencies.size() && (u -= model.male(from, to)) > 0.0) ++to;
          g = Genotype(model.locus.alleles[to], rng.below(2) == 0 ? g.a : g.b);
        }
        child.codes[l] = *model.locus.code_of(g);
      }
      reached += exact_log10_lr(compiled, child, 0) >= options.min_log10_lr ? 1 : 0;
    }
    const double p = powers[f].p_found;
    CAPTURE(f, p, reached);
    CHECK(std::abs(reached - kChildren * p) <= 4.0 * std::sqrt(kChildren * p * (1.0 - p)) + 0.01 * kChildren * p + 1.0);
  }
}

TEST_CASE("a planned database: chance hits stay below 1/t, couples need fewer loci") {
  CounterRng rng(83, 0);
  const EffectivePopulation population = random_population({13, 8, 14, MutationModel::stepwise, 0.0, 0.0, UntypedParent::half}, rng);
  DesignOptions options;
  options.families_drawn = 40;
  options.threads = 2;
  const Design duo = plan_database(population, {0.0, 2.0, 4.0}, options);
  options.couples = true;
  const Design trio = plan_database(population, {0.0, 2.0, 4.0}, options);
  const double pairs = 130000.0 * 34000.0;
  for (const Design* design : {&duo, &trio})
    for (const DesignLevel& level : design->levels) CHECK(level.chance_hits <= pairs * std::pow(10.0, -level.log10_lr));
  CHECK(duo.levels[2].chance_hits > trio.levels[2].chance_hits);
  CHECK(duo.levels[2].p_reached < trio.levels[2].p_reached);
  CHECK(duo.p_first < trio.p_first);
  CHECK(trio.p_first <= 1.0 + 1e-9);
}
