// The promise of the shadow: no pair at or above the threshold is ever discarded, by any kernel, at any threshold.
#include <algorithm>
#include <cmath>
#include <iostream>
#include <limits>
#include <set>

#include "catch_compat.hpp"
#include "homeward/error.hpp"
#include "random_population.hpp"
#include "scan/scan_block.hpp"
#include "score/quantize.hpp"

using namespace homeward;
using namespace homeward::testing;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Case {
  CompiledFamily family;
  CodeBlock children;
  std::vector<double> scores;
};

/// Half of the children are true children of the family's members, so that high scores are attained.
Case random_case(const EffectivePopulation& population, const Compiler& compiler, const Family& family, std::size_t n_children,
                 CounterRng& rng) {
  Case result;
  const std::size_t n = member_indexes(family).size();
  const std::vector<Genotype> calls = draw_calls(population, n, 0.1, rng);
  result.family = compiler.compile(family, calls, n);
  result.children.n_children = n_children;
  for (std::size_t locus = 0; locus < population.loci.size(); ++locus)
    for (std::size_t i = 0; i < n_children; ++i) {
      const LocusModel& model = population.loci[locus];
      const Genotype g =
          i % 2 == 0 ? child_of(model, &calls[locus * n], family.shape == FamilyShape::pedigree ? 1 : n, rng) : draw_genotype(model, rng);
      result.children.codes.push_back(rng.below(10) == 0 ? kUntyped : *model.locus.code_of(g));
    }
  for (std::size_t i = 0; i < n_children; ++i) result.scores.push_back(exact_score(result.family, result.children, i).log10_lr);
  return result;
}

/// Children that survive the scan in at least one term.
std::set<std::uint32_t> survivors(const Case& c, const ScanAlphabet& alphabet, const Kernel& kernel, double threshold) {
  std::vector<QuantizedProfile> profiles;
  for (std::size_t term = 0; term < c.family.terms.size(); ++term)
    profiles.push_back(quantize(c.family.terms[term].profile, alphabet, term_threshold(c.family, term, threshold)));
  BlockScanner scanner(kernel);
  std::vector<Survivor> found;
  scanner.scan(ScanBlock(c.children, alphabet), profiles, found);
  std::set<std::uint32_t> children;
  for (const Survivor& survivor : found) children.insert(survivor.child);
  return children;
}

void check_lossless(const Case& c, const ScanAlphabet& alphabet, double threshold) {
  for (const Kernel& kernel : kernels()) {
    if (!kernel.runs_here()) continue;
    const std::set<std::uint32_t> found = survivors(c, alphabet, kernel, threshold);
    for (std::size_t i = 0; i < c.scores.size(); ++i) {
      if (!(c.scores[i] >= threshold)) continue;
      INFO("kernel " << kernel.name << ", threshold " << threshold << ", score " << c.scores[i]);
      REQUIRE(found.count(static_cast<std::uint32_t>(i)) == 1);
    }
  }
}

}  // namespace

TEST_CASE("the scan never loses a pair at or above the threshold") {
  constexpr std::uint64_t kSeed = 4711;
  std::cerr << "seed of the lossless cases: " << kSeed << "\n";
  CounterRng rng(kSeed, 0);
  for (int round = 0; round < 24; ++round) {
    PopulationShape shape;
    shape.n_loci = 1 + rng.below(30);
    shape.max_alleles = 2 + rng.below(24);  // beyond 15 alleles classes are shared
    shape.mutation = std::array{MutationModel::stepwise, MutationModel::none, MutationModel::proportional}[rng.below(3)];
    shape.silent = rng.below(3) == 0 ? 0.01 : 0.0;
    const EffectivePopulation population = random_population(shape, rng);
    const Compiler compiler(population, CoupleWeights{});
    for (const FamilyShape kind : {FamilyShape::father, FamilyShape::mother, FamilyShape::parent, FamilyShape::couple}) {
      const Case c = random_case(population, compiler, family_of(kind), 100, rng);
      for (const double threshold : {-kInfinity, -1e6, -300.0, -20.0, 0.0, 4.0, 1e6}) check_lossless(c, compiler.alphabet(), threshold);
      // Exactly an attained score, and its two neighbours in double.
      for (std::size_t child = 0; child < 10; ++child) {
        const double score = c.scores[child];
        for (const double threshold : {score, std::nextafter(score, kInfinity), std::nextafter(score, -kInfinity)})
          check_lossless(c, compiler.alphabet(), threshold);
      }
    }
  }
}

