// Counting losses: every count function against a plain count, and the bound against exact scores.
#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <limits>

#include "catch_compat.hpp"
#include "homeward/kernel.hpp"
#include "random_population.hpp"
#include "scan/bit_tile.hpp"
#include "scan/loss_tables.hpp"

using namespace homeward;
using namespace homeward::testing;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<const Kernel*> counting_kernels() {
  std::vector<const Kernel*> found;
  for (const Kernel& kernel : kernels()) {
    if (kernel.count == nullptr) continue;
    if (kernel.runs_here())
      found.push_back(&kernel);
    else
      std::cerr << "SKIPPED: kernel " << kernel.name << " cannot run here\n";
  }
  return found;
}

struct Masks {
  std::vector<std::uint64_t> words;
  std::vector<std::uint32_t> children;
  bool lane(std::size_t child, std::size_t lane) const {
    const auto found = std::lower_bound(children.begin(), children.end(), child);
    if (found == children.end() || *found != child) return false;
    return (words[static_cast<std::size_t>(found - children.begin()) * kTileWords + lane / 64] >> (lane % 64) & 1U) != 0;
  }
};

Masks run(const Kernel& kernel, BitJob job) {
  Masks masks;
  masks.words.resize((job.n_children + 1) * kTileWords);
  masks.children.resize(job.n_children + 1);
  job.masks = masks.words.data();
  job.children = masks.children.data();
  masks.children.resize(kernel.count(job));
  masks.words.resize(masks.children.size() * kTileWords);
  return masks;
}

/// Lanes of one sex with everything they point to.
struct LaneWorld {
  std::vector<CompiledFamily> families;
  std::vector<BitLane> lanes;
  CodeBlock children;

  LaneWorld(const EffectivePopulation& population, const Compiler& compiler, std::size_t n_lanes, std::size_t n_children, double missing,
            CounterRng& rng) {
    const std::size_t n_loci = population.loci.size();
    std::vector<std::vector<Genotype>> parents;
    const Family family = family_of(FamilyShape::father);
    for (std::size_t i = 0; i < n_lanes; ++i) {
      parents.push_back(draw_calls(population, 1, missing, rng));
      families.push_back(compiler.compile(family, parents.back(), 1));
    }
    for (std::size_t i = 0; i < n_lanes; ++i) {
      BitLane lane{static_cast<std::uint32_t>(i),
                   0,
                   0.0,
                   &families[i].terms[0].profile,
                   std::vector<std::uint64_t>((n_loci + 63) / 64),
                   std::vector<std::uint64_t>((n_loci + 63) / 64),
                   0};
      for (std::size_t locus = 0; locus < n_loci; ++locus)
        if (parents[i][locus].typed()) lane.typed[locus / 64] |= std::uint64_t{1} << (locus % 64);
      for (std::size_t locus = 0; locus < n_loci; ++locus)
        if (parents[i][locus].homozygous()) {
          lane.homozygous[locus / 64] |= std::uint64_t{1} << (locus % 64);
          ++lane.n_homozygous;
        }
      lanes.push_back(std::move(lane));
    }
    children.n_children = n_children;
    for (std::size_t locus = 0; locus < n_loci; ++locus)
      for (std::size_t child = 0; child < n_children; ++child) {
        const LocusModel& model = population.loci[locus];
        const Genotype g = child % 2 == 0 ? child_of(model, &parents[child % n_lanes][locus], 1, rng) : draw_genotype(model, rng);
        children.codes.push_back(rng.uniform() < missing ? kUntyped : *model.locus.code_of(g));
      }
  }
};

LossTables tables_of(const EffectivePopulation& population, std::span<const BitLane> lanes) {
  std::vector<std::size_t> counts;
  for (const LocusModel& model : population.loci) counts.push_back(genotype_code_count(model.frequencies.size()));
  LossTables tables(counts, lanes);
  for (std::size_t locus = 0; locus < counts.size(); ++locus) tables.fill(locus);
  return tables;
}

