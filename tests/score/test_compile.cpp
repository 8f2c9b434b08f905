// Compiling families: terms, cache, edge cases; and the exact score.
#include <algorithm>
#include <cmath>
#include <limits>

#include "catch_compat.hpp"
#include "homeward/error.hpp"
#include "random_population.hpp"
#include "score/columns.hpp"
#include "score/exact_block.hpp"
#include "score/mix.hpp"
#include "score/quantize.hpp"

using namespace homeward;
using namespace homeward::testing;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

CodeBlock random_children(const EffectivePopulation& population, std::size_t n, double missing, CounterRng& rng) {
  CodeBlock block;
  block.n_children = n;
  for (const LocusModel& model : population.loci)
    for (std::size_t i = 0; i < n; ++i)
      block.codes.push_back(rng.uniform() < missing ? kUntyped : *model.locus.code_of(draw_genotype(model, rng)));
  return block;
}

bool same_columns(const ScoringProfile& l, const ScoringProfile& r) {
  for (std::size_t i = 0; i < l.columns.size(); ++i) {
    if (!l.columns[i] != !r.columns[i]) return false;
    if (l.columns[i] && (l.columns[i]->log10_lr != r.columns[i]->log10_lr || l.columns[i]->inconsistent != r.columns[i]->inconsistent ||
                         l.columns[i]->scan_best != r.columns[i]->scan_best || l.columns[i]->best != r.columns[i]->best))
      return false;
  }
  return l.columns.size() == r.columns.size();
}

}  // namespace

TEST_CASE("each shape compiles to its terms") {
  CounterRng rng(21, 0);
  const EffectivePopulation population = random_population({}, rng);
  const Compiler compiler(population, CoupleWeights{});
  const auto compile = [&](FamilyShape shape, double missing) {
    const Family family = family_of(shape);
    const std::size_t n = member_indexes(family).size();
    return compiler.compile(family, draw_calls(population, n, missing, rng), n);
  };
  const CompiledFamily father = compile(FamilyShape::father, 0.0);
  REQUIRE(father.terms.size() == 1);
  CHECK(father.terms[0].hypothesis == Hypothesis::father_only);
  CHECK(father.terms[0].weight == 1.0);
  CHECK(compile(FamilyShape::mother, 0.0).terms[0].hypothesis == Hypothesis::mother_only);
  const CompiledFamily parent = compile(FamilyShape::parent, 0.0);
  REQUIRE(parent.terms.size() == 2);
  for (const ScoringTerm& term : parent.terms) {
    CHECK(term.hypothesis == Hypothesis::parent_only);
    CHECK(term.weight == 0.5);
  }
  const CompiledFamily couple = compile(FamilyShape::couple, 0.0);
  REQUIRE(couple.terms.size() == 3);
  CHECK(couple.terms[0].hypothesis == Hypothesis::couple);
  CHECK(couple.terms[1].hypothesis == Hypothesis::father_only);
  CHECK(couple.terms[2].hypothesis == Hypothesis::mother_only);
  CHECK(couple.terms[0].weight == 0.90);
  const CompiledFamily untyped = compile(FamilyShape::couple, 1.0);
  REQUIRE(untyped.terms.size() == 1);
  CHECK(std::all_of(untyped.terms[0].profile.columns.begin(), untyped.terms[0].profile.columns.end(), [](const auto& c) { return !c; }));
}

TEST_CASE("a couple of whom one is untyped everywhere is the other parent alone") {
  CounterRng rng(22, 0);
  const EffectivePopulation population = random_population({}, rng);
  const Compiler compiler(population, CoupleWeights{});
  const std::vector<Genotype> mother = draw_calls(population, 1, 0.2, rng);
  std::vector<Genotype> both;
  for (const Genotype g : mother) {
    both.push_back({Allele{}, draw_allele(population.loci[0], rng)});  // half-known: counts as untyped
    both.push_back(g);
  }
  const CompiledFamily couple = compiler.compile(family_of(FamilyShape::couple), both, 2);
  const CompiledFamily alone = compiler.compile(family_of(FamilyShape::mother), mother, 1);
  REQUIRE(couple.terms.size() == 1);
  CHECK(couple.terms[0].hypothesis == Hypothesis::mother_only);
  CHECK(couple.terms[0].weight == 1.0);
  CHECK(same_columns(couple.terms[0].profile, alone.terms[0].profile));
  CHECK(couple.n_half_known == population.loci.size());
  CHECK(alone.n_half_known == 0);
}

