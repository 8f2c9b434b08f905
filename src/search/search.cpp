// The first stage of the search: tiles of families x blocks of children -> scan -> exact rescoring -> hits. HDF5 (behind
// ProfileSource) is read between the parallel loops, never inside.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>

#include "scan/scan_block.hpp"
#include "score/exact_block.hpp"
#include "search/exact_hit.hpp"
#include "search/family_scan.hpp"
#include "search/family_tile.hpp"
#include "search/locus_encoder.hpp"
#include "search/pair_counts.hpp"
#include "search/parallel.hpp"
#include "search/tile_scanner.hpp"

namespace homeward {

namespace {

constexpr std::size_t kBlockChildren = 8192;  // 25 loci of scan codes stay in the second-level cache
constexpr std::uint32_t kChunkFamilies = 64;  // scored exhaustively between two looks at the stop flag

struct ChildBlock {
  std::vector<PersonIndex> persons;
  CodeBlock codes;
  std::vector<GenotypeCode> by_child;  ///< the same codes, a child's together
  std::unique_ptr<ScanBlock> scan;
};

std::vector<GenotypeCode> turned(const CodeBlock& block, std::size_t n_loci) {
  std::vector<GenotypeCode> by_child(block.codes.size());
  for (std::size_t locus = 0; locus < n_loci; ++locus)
    for (std::size_t i = 0; i < block.n_children; ++i) by_child[i * n_loci + locus] = block.codes[locus * block.n_children + i];
  return by_child;
}

/// What one thread has found and not yet handed over.
struct ThreadState {
  explicit ThreadState(const Kernel& kernel) : scan(kernel) {}
  TileScanner::State scan;
  ExactBlock exact;
  std::vector<PairToScore> pairs;
  std::vector<ScoredChild> scored;
  std::vector<Hit> hits;
  std::uint64_t survivor_count = 0;
};

}  // namespace

class FamilyScan::Impl {
 public:
  Impl(const ProfileSource& source, const EffectivePopulation& population, const SearchOptions& options)
      : source_(source),
        population_(population),
        options_(options),
        kernel_(options.kernel != nullptr ? *options.kernel : best_kernel()),
        encoder_(source, population),
        compiler_(population, options.couple_weights),
        alphabet_(compiler_.alphabet()),
        child_masks_(population.loci.size()) {}

  bool scan(std::uint32_t first, std::uint32_t end, const ScanSink& sink, ScanCounts& out) {
    sink_ = &sink;
    visit(first, end, out, true);
    return !stopped_;
  }

  void count(std::uint32_t first, std::uint32_t end, ScanCounts& out) { visit(first, end, out, false); }

 private:
  static std::size_t index(SkipReason reason) { return static_cast<std::size_t>(reason); }
  bool stopping() const { return options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed); }

  /// Families [first, end), tile by tile: compared, or only counted.
  void visit(std::uint32_t first, std::uint32_t end, ScanCounts& out, bool compare) {
    out_ = &out;
    const std::uint64_t n_pairs = source_.children().size() * static_cast<std::uint64_t>(end - first);
    SearchCounts& counts = out.counts;
    counts.pairs_total += n_pairs;
    if (n_pairs > 0 && !population_.loci.empty()) {
      visit_tiles(first, end, compare);
    } else {
      counts.pairs_skipped[index(SkipReason::no_shared_locus)] += n_pairs;
    }
    counts.pairs_compared = counts.pairs_total;
    for (const std::uint64_t skipped : counts.pairs_skipped) counts.pairs_compared -= skipped;
  }

