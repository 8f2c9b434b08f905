// Pairs per second of each kernel, of compiling and quantising, and of the exact scan without a shadow. Each kernel's
// answer is checked against the portable one before it is timed.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <functional>
#include <iostream>
#include <string>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#include "homeward/error.hpp"
#include "scan/scan_block.hpp"
#include "score/exact_block.hpp"
#include "score/quantize.hpp"
#include "score/relation_scorer.hpp"
#include "workload.hpp"

using namespace homeward;
using namespace homeward::bench;

namespace {

/// Reference cycles of the time stamp counter; 0 where there is none.
std::uint64_t ticks() {
#if defined(__x86_64__)
  return __rdtsc();
#else
  return 0;
#endif
}

std::vector<CompiledFamily> compile_all(const Compiler& compiler, const Workload& work) {
  std::vector<CompiledFamily> families;
  for (std::size_t f = 0; f < work.families.size(); ++f)
    families.push_back(compiler.compile(work.families[f], work.calls[f], work.n_members));
  return families;
}

constexpr std::array<WorkShape, 3> kShapes{WorkShape::duos, WorkShape::couples, WorkShape::pedigrees};

const char* name_of(WorkShape shape) { return shape == WorkShape::duos ? "duos" : shape == WorkShape::couples ? "couples" : "pedigrees"; }

/// Instead of a threshold: no child is discarded, so that all loci of every profile are looked up.
constexpr std::int64_t kNeverDiscarded = -1;
constexpr std::size_t kTenFamilies = 64;

WorkloadOptions block_of(WorkShape shape) {
  WorkloadOptions options;
  options.n_children = 8192;
  options.n_families = 256;
  options.shape = shape;
  options.seed = 1 + static_cast<std::uint64_t>(shape);
  return options;
}

/// One block of children and one tile of families.
struct Tile {
  Workload work;
  ScanBlock children;
  std::vector<CompiledFamily> families;
  Tile(const EffectivePopulation& population, const Compiler& compiler, WorkShape shape)
      : work(make_workload(population, block_of(shape))),
        children(work.children, compiler.alphabet()),
        families(compile_all(compiler, work)) {}