TEST_CASE("at a locus where one of a couple is untyped, the couple's column is the other's alone") {
  CounterRng rng(23, 0);
  const EffectivePopulation population = random_population({}, rng);
  const Compiler compiler(population, CoupleWeights{});
  std::vector<Genotype> calls = draw_calls(population, 2, 0.0, rng);
  calls[0] = {};             // locus 0: the mother only
  calls[3] = {};             // locus 1: the father only
  calls[4] = calls[5] = {};  // locus 2: nobody
  const CompiledFamily family = compiler.compile(family_of(FamilyShape::couple), calls, 2);
  const auto column = [&](std::size_t term, std::size_t locus) { return family.terms[term].profile.columns[locus]; };
  CHECK(column(0, 0) == column(2, 0));
  CHECK_FALSE(column(1, 0));
  CHECK(column(0, 1) == column(1, 1));
  CHECK_FALSE(column(2, 1));
  for (std::size_t term = 0; term < 3; ++term) CHECK_FALSE(column(term, 2));
}

TEST_CASE("columns from the cache are those made afresh") {
  CounterRng rng(24, 0);
  for (const double silent : {0.0, 0.01}) {
    PopulationShape shape;
    shape.silent = silent;
    const EffectivePopulation population = random_population(shape, rng);
    const Compiler warm(population, CoupleWeights{});
    for (int round = 0; round < 50; ++round) {
      for (const FamilyShape kind : {FamilyShape::father, FamilyShape::mother, FamilyShape::parent, FamilyShape::couple}) {
        const Family family = family_of(kind);
        const std::size_t n = member_indexes(family).size();
        const std::vector<Genotype> calls = draw_calls(population, n, 0.1, rng);
        const Compiler cold(population, CoupleWeights{});
        const CompiledFamily a = warm.compile(family, calls, n);
        const CompiledFamily b = cold.compile(family, calls, n);
        REQUIRE(a.terms.size() == b.terms.size());
        for (std::size_t t = 0; t < a.terms.size(); ++t) REQUIRE(same_columns(a.terms[t].profile, b.terms[t].profile));
      }
    }
  }
}

TEST_CASE("families with equal genotypes share their columns") {
  CounterRng rng(25, 0);
  const EffectivePopulation population = random_population({}, rng);
  const Compiler compiler(population, CoupleWeights{});
  const std::vector<Genotype> calls = draw_calls(population, 1, 0.0, rng);
  const CompiledFamily a = compiler.compile(family_of(FamilyShape::father), calls, 1);
  const CompiledFamily b = compiler.compile(family_of(FamilyShape::father), calls, 1);
  for (std::size_t locus = 0; locus < population.loci.size(); ++locus)
    CHECK(a.terms[0].profile.columns[locus] == b.terms[0].profile.columns[locus]);
}

TEST_CASE("the compiler's columns are the logarithms of the ratios; untyped scores 0") {
  CounterRng rng(26, 0);
  const EffectivePopulation population = random_population({}, rng);
  const Compiler compiler(population, CoupleWeights{});
  const std::vector<Genotype> calls = draw_calls(population, 2, 0.0, rng);
  const CompiledFamily family = compiler.compile(family_of(FamilyShape::couple), calls, 2);
  const ScoringTerm undeclared = [&] {
    std::vector<Genotype> father, mother;
    for (std::size_t locus = 0; locus < population.loci.size(); ++locus) {
      father.push_back(calls[2 * locus]);
      mother.push_back(calls[2 * locus + 1]);
    }
    return compiler.compile_undeclared(father, mother);
  }();
  CHECK(undeclared.hypothesis == Hypothesis::undeclared_couple);
  CHECK(undeclared.weight == 1.0);
  CHECK(same_columns(undeclared.profile, family.terms[0].profile));
  for (std::size_t locus = 0; locus < population.loci.size(); ++locus) {
    const std::vector<double> lr =
        parents_likelihood_ratios(population.loci[locus], UntypedParent::half, calls[2 * locus], calls[2 * locus + 1]);
    const LocusScores& scores = *family.terms[0].profile.columns[locus];
    CHECK(scores.log10_lr[kUntyped] == 0.0);
    for (std::size_t g = 1; g < lr.size(); ++g) CHECK(scores.log10_lr[g] == std::log10(lr[g]));
  }
}

