#include "homeward/resident_search.hpp"

#include <algorithm>

#include "homeward/error.hpp"
#include "search/exact_hit.hpp"
#include "search/tile_scanner.hpp"

namespace homeward {

namespace {

/// Looking scores up pays when many children stand side by side; for one child counting losses reads far fewer bytes.
const Kernel& kernel_for_one(const SearchOptions& options) {
  if (options.kernel != nullptr) return *options.kernel;
  const Kernel* chosen = &best_kernel();
  for (const Kernel& kernel : kernels())
    if (kernel.count != nullptr && kernel.runs_here()) chosen = &kernel;
  return *chosen;
}

FamilyTile compile_all(const ProfileSource& source, const EffectivePopulation& population, const Compiler& compiler,
                       const SearchOptions& options) {
  return compile_tile(source, LocusEncoder(source, population), compiler, compiler.alphabet(), 0,
                      static_cast<std::uint32_t>(source.families().size()), options.min_log10_lr, false, options.threads);
}

}  // namespace

struct ResidentSearch::Impl {
  Impl(const ProfileSource& source_in, const EffectivePopulation& population, const SearchOptions& options)
      : source(source_in),
        min_log10_lr(options.min_log10_lr),
        kernel(kernel_for_one(options)),
        compiler(population, options.couple_weights),
        tile(compile_all(source, population, compiler, options)),
        scanner(tile, population, kernel, TileScanner::Choice::forced, options.threads),
        state(kernel) {
    child.n_children = 1;
    child.codes.resize(population.loci.size());
  }

  const ProfileSource& source;
  const double min_log10_lr;
  const Kernel& kernel;
  const Compiler compiler;
  const FamilyTile tile;
  const TileScanner scanner;
  TileScanner::State state;
  CodeBlock child;
  std::vector<PairToScore> pairs;
};

ResidentSearch::ResidentSearch(const ProfileSource& source, const EffectivePopulation& population, const SearchOptions& options)
    : impl_(std::make_unique<Impl>(source, population, options)) {}
ResidentSearch::~ResidentSearch() = default;
const Kernel& ResidentSearch::kernel() const { return impl_->kernel; }

std::vector<Hit> ResidentSearch::find(std::span<const GenotypeCode> codes, PersonIndex child) {
  Impl& my = *impl_;
  if (codes.size() != my.child.codes.size())
    throw Error(ErrorKind::usage, "a child's profile has " + std::to_string(codes.size()) + " codes, expected one for each of the " +
                                      std::to_string(my.child.codes.size()) + " loci of the population");
  std::copy(codes.begin(), codes.end(), my.child.codes.begin());
  my.scanner.scan(my.child, ScanBlock(my.child, my.compiler.alphabet()), my.state, my.pairs);
  std::vector<Hit> hits;
  for (const PairToScore& pair : my.pairs)
    if (const auto hit = exact_hit(my.tile, pair.family, my.source.families()[pair.family], codes, child, my.min_log10_lr))
      hits.push_back(*hit);
  std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {  // HitOrder of one child
    if (a.log10_lr != b.log10_lr) return a.log10_lr > b.log10_lr;
    return a.n_loci != b.n_loci ? a.n_loci > b.n_loci : a.family < b.family;
  });
  return hits;
}

}  // namespace homeward
