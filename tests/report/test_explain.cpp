#include <cmath>
#include <set>

#include "catch_compat.hpp"
#include "homeward/error.hpp"
#include "report/formula.hpp"
#include "small_world.hpp"

using namespace homeward;
using namespace small_world;

namespace {

/// One locus, alleles p = 12 and q = 15 with frequencies 0.05 and 0.2, the rest 20.
EffectivePopulation one_locus(MutationModel mutation, double theta = 0.0,
                              std::vector<Allele> alleles = {Allele(12, 0), Allele(15, 0), Allele(20, 0)},
                              std::vector<double> frequencies = {0.05, 0.2, 0.75}) {
  Population population;
  population.id = "one";
  population.loci.push_back(locus("LOC", std::move(alleles), std::move(frequencies)));
  population.loci[0].mutation.model = mutation;
  ModelOverrides overrides;
  overrides.theta = theta;
  return frozen(population, UntypedParent::half, overrides);
}

Family family_of(FamilyShape shape) {
  Family family;
  family.id = "F";
  family.shape = shape;
  if (shape != FamilyShape::mother) family.father = 1;
  if (shape == FamilyShape::mother || shape == FamilyShape::couple) family.mother = 2;
  return family;
}

LocusLine duo(const EffectivePopulation& population, Genotype child, Genotype father) {
  const auto lines = explain_pair(population, family_of(FamilyShape::father), Hypothesis::father_only, {father}, 1, {child});
  REQUIRE(lines.size() == 1);
  return lines[0];
}

LocusLine trio(const EffectivePopulation& population, Genotype child, Genotype father, Genotype mother) {
  const auto lines = explain_pair(population, family_of(FamilyShape::couple), Hypothesis::couple, {father, mother}, 2, {child});
  REQUIRE(lines.size() == 1);
  return lines[0];
}

constexpr double p = 0.05, q = 0.2;

}  // namespace

TEST_CASE("a duo's line is the textbook's, formula and value") {
  const EffectivePopulation population = one_locus(MutationModel::none);
  struct Case {
    const char *a, *b, *c, *d, *formula;
    double lr;
  };
  const Case kCases[]{{"12", "12", "12", "12", "1/p", 1 / p},
                      {"12", "12", "12", "20", "1/(2p)", 1 / (2 * p)},
                      {"12", "15", "12", "15", "(p+q)/(4pq)", (p + q) / (4 * p * q)},
                      {"12", "15", "12", "12", "1/(2p)", 1 / (2 * p)},
                      {"12", "15", "12", "20", "1/(4p)", 1 / (4 * p)},
                      {"12", "15", "15", "20", "1/(4q)", 1 / (4 * q)},
                      {"12", "15", "15", "15", "1/(2q)", 1 / (2 * q)}};
  for (const Case& c : kCases) {
    INFO(c.a << "/" << c.b << " of " << c.c << "/" << c.d);
    const LocusLine line = duo(population, gt(c.a, c.b), gt(c.c, c.d));
    CHECK(line.formula == c.formula);
    CHECK_THAT(line.lr, WithinRel(c.lr, 1e-12));
    CHECK_THAT(line.log10_lr, WithinRel(std::log10(c.lr), 1e-12));
    CHECK_THAT(line.p_h1 / line.p_h2, WithinRel(c.lr, 1e-12));
    CHECK_THAT(line.p_h2, WithinRel(gt(c.a, c.b).homozygous() ? p * p : 2 * p * q, 1e-12));
    CHECK(line.status == "consistent");
    CHECK(line.min_steps == 0);
    CHECK(line.freq_floor_applied == "no");
    CHECK(line.mut_model == "none");
    CHECK(line.gt_child == std::string(c.a) + "/" + c.b);
    CHECK(line.gt_mother.empty());
  }
}

TEST_CASE("a trio's line is the textbook's, formula and value") {
  const EffectivePopulation population = one_locus(MutationModel::none);
  struct Case {
    const char *a, *b, *c, *d, *e, *f, *formula;
    double lr;
  };
  const Case kCases[]{
      {"12", "12", "12", "12", "12", "12", "1/p^2", 1 / (p * p)},        {"12", "12", "12", "12", "12", "20", "1/(2p^2)", 1 / (2 * p * p)},
      {"12", "12", "12", "20", "12", "20", "1/(4p^2)", 1 / (4 * p * p)}, {"12", "15", "12", "12", "15", "15", "1/(2pq)", 1 / (2 * p * q)},
      {"12", "15", "12", "15", "12", "15", "1/(4pq)", 1 / (4 * p * q)},  {"12", "15", "12", "15", "12", "20", "1/(8pq)", 1 / (8 * p * q)},
      {"12", "15", "15", "20", "12", "12", "1/(4pq)", 1 / (4 * p * q)}};
  for (const Case& c : kCases) {
    INFO(c.a << "/" << c.b << " of " << c.c << "/" << c.d << " and " << c.e << "/" << c.f);
    const LocusLine line = trio(population, gt(c.a, c.b), gt(c.c, c.d), gt(c.e, c.f));
    CHECK(line.formula == c.formula);
    CHECK_THAT(line.lr, WithinRel(c.lr, 1e-12));
  }
}