TEST_CASE("the scan never loses a relative of a pedigree") {
  CounterRng rng(4712, 0);
  PopulationShape shape;
  shape.n_loci = 6;
  shape.max_alleles = 7;
  const EffectivePopulation population = random_population(shape, rng);
  const Compiler compiler(population, CoupleWeights{});
  const Case c = random_case(population, compiler, pedigree_family(), 100, rng);
  for (const double score : c.scores)
    for (const double threshold : {score, std::nextafter(score, kInfinity), std::nextafter(score, -kInfinity)})
      check_lossless(c, compiler.alphabet(), threshold);
}

TEST_CASE("the best possible child is reachable at its own score and not above") {
  CounterRng rng(4713, 0);
  PopulationShape shape;
  shape.n_loci = 12;
  const EffectivePopulation population = random_population(shape, rng);
  const Compiler compiler(population, CoupleWeights{});
  for (int round = 0; round < 50; ++round) {
    const CompiledFamily family = compiler.compile(family_of(FamilyShape::father), draw_calls(population, 1, 0.0, rng), 1);
    double best = 0.0;
    CodeBlock block;
    block.n_children = 1;
    for (const auto& column : family.terms[0].profile.columns) {
      const auto g = std::max_element(column->log10_lr.begin(), column->log10_lr.end()) - column->log10_lr.begin();
      block.codes.push_back(static_cast<GenotypeCode>(g));
      best += column->log10_lr[static_cast<std::size_t>(g)];
    }
    REQUIRE(exact_score(family, block, 0).log10_lr == best);
    const QuantizedProfile at = quantize(family.terms[0].profile, compiler.alphabet(), best);
    REQUIRE(at.reachable);
    BlockScanner scanner(kernel_named("portable"));
    std::vector<Survivor> found;
    scanner.scan(ScanBlock(block, compiler.alphabet()), std::vector<QuantizedProfile>{at}, found);
    CHECK(found.size() == 1);
    CHECK(quantize(family.terms[0].profile, compiler.alphabet(), std::nextafter(best, kInfinity)).reachable);  // rounding slack
    CHECK_FALSE(quantize(family.terms[0].profile, compiler.alphabet(), best + 1e-6).reachable);
    CHECK_FALSE(quantize(family.terms[0].profile, compiler.alphabet(), kInfinity).reachable);
  }
}

TEST_CASE("costs are rounded down and the budget up, entries on the quantum included") {
  // One locus, scores on exact multiples of the step: threshold 0, best 12.7, so 20 steps per unit less a hair.
  CounterRng rng(4714, 0);
  PopulationShape shape;
  shape.n_loci = 1;
  shape.min_alleles = shape.max_alleles = 4;
  const EffectivePopulation population = random_population(shape, rng);
  const ScanAlphabet alphabet(population);
  auto column = std::make_shared<LocusScores>();
  for (int g = 0; g < 11; ++g) column->log10_lr.push_back(g == 0 ? 0.0 : 12.7 - g);
  column->log10_lr[10] = -kInfinity;
  column->inconsistent.assign(11, 0);
  column->scan_best = best_by_scan_code(column->log10_lr, alphabet, 0);
  column->best = *std::max_element(column->scan_best.begin(), column->scan_best.end());
  const ScoringProfile profile{{column}};
  for (const double threshold : {-30.0, 0.0, 5.7, 11.7, std::nextafter(11.7, 0.0)}) {
    const QuantizedProfile q = quantize(profile, alphabet, threshold);
    REQUIRE(q.reachable);
    REQUIRE(q.budget <= 254);
    REQUIRE(q.loci.size() == 1);
    const double allowance = column->best - threshold;
    for (std::size_t g = 0; g < 11; ++g) {
      const std::uint8_t cost = q.tables[alphabet.scan_codes(0)[g]];
      const double deficit = column->best - column->log10_lr[g];
      INFO("threshold " << threshold << ", genotype code " << g);
      CHECK(static_cast<double>(cost) * allowance <= 254.0 * deficit * (1.0 + 1e-6) + 1e-6);  // never dearer than it is
      if (column->log10_lr[g] >= threshold) CHECK(cost <= q.budget);
      if (column->log10_lr[g] == -kInfinity) CHECK(cost == 255);
      if (deficit > 1.02 * allowance + 0.01) CHECK(cost > q.budget);  // and the shadow does discard
    }
  }
}