/// Every pair that reaches the threshold survives in every kernel, and the kernels agree with each other.
void check_lossless(const EffectivePopulation& population, LaneWorld& world, double threshold) {
  for (BitLane& lane : world.lanes) lane.threshold = threshold;
  const LossTables tables = tables_of(population, world.lanes);
  std::vector<std::uint32_t> all;
  for (std::uint32_t i = 0; i < world.lanes.size(); ++i) all.push_back(i);
  const BitTile tile(tables, world.lanes, all);
  const BitQueries queries(tables, world.children, std::array{tile.level()});
  const BitJob job{tile.rows(),  queries.offsets(),         queries.first(), queries.allowed(0),
                   tile.valid(), world.children.n_children, nullptr,         nullptr};
  const Masks reference = run(kernel_named("portable-bits"), job);
  for (std::size_t child = 0; child < world.children.n_children; ++child)
    for (std::size_t lane = 0; lane < world.lanes.size(); ++lane) {
      const double score = exact_score(world.families[lane], world.children, child).log10_lr;
      if (!(score >= threshold) || reference.lane(child, lane)) continue;
      INFO("threshold " << threshold << ", score " << score << ", child " << child << ", lane " << lane);
      REQUIRE(false);
    }
  for (const Kernel* kernel : counting_kernels()) {
    const Masks masks = run(*kernel, job);
    REQUIRE(masks.children == reference.children);
    REQUIRE(masks.words == reference.words);
  }
}

}  // namespace

TEST_CASE("counting kernels agree with a plain count") {
  constexpr std::uint64_t kSeed = 8100;
  std::cerr << "seed of the counting cases: " << kSeed << "\n";
  CounterRng rng(kSeed, 0);
  for (int round = 0; round < 40; ++round) {
    const std::size_t n_rows = 2 + rng.below(60);
    const std::size_t n_children = rng.below(70);
    const std::size_t n_lanes = round % 3 == 0 ? kTileLanes : 1 + rng.below(kTileLanes);
    AlignedBytes rows(n_rows * kRowBytes, 0), valid(kRowBytes, 0);
    const unsigned density = 1 + static_cast<unsigned>(rng.below(8));
    for (std::size_t i = kRowBytes; i < rows.size(); ++i)
      for (unsigned bit = 0; bit < 8; ++bit) rows[i] = static_cast<std::uint8_t>(rows[i] | (rng.below(8) < density ? 1U << bit : 0U));
    for (std::size_t lane = 0; lane < n_lanes; ++lane) valid[lane / 8] = static_cast<std::uint8_t>(valid[lane / 8] | 1U << (lane % 8));
    std::vector<std::uint32_t> offsets, first{0};
    std::vector<std::uint8_t> allowed;
    for (std::size_t child = 0; child < n_children; ++child) {
      const std::size_t n = rng.below(40);
      for (std::size_t i = 0; i < n; ++i) offsets.push_back(static_cast<std::uint32_t>(rng.below(n_rows) * kRowBytes));
      while (offsets.size() % kRowGroup != 0) offsets.push_back(0);
      first.push_back(static_cast<std::uint32_t>(offsets.size()));
      allowed.push_back(rng.below(8) == 0 ? (rng.below(2) == 0 ? kAnyLosses : kNoLosses) : static_cast<std::uint8_t>(rng.below(16)));
    }
    const BitJob job{rows.data(), offsets.data(), first.data(), allowed.data(), reinterpret_cast<const std::uint64_t*>(valid.data()),
                     n_children,  nullptr,        nullptr};
    for (const Kernel* kernel : counting_kernels()) {
      const Masks masks = run(*kernel, job);
      for (std::size_t child = 0; child < n_children; ++child)
        for (std::size_t lane = 0; lane < kTileLanes; ++lane) {
          unsigned losses = 0;
          for (std::uint32_t i = first[child]; i < first[child + 1]; ++i) losses += rows[offsets[i] + lane / 8] >> (lane % 8) & 1U;
          const bool survives = lane < n_lanes && allowed[child] != kNoLosses && (allowed[child] == kAnyLosses || losses <= allowed[child]);
          if (masks.lane(child, lane) == survives) continue;
          INFO("kernel " << kernel->name << ", round " << round << ", child " << child << ", lane " << lane << ", losses " << losses);
          REQUIRE(false);
        }
    }
  }
}