  void visit_tiles(std::uint32_t begin, std::uint32_t end, bool compare) {
    const std::size_t child_bytes = kBlockChildren * population_.loci.size() * 2 * (sizeof(GenotypeCode) + 1) + 1;
    const std::size_t n_blocks = (source_.children().size() + kBlockChildren - 1) / kBlockChildren;
    const std::size_t group = std::clamp<std::size_t>(options_.memory_bytes / 8 / child_bytes, 1, n_blocks);
    for (std::uint32_t first = begin, next = begin; first < end && !stopped_; first = next) {
      next = tile_end(source_, population_, first, end, options_.memory_bytes / 4);
      const FamilyTile tile = compile_tile(source_, encoder_, compiler_, alphabet_, first, next - first, options_.min_log10_lr,
                                           options_.exhaustive, options_.threads);
      for (std::uint32_t k = 0; k < tile.compiled.size(); ++k)
        for (const std::string& warning : tile.compiled[k].warnings) warn(first + k, warning);
      for (std::size_t b = 0; b < n_blocks && !stopped_ && (compare || !tallied_); b += group) {
        if (blocks_.empty() || group < n_blocks) blocks_ = read_blocks(b, std::min(group, n_blocks - b), !tallied_);
        tallied_ = tallied_ || b + group >= n_blocks;
        if (compare) scan_tile(tile, blocks_);
      }
      if (!stopped_) count_skipped(tile);
    }
  }

  void warn(std::uint32_t family, const std::string& warning) {
    if (out_->warnings.size() <= kMostFamilyWarnings) out_->warnings.push_back({family, warning});
  }

  std::vector<ChildBlock> read_blocks(std::size_t first, std::size_t count, bool tally) {
    std::vector<ChildBlock> blocks(count);
    for (std::size_t b = 0; b < count; ++b) {
      ChildBlock& block = blocks[b];
      const auto begin = source_.children().begin() + static_cast<std::ptrdiff_t>((first + b) * kBlockChildren);
      block.persons.assign(begin, begin + std::min<std::ptrdiff_t>(kBlockChildren, source_.children().end() - begin));
      ProfileBlock profiles;
      source_.read(block.persons, profiles);
      block.codes = encoder_.codes(profiles);
      block.by_child = turned(block.codes, population_.loci.size());
      if (!options_.exhaustive) block.scan = std::make_unique<ScanBlock>(block.codes, alphabet_);
      if (tally) tally_masks(block.codes);
    }
    return blocks;
  }

  void tally_masks(const CodeBlock& block) {
    LocusMask mask((population_.loci.size() + 63) / 64);
    for (std::size_t i = 0; i < block.n_children; ++i) {
      std::fill(mask.begin(), mask.end(), 0);
      for (std::size_t locus = 0; locus < population_.loci.size(); ++locus)
        if (block.codes[locus * block.n_children + i] != kUntyped) mask[locus / 64] |= std::uint64_t{1} << (locus % 64);
      child_masks_.add(mask);
    }
  }

  void scan_tile(const FamilyTile& tile, const std::vector<ChildBlock>& blocks) {
    const std::uint32_t n_families = static_cast<std::uint32_t>(tile.compiled.size());
    const TileScanner::Choice choice = options_.plan_kernels ? TileScanner::Choice::planned : TileScanner::Choice::forced;
    std::optional<TileScanner> scanner;
    if (!options_.exhaustive) scanner.emplace(tile, population_, kernel_, choice, options_.threads);
    parallel_for(
        static_cast<std::int64_t>(blocks.size()), options_.threads, [&] { return ThreadState(kernel_); },
        [&](ThreadState& state, std::int64_t task) {
          const ChildBlock& block = blocks[static_cast<std::size_t>(task)];
          if (stopping()) return;
          if (scanner) {
            scanner->scan(block.codes, *block.scan, state.scan, state.pairs);
            for (const PairToScore& pair : state.pairs) rescore(tile, block, pair.family, pair.child, state);
            hand_over(state, block, n_families);
            return;
          }
          for (std::uint32_t begin = 0; begin < n_families && !stopping(); begin += kChunkFamilies) {
            const std::uint32_t end = std::min(begin + kChunkFamilies, n_families);
            score_chunk(tile, block, begin, end, state);
            hand_over(state, block, end - begin);
          }
        },
        [](ThreadState&) {});
    if (stopping()) stopped_ = true;
  }