TEST_CASE("an inconsistency names the mutation, its rate and the fewest whole steps") {
  const EffectivePopulation population =
      one_locus(MutationModel::stepwise, 0.0, {Allele(12, 0), Allele(12, 2), Allele(15, 0), Allele(17, 0), Allele(20, 0)},
                {0.05, 0.05, 0.2, 0.2, 0.5});
  const LocusLine line = duo(population, gt("15", "17"), gt("12", "20"));
  CHECK(line.status == "inconsistent");
  CHECK(line.min_steps == 3);
  CHECK(line.formula == "mutation: sum_ij M(i,j)/(4p_j)");
  CHECK(line.mut_rate == population.loci[0].mutation.rate_male);
  // The identity of METHODS: LR = sum over the parent's i and the child's j of M(i, j) / (4 p_j).
  const TransitionMatrix& m = population.loci[0].male;
  CHECK_THAT(line.lr, WithinRel((m(0, 2) / 0.2 + m(0, 3) / 0.2 + m(4, 2) / 0.2 + m(4, 3) / 0.2) / 4.0, 1e-12));
  // 12.2 is in no whole number of steps from 15 or 17.
  CHECK(duo(population, gt("12.2", "12.2"), gt("15", "17")).min_steps == -1);
  const LocusLine both = trio(population, gt("15", "15"), gt("12", "12"), gt("17", "20"));
  CHECK(both.min_steps == 5);
  CHECK(both.status == "inconsistent");
  CHECK(both.note == "maternal rate 0.0005");
}

TEST_CASE("an impossible pair without mutation has LR 0") {
  const LocusLine line = duo(one_locus(MutationModel::none), gt("12", "12"), gt("15", "20"));
  CHECK(line.lr == 0.0);
  CHECK(line.p_h1 == 0.0);
  CHECK(std::isinf(line.log10_lr));
  CHECK(line.status == "inconsistent");
}

TEST_CASE("steps: over both ways of assigning the child's alleles") {
  CHECK(fewest_steps(gt("10", "12"), gt("9", "9"), gt("12", "12")) == 1);
  CHECK(fewest_steps(gt("10", "12"), gt("12", "14"), gt("11", "11")) == 1);
  CHECK(fewest_steps(gt("9.3", "10"), gt("9", "9"), std::nullopt) == 1);  // 9 -> 10, never 9 -> 9.3
  CHECK(fewest_steps(gt("9.3", "9.3"), gt("9", "10"), std::nullopt) == -1);
  CHECK(fewest_steps(gt("A", "G"), gt("A", "A"), gt("A", "A")) == -1);
  CHECK(fewest_steps(gt("A", "G"), gt("A", "A"), std::nullopt) == 0);
}

TEST_CASE("theta: the line holds the same ratio as its two probabilities") {
  const EffectivePopulation population = one_locus(MutationModel::none, 0.03);
  const LocusLine line = duo(population, gt("12", "12"), gt("12", "12"));
  CHECK_THAT(line.p_h1 / line.p_h2, WithinRel(line.lr, 1e-12));
  // H1 draws a third copy of the allele, H2 a third and a fourth (Balding and Nichols).
  const double t = 0.03;
  CHECK_THAT(line.lr, WithinRel((1 + 2 * t) / (3 * t + (1 - t) * p), 1e-12));
  CHECK(line.formula == "1/p, before theta");
}

TEST_CASE("lines of loci that do not count have LR 1, a reason, and leave the sum alone") {
  const Population three = population(4, MutationModel::stepwise);
  const EffectivePopulation effective = frozen(three);
  const Genotype half(Allele(), Allele(9, 0));
  const std::vector<Genotype> father{gt("8", "9"), gt("8", "9"), {}, {}};
  const auto lines =
      explain_pair(effective, family_of(FamilyShape::father), Hypothesis::father_only, father, 1, {{}, half, gt("8", "9"), {}});
  REQUIRE(lines.size() == 3);  // nobody is typed at L4
  CHECK(lines[0].status == "child_untyped");
  CHECK(lines[1].status == "not_expressible");
  CHECK(lines[2].status == "relatives_untyped");
  for (const LocusLine& line : lines) {
    CHECK(line.lr == 1.0);
    CHECK(line.cum_log10_lr == 0.0);
    CHECK(std::isnan(line.p_h1));
  }
}