TEST_CASE("a pedigree whose relatives exclude each other names the locus and does without it") {
  CounterRng rng(27, 0);
  PopulationShape shape;
  shape.n_loci = 2;
  shape.min_alleles = shape.max_alleles = 6;
  shape.mutation = MutationModel::none;
  const EffectivePopulation population = random_population(shape, rng);
  const Compiler compiler(population, CoupleWeights{});
  const auto g = [&](std::size_t locus, std::size_t i, std::size_t j) {
    return Genotype{population.loci[locus].locus.alleles[i], population.loci[locus].locus.alleles[j]};
  };
  // grandmother, sister, brother
  const std::vector<Genotype> calls{g(0, 4, 5), g(0, 0, 1), g(0, 2, 3), g(1, 0, 0), g(1, 0, 1), g(1, 0, 1)};
  const CompiledFamily family = compiler.compile(pedigree_family(), calls, 3);
  CHECK(family.terms[0].hypothesis == Hypothesis::pedigree);
  CHECK_FALSE(family.terms[0].profile.columns[0]);
  CHECK(family.terms[0].profile.columns[1]);
  REQUIRE(family.warnings.size() == 1);
  CHECK(family.warnings[0] == "locus L1: the typed relatives exclude each other; LR undefined, locus not used");
}

TEST_CASE("alleles the population does not know, wrong shapes and wrong weights are refused") {
  CounterRng rng(28, 0);
  const EffectivePopulation population = random_population({}, rng);
  const Compiler compiler(population, CoupleWeights{});
  std::vector<Genotype> calls = draw_calls(population, 1, 0.0, rng);
  CHECK_THROWS_AS(compiler.compile(family_of(FamilyShape::father), calls, 2), Error);
  calls[3] = Genotype{Allele(99, 0), Allele(99, 0)};
  CHECK_THROWS_AS(compiler.compile(family_of(FamilyShape::father), calls, 1), ModelError);
  CHECK_THROWS_AS(Compiler(population, CoupleWeights{0.9, 0.2, 0.05}), Error);
  CHECK_THROWS_AS(Compiler(population, CoupleWeights{1.1, -0.1, 0.0}), Error);
}

TEST_CASE("one term of weight 1 is the plain sum in the order of the loci") {
  CounterRng rng(29, 0);
  const EffectivePopulation population = random_population({}, rng);
  const Compiler compiler(population, CoupleWeights{});
  const CompiledFamily family = compiler.compile(family_of(FamilyShape::father), draw_calls(population, 1, 0.1, rng), 1);
  const CodeBlock block = random_children(population, 100, 0.1, rng);
  for (std::size_t child = 0; child < block.n_children; ++child) {
    double sum = 0.0;
    std::uint16_t n_loci = 0;
    for (std::size_t locus = 0; locus < population.loci.size(); ++locus) {
      const auto& column = family.terms[0].profile.columns[locus];
      const GenotypeCode code = block.codes[locus * block.n_children + child];
      if (!column) continue;
      sum += column->log10_lr[code];
      n_loci = static_cast<std::uint16_t>(n_loci + (code != kUntyped));
    }
    const ExactScore score = exact_score(family, block, child, true);
    CHECK(score.log10_lr == sum);
    CHECK(score.n_loci == n_loci);
    CHECK(score.term_log10_lr == std::vector<double>{sum});
    CHECK(exact_log10_lr(family, block, child) == sum);
  }
}

TEST_CASE("a couple's score is the weighted mean of the likelihood ratios of its terms") {
  CounterRng rng(30, 0);
  PopulationShape shape;
  shape.n_loci = 4;
  const EffectivePopulation population = random_population(shape, rng);
  const Compiler compiler(population, CoupleWeights{0.8, 0.15, 0.05});
  const CompiledFamily family = compiler.compile(family_of(FamilyShape::couple), draw_calls(population, 2, 0.1, rng), 2);
  const CodeBlock block = random_children(population, 200, 0.1, rng);
  for (std::size_t child = 0; child < block.n_children; ++child) {
    const ExactScore score = exact_score(family, block, child, true);
    const auto& t = score.term_log10_lr;
    REQUIRE(t.size() == 3);
    const double mean = 0.8 * std::pow(10.0, t[0]) + 0.15 * std::pow(10.0, t[1]) + 0.05 * std::pow(10.0, t[2]);
    CHECK_THAT(std::pow(10.0, score.log10_lr), WithinRel(mean, 1e-11));
    const double largest = std::max({0.8 * std::pow(10.0, t[0]), 0.15 * std::pow(10.0, t[1]), 0.05 * std::pow(10.0, t[2])});
    const std::size_t named = score.hypothesis == Hypothesis::couple ? 0 : score.hypothesis == Hypothesis::father_only ? 1 : 2;
    CHECK_THAT(family.terms[named].weight * std::pow(10.0, t[named]), WithinRel(largest, 1e-12));
  }
}