  void score_chunk(const FamilyTile& tile, const ChildBlock& block, std::uint32_t begin, std::uint32_t end, ThreadState& state) {
    for (std::uint32_t k = begin; k < end; ++k) {
      state.scored.clear();
      state.exact.score(tile.compiled[k], block.codes, options_.min_log10_lr, state.scored);
      for (const ScoredChild& scored : state.scored) rescore(tile, block, k, scored.child, state);
    }
  }

  void rescore(const FamilyTile& tile, const ChildBlock& block, std::uint32_t k, std::uint32_t child, ThreadState& state) {
    ++state.survivor_count;
    const std::span<const GenotypeCode> codes(block.by_child.data() + child * encoder_.n_loci(), encoder_.n_loci());
    if (const auto hit = exact_hit(tile, k, source_.families()[tile.first + k], codes, block.persons[child], options_.min_log10_lr))
      state.hits.push_back(*hit);
  }

  /// Gives a task's finds to the sink, under a lock.
  void hand_over(ThreadState& state, const ChildBlock& block, std::uint32_t n_families) {
    {
      const std::lock_guard<std::mutex> guard(hand_over_);
      out_->counts.survivors += state.survivor_count;
      out_->counts.hits += state.hits.size();
      sink_->hits(state.hits);
      sink_->pairs(static_cast<std::uint64_t>(block.persons.size()) * n_families);
    }
    state.survivor_count = 0;
    state.hits.clear();
  }

  /// Pairs of the tile that were not compared, by reason. A child that is itself a member counts as that.
  void count_skipped(const FamilyTile& tile) {
    MaskTally families(population_.loci.size());
    std::uint64_t members = 0, members_disjoint = 0;
    for (std::uint32_t k = 0; k < tile.compiled.size(); ++k) {
      families.add(tile.masks[k]);
      for (const PersonIndex person : member_indexes(source_.families()[tile.first + k])) {
        if (!std::binary_search(source_.children().begin(), source_.children().end(), person)) continue;
        ++members;
        ProfileBlock profile;
        source_.read({person}, profile);
        if (!shares_a_locus(encoder_.codes(profile).codes, tile.masks[k])) ++members_disjoint;
      }
      out_->counts.lookups += static_cast<std::uint64_t>(source_.children().size()) * tile.compiled[k].terms.size();
    }
    out_->counts.pairs_skipped[index(SkipReason::same_person)] += members;
    out_->counts.pairs_skipped[index(SkipReason::no_shared_locus)] += child_masks_.disjoint_pairs(families) - members_disjoint;
  }

  const ProfileSource& source_;
  const EffectivePopulation& population_;
  const SearchOptions& options_;
  const Kernel& kernel_;
  LocusEncoder encoder_;
  Compiler compiler_;
  const ScanAlphabet& alphabet_;
  MaskTally child_masks_;
  std::vector<ChildBlock> blocks_;  ///< of the last tile; all children, when they fit
  bool tallied_ = false;            ///< child_masks_ holds every child
  bool stopped_ = false;
  const ScanSink* sink_ = nullptr;
  ScanCounts* out_ = nullptr;
  std::mutex hand_over_;
};

FamilyScan::FamilyScan(const ProfileSource& source, const EffectivePopulation& population, const SearchOptions& options)
    : impl_(std::make_unique<Impl>(source, population, options)) {}
FamilyScan::~FamilyScan() = default;

bool FamilyScan::scan(std::uint32_t first, std::uint32_t end, const ScanSink& sink, ScanCounts& counts) {
  return impl_->scan(first, end, sink, counts);
}

void FamilyScan::count(std::uint32_t first, std::uint32_t end, ScanCounts& counts) { impl_->count(first, end, counts); }

}  // namespace homeward