  std::vector<QuantizedProfile> quantized(const Compiler& compiler, double min_log10_lr) const {
    std::vector<QuantizedProfile> profiles;
    for (const CompiledFamily& family : families)
      for (std::size_t term = 0; term < family.terms.size(); ++term)
        profiles.push_back(quantize(family.terms[term].profile, compiler.alphabet(), term_threshold(family, term, min_log10_lr)));
    return profiles;
  }
};

struct Setting {
  std::string source;
  EffectivePopulation population;
  Compiler compiler;
  std::array<Tile, 3> tiles;
  Setting()
      : population(core_population(HOMEWARD_SOURCE_DIR "/data", source)),
        compiler(population, CoupleWeights{}),
        tiles{Tile(population, compiler, kShapes[0]), Tile(population, compiler, kShapes[1]), Tile(population, compiler, kShapes[2])} {}
  const Tile& tile(WorkShape shape) const { return tiles[static_cast<std::size_t>(shape)]; }
};

void scan(benchmark::State& state, const Setting& setting, const Kernel& kernel, WorkShape shape) {
  const Tile& tile = setting.tile(shape);
  std::vector<QuantizedProfile> profiles = tile.quantized(setting.compiler, std::max(0.0, static_cast<double>(state.range(0))));
  if (state.range(0) == kNeverDiscarded)
    for (QuantizedProfile& profile : profiles) std::fill(profile.tables.begin(), profile.tables.end(), std::uint8_t{0});
  BlockScanner reference(kernel_named("portable"));
  BlockScanner scanner(kernel);
  std::vector<Survivor> expected;
  std::vector<Survivor> found;
  reference.scan(tile.children, profiles, expected);
  scanner.scan(tile.children, profiles, found);
  if (found != expected) {
    state.SkipWithError("the kernel's survivors differ from the portable kernel's");
    return;
  }
  // Of a shared machine the quickest pass says most: the others hold time given to somebody else.
  std::uint64_t quickest = ~std::uint64_t{0};
  for (auto _ : state) {
    const std::uint64_t begin = ticks();
    benchmark::DoNotOptimize(scanner.scan_masks(tile.children, profiles).data());
    quickest = std::min(quickest, ticks() - begin);
  }
  const double lookups = static_cast<double>(profiles.size()) * static_cast<double>(tile.children.n_children());
  const double done = lookups * static_cast<double>(state.iterations());
  const double terms_per_pair = static_cast<double>(profiles.size()) / static_cast<double>(tile.families.size());
  state.counters["pairs/s"] = benchmark::Counter(done / terms_per_pair, benchmark::Counter::kIsRate);
  if (quickest > 0) state.counters["tsc/lookup"] = static_cast<double>(quickest) / lookups;
  double loci = 0.0;
  for (const QuantizedProfile& profile : profiles) loci += static_cast<double>(profile.loci.size());
  loci /= static_cast<double>(profiles.size());
  if (quickest > 0) state.counters["tsc/locus"] = static_cast<double>(quickest) / lookups / loci;
  state.counters["survivors/M"] = 1e6 * static_cast<double>(found.size()) / lookups;
}

void exact(benchmark::State& state, const Setting& setting, WorkShape shape) {
  const Tile& tile = setting.tile(shape);
  ExactBlock block;
  std::size_t pairs = 0;
  for (auto _ : state) {
    std::vector<ScoredChild> found;
    block.score(tile.families[pairs / tile.children.n_children() % tile.families.size()], tile.work.children, 0.0, found);
    benchmark::DoNotOptimize(found.data());
    pairs += tile.children.n_children();
  }
  state.counters["pairs/s"] = benchmark::Counter(static_cast<double>(pairs), benchmark::Counter::kIsRate);
}

/// Single parents and couples as a search compiles them, with the columns of parents seen before at hand. Pedigrees seldom repeat:
/// each is compiled once.
void compile(benchmark::State& state, const Setting& setting, WorkShape shape) {
  const Workload& work = setting.tile(shape).work;
  const Compiler cold(setting.population, CoupleWeights{});
  const Compiler& compiler = shape == WorkShape::pedigrees ? cold : setting.compiler;
  std::size_t f = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(compiler.compile(work.families[f], work.calls[f], work.n_members).terms.data());
    f = (f + 1) % work.families.size();
  }
  state.counters["families/s"] = benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

/// Ten typed relatives: all four grandparents, two uncles, two sibs of the missing person, its spouse and its child.
void compile_ten(benchmark::State& state, const Setting& setting) {
  const Workload work = make_large_families(setting.population, kTenFamilies);
  const Compiler compiler(setting.population, CoupleWeights{});
  std::size_t f = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(compiler.compile(work.families[f], work.calls[f], work.n_members).terms.data());
    f = (f + 1) % work.families.size();
  }
  state.counters["families/s"] = benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

/// Close alternatives of a pair: what a row of candidates.tsv adds to its own ratio.
void alternatives(benchmark::State& state, const Setting& setting, WorkShape shape) {
  const CodeBlock& children = setting.tile(WorkShape::duos).work.children;
  const RelationScorer scorer(setting.population, CoAncestry::of_model);
  constexpr std::size_t kPersons = 512;
  std::vector<std::vector<GenotypeCode>> persons(kPersons);
  for (std::size_t i = 0; i < kPersons; ++i)
    for (std::size_t locus = 0; locus < setting.population.loci.size(); ++locus)
      persons[i].push_back(children.codes[locus * children.n_children + i]);
  std::size_t i = 0;
  for (auto _ : state) {
    const auto& child = persons[i % kPersons];
    const auto& father = persons[(i * 7 + 1) % kPersons];
    const auto& mother = persons[(i * 13 + 2) % kPersons];
    benchmark::DoNotOptimize(scorer.pair(father, child, Sex::male).full_sib);
    if (shape == WorkShape::couples) {
      benchmark::DoNotOptimize(scorer.pair(mother, child, Sex::female).full_sib);
      benchmark::DoNotOptimize(scorer.couple(father, mother, child)->grandparents);
    }
    ++i;
  }
  state.counters["pairs/s"] = benchmark::Counter(static_cast<double>(i), benchmark::Counter::kIsRate);
}

void quantizing(benchmark::State& state, const Setting& setting) {
  std::size_t f = 0;
  for (auto _ : state) {
    const CompiledFamily& family = setting.tile(WorkShape::duos).families[f];
    benchmark::DoNotOptimize(quantize(family.terms[0].profile, setting.compiler.alphabet(), 0.0).tables.data());
    f = (f + 1) % setting.tile(WorkShape::duos).families.size();
  }
  state.counters["profiles/s"] = benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  return "unknown processor";
}

void print_header(const Setting& setting) {
  std::cerr << "processor   " << processor() << "\ncompiler    " << HOMEWARD_COMPILER << ", " << HOMEWARD_BUILD_TYPE << "\nworkload    "
            << setting.source << ", 8,192 children x 256 families, 2 % of calls missing\nkernels    ";
  for (const Kernel& kernel : kernels()) std::cerr << ' ' << kernel.name << (kernel.runs_here() ? "" : " (SKIPPED: cannot run here)");
  std::cerr << "\n            a number after a name is the threshold in log10 LR; a couple is looked up three times (terms);\n"
               "            tsc/lookup: reference cycles (not core cycles) of the quickest pass\n";
#ifndef NDEBUG
  std::cerr << "WARNING     assertions are on: these are not the speeds of a release build\n";
#endif
}

void register_all(const Setting& setting) {
  for (const Kernel& kernel : kernels()) {
    if (!kernel.runs_here()) continue;
    for (const WorkShape shape : kShapes)
      benchmark::RegisterBenchmark((std::string("scan/") + kernel.name + "/" + name_of(shape)).c_str(), scan, std::cref(setting),
                                   std::cref(kernel), shape)
          ->Arg(4)
          ->Arg(0)
          ->Arg(kNeverDiscarded)
          ->Unit(benchmark::kMillisecond);
  }
  for (const WorkShape shape : kShapes) {
    benchmark::RegisterBenchmark((std::string("exact/") + name_of(shape)).c_str(), exact, std::cref(setting), shape)
        ->Unit(benchmark::kMillisecond);
    auto* compiling = benchmark::RegisterBenchmark((std::string("compile/") + name_of(shape)).c_str(), compile, std::cref(setting), shape);
    compiling->Unit(benchmark::kMicrosecond);
    if (shape == WorkShape::pedigrees) compiling->Iterations(static_cast<std::int64_t>(block_of(shape).n_families));
  }
  for (const WorkShape shape : {WorkShape::duos, WorkShape::couples})
    benchmark::RegisterBenchmark((std::string("alternatives/") + name_of(shape)).c_str(), alternatives, std::cref(setting), shape)
        ->Unit(benchmark::kNanosecond);
  benchmark::RegisterBenchmark("compile/ten_relatives", compile_ten, std::cref(setting))
      ->Iterations(static_cast<std::int64_t>(kTenFamilies))
      ->Unit(benchmark::kMicrosecond);
  benchmark::RegisterBenchmark("quantize/duos", quantizing, std::cref(setting))->Unit(benchmark::kMicrosecond);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Setting setting;
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    print_header(setting);
    register_all(setting);
    benchmark::RunSpecifiedBenchmarks();
  } catch (const Error& error) {
    std::cerr << "bench_kernels: " << error.what() << '\n';
    return error.exit_code();
  }
  return 0;
}