TEST_CASE("loci that cannot tell children apart are left out, the most telling come first") {
  CounterRng rng(4715, 0);
  const EffectivePopulation population = random_population({}, rng);
  const Compiler compiler(population, CoupleWeights{});
  std::vector<Genotype> calls = draw_calls(population, 1, 0.0, rng);
  calls[2] = Genotype{};
  const CompiledFamily family = compiler.compile(family_of(FamilyShape::father), calls, 1);
  const QuantizedProfile q = quantize(family.terms[0].profile, compiler.alphabet(), 0.0);
  CHECK(std::count(q.loci.begin(), q.loci.end(), 2) == 0);
  CHECK(std::set<std::uint16_t>(q.loci.begin(), q.loci.end()).size() == q.loci.size());
  double previous = kInfinity;
  for (std::size_t k = 0; k < q.loci.size(); ++k) {
    double expected = 0.0;
    const auto shares = compiler.alphabet().code_shares(q.loci[k]);
    for (std::size_t code = 0; code < shares.size(); ++code) expected += shares[code] * q.tables[k * 128 + code];
    CHECK(expected <= previous);
    previous = expected;
  }
  CHECK_THROWS_AS(quantize(family.terms[0].profile, compiler.alphabet(), std::nan("")), Error);
}

TEST_CASE("shares of the terms: a child below every term's threshold is below the family's") {
  CounterRng rng(4716, 0);
  PopulationShape shape;
  shape.n_loci = 10;
  const EffectivePopulation population = random_population(shape, rng);
  for (const CoupleWeights weights : {CoupleWeights{}, CoupleWeights{1.0, 0.0, 0.0}, CoupleWeights{0.0, 0.5, 0.5}}) {
    const Compiler compiler(population, weights);
    const Case c = random_case(population, compiler, family_of(FamilyShape::couple), 200, rng);
    for (std::size_t i = 0; i < c.scores.size(); ++i) {
      const double threshold = c.scores[i];
      const ExactScore score = exact_score(c.family, c.children, i, true);
      bool reached = false;
      for (std::size_t term = 0; term < 3; ++term)
        reached |= score.term_log10_lr[term] >= term_threshold(c.family, term, threshold) - 1e-12;
      CHECK(reached);
    }
    if (weights.father_only == 0.0) CHECK(term_threshold(c.family, 1, 0.0) == kInfinity);
  }
}

TEST_CASE("an alphabet folds every genotype to one code below 128 and keeps small loci apart") {
  CounterRng rng(4717, 0);
  PopulationShape shape;
  shape.min_alleles = 2;
  shape.max_alleles = 60;
  shape.n_loci = 20;
  const EffectivePopulation population = random_population(shape, rng);
  const ScanAlphabet alphabet(population);
  for (LocusIndex locus = 0; locus < population.loci.size(); ++locus) {
    const std::size_t n = population.loci[locus].frequencies.size();
    const auto codes = alphabet.scan_codes(locus);
    REQUIRE(codes.size() == genotype_code_count(n));
    CHECK(codes[kUntyped] == 0);
    std::set<std::uint8_t> distinct(codes.begin(), codes.end());
    if (n <= ScanAlphabet::kMaxClasses) CHECK(distinct.size() == codes.size());
    for (std::size_t g = 1; g < codes.size(); ++g) {
      CHECK(codes[g] >= 1);
      CHECK(codes[g] < alphabet.code_count(locus));
    }
    CHECK(alphabet.code_count(locus) <= 121);
  }
  CHECK_THROWS_AS(ScanAlphabet(population, 16), Error);
}

TEST_CASE("profiles no child can reach have no survivors and do not disturb the others") {
  CounterRng rng(4718, 0);
  const EffectivePopulation population = random_population({}, rng);
  const Compiler compiler(population, CoupleWeights{});
  const Case c = random_case(population, compiler, family_of(FamilyShape::father), 130, rng);
  const QuantizedProfile everybody = quantize(c.family.terms[0].profile, compiler.alphabet(), -kInfinity);
  const QuantizedProfile nobody = quantize(c.family.terms[0].profile, compiler.alphabet(), 1e6);
  CHECK_FALSE(nobody.reachable);
  const ScanBlock block(c.children, compiler.alphabet());
  for (const Kernel& kernel : kernels()) {
    if (!kernel.runs_here()) continue;
    BlockScanner scanner(kernel);
    std::vector<Survivor> found;
    scanner.scan(block, std::vector<QuantizedProfile>{nobody, everybody, nobody, everybody}, found);
    REQUIRE(found.size() == 2 * 130);
    for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == Survivor{i < 130 ? 1U : 3U, static_cast<std::uint32_t>(i % 130)});
  }
}