TEST_CASE("an allele of the rare-allele rule is named") {
  Population population;
  population.id = "one";
  population.loci.push_back(locus("LOC", {Allele(12, 0), Allele(20, 0)}, {0.25, 0.75}));
  const EffectivePopulation effective = freeze(population, {{"LOC", {Allele(12, 0), Allele(13, 0)}}}, {}, UntypedParent::half);
  CHECK(duo(effective, gt("12", "13"), gt("12", "12")).freq_floor_applied == "13");
}

TEST_CASE("the sum of the lines is the exact score of the term, for every shape, model and rule") {
  struct Model {
    MutationModel mutation;
    UntypedParent rule;
    double theta;
  };
  for (const Model& model :
       {Model{MutationModel::stepwise, UntypedParent::half, 0.0}, Model{MutationModel::equal, UntypedParent::full, 0.0},
        Model{MutationModel::none, UntypedParent::half, 0.0}, Model{MutationModel::stepwise, UntypedParent::full, 0.02}}) {
    ModelOverrides overrides;
    overrides.theta = model.theta;
    const EffectivePopulation effective = frozen(population(5, model.mutation), model.rule, overrides);
    const MemorySource people = source(effective, 4, 10, 11);
    const CoupleWeights weights;
    const Compiler compiler(effective, weights);
    std::set<Hypothesis> seen;
    for (const Family& family : people.families()) {
      const std::vector<PersonIndex> members = member_indexes(family);
      const std::vector<Genotype> calls = calls_of(people, members);
      const CompiledFamily compiled = compiler.compile(family, calls, members.size());
      for (const PersonIndex child : people.children()) {
        const std::vector<Genotype> child_calls = calls_of(people, {child});
        const ExactScore score = exact_score(compiled, code_block(effective, child_calls), 0, true);
        for (std::size_t t = 0; t < compiled.terms.size(); ++t) {
          Hypothesis hypothesis = compiled.terms[t].hypothesis;
          if (hypothesis == Hypothesis::parent_only) hypothesis = t == 0 ? Hypothesis::father_only : Hypothesis::mother_only;
          seen.insert(hypothesis);
          const auto lines = explain_pair(effective, family, hypothesis, calls, members.size(), child_calls);
          double sum = 0.0;
          for (const LocusLine& line : lines) sum += line.log10_lr;
          INFO(family.id << " " << to_string(hypothesis));
          if (std::isinf(score.term_log10_lr[t]))
            CHECK(sum == score.term_log10_lr[t]);
          else
            CHECK_THAT(sum, WithinAbs(score.term_log10_lr[t], 1e-12));
          if (!lines.empty()) CHECK(lines.back().cum_log10_lr == sum);
        }
      }
    }
    CHECK(seen.size() == 4);
  }
}

TEST_CASE("an undeclared couple sums to its compiled score") {
  const EffectivePopulation effective = frozen(population(5, MutationModel::stepwise));
  const MemorySource people = source(effective, 3, 10, 5);
  const Compiler compiler(effective, {});
  const Family& father = people.families()[0];
  const Family& mother = people.families()[1];
  CompiledFamily compiled;
  compiled.terms.push_back(compiler.compile_undeclared(calls_of(people, {father.father}), calls_of(people, {mother.mother})));
  Family couple = family_of(FamilyShape::couple);
  for (const PersonIndex child : people.children()) {
    const auto child_calls = calls_of(people, {child});
    const auto lines =
        explain_pair(effective, couple, Hypothesis::undeclared_couple, calls_of(people, {father.father, mother.mother}), 2, child_calls);
    CHECK_THAT(lines.back().cum_log10_lr, WithinAbs(exact_score(compiled, code_block(effective, child_calls), 0).log10_lr, 1e-12));
  }
}

TEST_CASE("a hypothesis that does not fit the family is refused") {
  const EffectivePopulation population = one_locus(MutationModel::none);
  const std::vector<Genotype> one{gt("12", "12")};
  CHECK_THROWS_AS(explain_pair(population, family_of(FamilyShape::father), Hypothesis::couple, one, 1, one), Error);
  CHECK_THROWS_AS(explain_pair(population, family_of(FamilyShape::father), Hypothesis::mother_only, one, 1, one), Error);
  CHECK_THROWS_AS(explain_pair(population, family_of(FamilyShape::father), Hypothesis::pedigree, one, 1, one), Error);
  CHECK_THROWS_AS(explain_pair(population, family_of(FamilyShape::parent), Hypothesis::parent_only, one, 1, one), Error);
  CHECK_THROWS_AS(explain_pair(population, family_of(FamilyShape::couple), Hypothesis::couple, one, 1, one), Error);
}