TEST_CASE("mixing: impossible stays impossible, huge and tiny do not overflow, equal terms add") {
  const double none[] = {-kInfinity, -kInfinity};
  CHECK(mix_terms(none, 2) == -kInfinity);
  const double one[] = {-kInfinity, 3.0};
  CHECK(mix_terms(one, 2) == 3.0);
  const double huge[] = {400.0, 399.0};
  CHECK_THAT(mix_terms(huge, 2), WithinRel(400.0 + std::log10(1.1), 1e-15));
  const double tiny[] = {-400.0, -400.0};
  CHECK_THAT(mix_terms(tiny, 2), WithinRel(-400.0 + std::log10(2.0), 1e-15));
}

TEST_CASE("without mutation a mismatch is minus infinity, never NaN, and the block agrees") {
  CounterRng rng(31, 0);
  PopulationShape shape;
  shape.mutation = MutationModel::none;
  const EffectivePopulation population = random_population(shape, rng);
  const Compiler compiler(population, CoupleWeights{});
  const CompiledFamily family = compiler.compile(family_of(FamilyShape::couple), draw_calls(population, 2, 0.0, rng), 2);
  const CodeBlock block = random_children(population, 300, 0.3, rng);
  std::size_t impossible = 0;
  for (std::size_t child = 0; child < block.n_children; ++child) {
    const ExactScore score = exact_score(family, block, child);
    CHECK_FALSE(std::isnan(score.log10_lr));
    impossible += score.log10_lr == -kInfinity ? 1 : 0;
  }
  CHECK(impossible > 0);
  ExactBlock exact;
  std::vector<ScoredChild> all;
  exact.score(family, block, -kInfinity, all);
  CHECK(all.size() == block.n_children);
}

TEST_CASE("the exact block gives the bits of exact_score, at any minimum") {
  CounterRng rng(32, 0);
  const EffectivePopulation population = random_population({}, rng);
  const Compiler compiler(population, CoupleWeights{});
  for (const FamilyShape kind : {FamilyShape::father, FamilyShape::parent, FamilyShape::couple}) {
    const Family description = family_of(kind);
    const std::size_t n = member_indexes(description).size();
    const CompiledFamily family = compiler.compile(description, draw_calls(population, n, 0.1, rng), n);
    const CodeBlock block = random_children(population, 1200, 0.1, rng);  // more than one tile, and a remainder
    ExactBlock exact;
    std::vector<double> minima{-kInfinity, -3.0, 0.0, 1.0, kInfinity};
    for (const std::size_t child : {0U, 511U, 512U, 1199U}) minima.push_back(exact_score(family, block, child).log10_lr);
    for (const double minimum : minima) {
      std::vector<ScoredChild> found;
      exact.score(family, block, minimum, found);
      std::size_t next = 0;
      for (std::size_t child = 0; child < block.n_children; ++child) {
        const double score = exact_score(family, block, child).log10_lr;
        if (!(score >= minimum)) continue;
        REQUIRE(next < found.size());
        CHECK(found[next].child == child);
        CHECK(found[next].log10_lr == score);
        ++next;
      }
      CHECK(next == found.size());
    }
  }
}

TEST_CASE("members of a family come father first, then mother, or in the order of the pedigree") {
  CHECK(member_indexes(family_of(FamilyShape::father)) == std::vector<PersonIndex>{0});
  CHECK(member_indexes(family_of(FamilyShape::couple)) == std::vector<PersonIndex>{0, 1});
  CHECK(member_indexes(pedigree_family()) == std::vector<PersonIndex>{0, 1, 2});
}