TEST_CASE("counting losses never loses a pair at or above the threshold") {
  constexpr std::uint64_t kSeed = 8200;
  std::cerr << "seed of the lossless counting cases: " << kSeed << "\n";
  CounterRng rng(kSeed, 0);
  for (int round = 0; round < 12; ++round) {
    PopulationShape shape;
    shape.n_loci = 1 + rng.below(30);
    shape.min_alleles = 2;
    shape.max_alleles = round % 4 == 0 ? 70 : 2 + rng.below(20);  // as long as SE33, or so short that most parents are homozygous
    shape.mutation = std::array{MutationModel::stepwise, MutationModel::none, MutationModel::proportional,
                                MutationModel::equal}[static_cast<std::size_t>(round) % 4];
    shape.silent = round % 3 == 0 ? 0.005 : 0.0;
    const EffectivePopulation population = random_population(shape, rng);
    const Compiler compiler(population, CoupleWeights{});
    LaneWorld world(population, compiler, 1 + rng.below(80), 60, round % 2 == 0 ? 0.1 : 0.0, rng);
    for (const double threshold : {-kInfinity, -40.0, -3.0, 0.0, 2.0, 6.0, 1e6}) check_lossless(population, world, threshold);
    // Exactly an attained score, and its two neighbours in double.
    for (std::size_t child = 0; child < 6; ++child) {
      const double score = exact_score(world.families[child % world.families.size()], world.children, child).log10_lr;
      for (const double threshold : {score, std::nextafter(score, kInfinity), std::nextafter(score, -kInfinity)})
        if (!std::isinf(score)) check_lossless(population, world, threshold);
    }
  }
}

TEST_CASE("counting losses holds with theta") {
  CounterRng rng(8300, 0);
  PopulationShape shape;
  shape.n_loci = 4;
  shape.max_alleles = 6;
  shape.theta = 0.03;
  const EffectivePopulation population = random_population(shape, rng);
  const Compiler compiler(population, CoupleWeights{});
  LaneWorld world(population, compiler, 20, 40, 0.05, rng);
  for (const double threshold : {-2.0, 0.0, 1.0}) check_lossless(population, world, threshold);
}

TEST_CASE("a loss is counted only where it costs") {
  CounterRng rng(8400, 0);
  PopulationShape shape;
  shape.n_loci = 6;
  shape.silent = 0.005;
  const EffectivePopulation population = random_population(shape, rng);
  const Compiler compiler(population, CoupleWeights{});
  const LaneWorld world(population, compiler, 60, 2, 0.0, rng);
  const LossTables tables = tables_of(population, world.lanes);
  for (std::size_t locus = 0; locus < 6; ++locus)
    for (std::size_t lane = 0; lane < world.lanes.size(); ++lane) {
      const LocusScores& scores = *world.lanes[lane].scores->columns[locus];
      const std::uint64_t* losses = tables.losses(locus, lane);
      for (std::size_t g = 1; g < scores.log10_lr.size(); ++g) {
        const LossTables::Bound& bound = tables.bound(locus, static_cast<GenotypeCode>(g));
        const bool lost = (losses[g / 64] >> (g % 64) & 1U) != 0;
        if (lost) {
          CHECK(scores.inconsistent[g] == 1);
          CHECK(bound.counted);
          CHECK(bound.gap >= LossTables::kLeastGap);
          CHECK(scores.log10_lr[g] <= bound.best - bound.gap + 1e-12);
        }
        CHECK(scores.log10_lr[g] <= bound.best + bound.extra + 1e-12);
      }
    }
}
