// The search, stage by stage: tiles of families x blocks of children -> scan -> exact rescoring -> hits in order; then
// the parents who registered apart. HDF5 (behind ProfileSource) is read between the parallel loops, never inside.
#include "homeward/search.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <memory>
#include <mutex>

#include "scan/scan_block.hpp"
#include "score/exact_block.hpp"
#include "search/external_sort.hpp"
#include "search/family_tile.hpp"
#include "search/locus_encoder.hpp"
#include "search/pair_counts.hpp"
#include "search/parallel.hpp"
#include "search/undeclared_couples.hpp"

namespace homeward {

namespace {

constexpr std::size_t kBlockChildren = 8192;  // 25 loci of scan codes stay in the second-level cache
constexpr std::uint32_t kChunkFamilies = 64;  // families per task

/// A child and a single-parent family it may belong to.
struct SingleParentHit {
  std::uint32_t child;
  std::uint32_t family;
};
struct ByChild {
  bool operator()(const SingleParentHit& a, const SingleParentHit& b) const {
    return a.child != b.child ? a.child < b.child : a.family < b.family;
  }
};
using HitSort = ExternalSort<Hit, HitOrder>;
using SingleSort = ExternalSort<SingleParentHit, ByChild>;

class SortedHits final : public HitStream {
 public:
  explicit SortedHits(HitSort sort) : sort_(std::move(sort)) { sort_.rewind(); }
  std::uint64_t size() const override { return sort_.size(); }
  std::size_t next(Hit* out, std::size_t capacity) override { return sort_.next(out, capacity); }
  void rewind() override { sort_.rewind(); }

 private:
  HitSort sort_;
};

struct ChildBlock {
  std::vector<PersonIndex> persons;
  CodeBlock codes;
  std::unique_ptr<ScanBlock> scan;
};

/// What one thread has found and not yet handed over.
struct ThreadState {
  explicit ThreadState(const Kernel& kernel) : scanner(kernel) {}
  BlockScanner scanner;
  ExactBlock exact;
  std::vector<Survivor> survivors;
  std::vector<std::uint32_t> children;
  std::vector<ScoredChild> scored;
  std::vector<Hit> hits;
  std::uint64_t survivor_count = 0;
};

bool shares_a_locus(const CodeBlock& block, std::size_t child, const LocusMask& mask) {
  for (std::size_t locus = 0; locus * block.n_children < block.codes.size(); ++locus)
    if (block.codes[locus * block.n_children + child] != kUntyped && (mask[locus / 64] >> (locus % 64) & 1U) != 0) return true;
  return false;
}

class Search {
 public:
  Search(const ProfileSource& source, const EffectivePopulation& population, const SearchOptions& options)
      : source_(source),
        population_(population),
        options_(options),
        kernel_(options.kernel != nullptr ? *options.kernel : best_kernel()),
        encoder_(source, population),
        compiler_(population, options.couple_weights),
        alphabet_(compiler_.alphabet()),
        child_masks_(population.loci.size()),
        hits_(HitOrder(source), options.memory_bytes / 2 / sizeof(Hit), options.spill_folder),
        singles_(ByChild{}, options.memory_bytes / 8 / sizeof(SingleParentHit), options.spill_folder) {}

  SearchResult run() {
    const std::uint64_t n_children = source_.children().size();
    const std::uint64_t n_families = source_.families().size();
    result_.counts.pairs_total = n_children * n_families;
    if (n_children > 0 && n_families > 0 && !population_.loci.empty()) {
      scan_everything();
      if (options_.undeclared_couples && !result_.stopped) score_undeclared();
    } else {
      result_.counts.pairs_skipped[index(SkipReason::no_shared_locus)] = result_.counts.pairs_total;
    }
    SearchCounts& counts = result_.counts;
    counts.pairs_compared = counts.pairs_total;
    for (const std::uint64_t skipped : counts.pairs_skipped) counts.pairs_compared -= skipped;
    counts.hits = hits_.size() - counts.undeclared_hits;
    result_.hits = std::make_unique<SortedHits>(std::move(hits_));
    return std::move(result_);
  }

 private:
  static std::size_t index(SkipReason reason) { return static_cast<std::size_t>(reason); }
  bool stopping() const { return options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed); }

  void scan_everything() {
    const std::size_t child_bytes = kBlockChildren * population_.loci.size() * (sizeof(GenotypeCode) + 1) + 1;
    const std::size_t n_blocks = (source_.children().size() + kBlockChildren - 1) / kBlockChildren;
    const std::size_t group = std::clamp<std::size_t>(options_.memory_bytes / 8 / child_bytes, 1, n_blocks);
    const std::uint32_t families = static_cast<std::uint32_t>(source_.families().size());
    const std::uint32_t tile_families = tile_size(source_, population_, options_.memory_bytes / 4);

    std::vector<ChildBlock> blocks;
    for (std::uint32_t first = 0; first < families && !result_.stopped; first += tile_families) {
      const FamilyTile tile = compile_tile(source_, encoder_, compiler_, alphabet_, first, std::min(tile_families, families - first),
                                           options_.min_log10_lr, options_.exhaustive, options_.threads);
      for (std::uint32_t k = 0; k < tile.compiled.size(); ++k)
        for (const std::string& warning : tile.compiled[k].warnings) warn(source_.families()[first + k], warning);
      for (std::size_t b = 0; b < n_blocks && !result_.stopped; b += group) {
        if (first == 0 || group < n_blocks) blocks = read_blocks(b, std::min(group, n_blocks - b), first == 0);
        scan_tile(tile, blocks);
      }
      count_skipped(tile);
    }
  }

  void warn(const Family& family, const std::string& warning) {
    constexpr std::size_t kMostWarnings = 1000;
    if (++n_warnings_ <= kMostWarnings) result_.warnings.push_back("family " + family.id + ": " + warning);
    if (n_warnings_ == kMostWarnings + 1) result_.warnings.push_back("further family warnings are not listed");
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
    const std::int64_t chunks = (n_families + kChunkFamilies - 1) / kChunkFamilies;
    parallel_for(
        chunks * static_cast<std::int64_t>(blocks.size()), options_.threads, [&] { return ThreadState(kernel_); },
        [&](ThreadState& state, std::int64_t task) {
          if (stopping()) return;
          const ChildBlock& block = blocks[static_cast<std::size_t>(task / chunks)];
          const auto begin = static_cast<std::uint32_t>(task % chunks) * kChunkFamilies;
          const std::uint32_t end = std::min(begin + kChunkFamilies, n_families);
          if (options_.exhaustive)
            score_chunk(tile, block, begin, end, state);
          else
            scan_chunk(tile, block, begin, end, state);
          hand_over(state, block, end - begin);
        },
        [](ThreadState&) {});
    if (stopping()) result_.stopped = true;
  }

  void scan_chunk(const FamilyTile& tile, const ChildBlock& block, std::uint32_t begin, std::uint32_t end, ThreadState& state) {
    state.survivors.clear();
    const std::uint32_t first_profile = tile.first_profile[begin];
    state.scanner.scan(*block.scan, {tile.profiles.data() + first_profile, tile.first_profile[end] - first_profile}, state.survivors);
    auto next = state.survivors.begin();
    for (std::uint32_t k = begin; k < end; ++k) {
      // A family's survivors: those of any of its terms, each child once.
      state.children.clear();
      for (; next != state.survivors.end() && first_profile + next->query < tile.first_profile[k + 1]; ++next) state.children.push_back(next->child);
      if (tile.first_profile[k + 1] - tile.first_profile[k] > 1) {
        std::sort(state.children.begin(), state.children.end());
        state.children.erase(std::unique(state.children.begin(), state.children.end()), state.children.end());
      }
      for (const std::uint32_t child : state.children) rescore(tile, block, k, child, state);
    }
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
    const ExactScore score = exact_score(tile.compiled[k], block.codes, child);
    if (!(score.log10_lr >= options_.min_log10_lr)) return;
    if (score.n_loci == 0 && !shares_a_locus(block.codes, child, tile.masks[k])) return;
    const std::uint32_t family = tile.first + k;
    if (is_member(block.persons[child], source_.families()[family])) return;
    Hit hit;
    hit.log10_lr = score.log10_lr;
    hit.child = block.persons[child];
    hit.family = family;
    hit.n_loci = score.n_loci;
    hit.n_inconsistent = score.n_inconsistent;
    hit.hypothesis = score.hypothesis;
    state.hits.push_back(hit);
  }

  static bool is_member(PersonIndex person, const Family& family) {
    return person == family.father || person == family.mother ||
           std::find(family.typed.begin(), family.typed.end(), person) != family.typed.end();
  }

  /// Gives a task's finds to the collectors, under a lock.
  void hand_over(ThreadState& state, const ChildBlock& block, std::uint32_t n_families) {
    {
      const std::lock_guard<std::mutex> guard(hand_over_);
      result_.counts.survivors += state.survivor_count;
      pairs_done_ += static_cast<std::uint64_t>(block.persons.size()) * n_families;
      add_hits(state.hits);
      if (options_.progress) options_.progress(pairs_done_, result_.counts.pairs_total);
    }
    state.survivor_count = 0;
    state.hits.clear();
  }

  void add_hits(const std::vector<Hit>& hits) {
    hits_.add(hits.data(), hits.size());
    if (!options_.undeclared_couples) return;
    for (const Hit& hit : hits) {
      const FamilyShape shape = source_.families()[hit.family].shape;
      if (shape != FamilyShape::father && shape != FamilyShape::mother) continue;
      const SingleParentHit single{hit.child, hit.family};
      singles_.add(&single, 1);
    }
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
        if (!shares_a_locus(encoder_.codes(profile), 0, tile.masks[k])) ++members_disjoint;
      }
      result_.counts.lookups += static_cast<std::uint64_t>(source_.children().size()) * tile.compiled[k].terms.size();
    }
    result_.counts.pairs_skipped[index(SkipReason::same_person)] += members;
    result_.counts.pairs_skipped[index(SkipReason::no_shared_locus)] += child_masks_.disjoint_pairs(families) - members_disjoint;
  }

  void score_undeclared() {
    const UndeclaredCouples couples(source_, population_, encoder_, compiler_);
    singles_.rewind();
    std::vector<SingleParentHit> batch, part(1U << 16U);
    std::size_t n = 0;
    do {
      n = singles_.next(part.data(), part.size());
      // A batch ends where a child ends; the last child of a full part goes on in the next.
      std::size_t whole = n;
      if (n == part.size())
        while (whole > 0 && part[whole - 1].child == part[n - 1].child) --whole;
      batch.insert(batch.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(whole));
      if (whole > 0 || n == 0) {
        score_batch(couples, batch);
        batch.clear();
      }
      batch.insert(batch.end(), part.begin() + static_cast<std::ptrdiff_t>(whole), part.begin() + static_cast<std::ptrdiff_t>(n));
    } while (n > 0 && !stopping());
    if (stopping()) result_.stopped = true;
  }

  void score_batch(const UndeclaredCouples& couples, const std::vector<SingleParentHit>& batch) {
    std::vector<PersonIndex> children;
    std::vector<std::size_t> begin;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (i > 0 && batch[i].child == batch[i - 1].child) continue;
      children.push_back(batch[i].child);
      begin.push_back(i);
    }
    begin.push_back(batch.size());
    ProfileBlock profiles;
    source_.read(children, profiles);
    const CodeBlock codes = encoder_.codes(profiles);

    struct State {
      std::vector<std::uint32_t> fathers, mothers;
      std::vector<GenotypeCode> codes;
      std::vector<Hit> hits;
      std::uint64_t scored = 0;
    };
    parallel_for(
        static_cast<std::int64_t>(children.size()), options_.threads, [] { return State{}; },
        [&](State& state, std::int64_t i) {
          state.fathers.clear();
          state.mothers.clear();
          for (std::size_t k = begin[i]; k < begin[i + 1]; ++k)
            (source_.families()[batch[k].family].shape == FamilyShape::father ? state.fathers : state.mothers).push_back(batch[k].family);
          if (state.fathers.empty() || state.mothers.empty()) return;
          state.codes.resize(encoder_.n_loci());
          for (std::size_t locus = 0; locus < encoder_.n_loci(); ++locus) state.codes[locus] = codes.codes[locus * codes.n_children + i];
          state.scored += couples.score(children[i], state.codes, state.fathers, state.mothers, options_.min_log10_lr, state.hits);
        },
        [&](State& state) {
          result_.counts.undeclared_scored += state.scored;
          result_.counts.undeclared_hits += state.hits.size();
          hits_.add(state.hits.data(), state.hits.size());
        });
  }

  const ProfileSource& source_;
  const EffectivePopulation& population_;
  const SearchOptions& options_;
  const Kernel& kernel_;
  LocusEncoder encoder_;
  Compiler compiler_;
  const ScanAlphabet& alphabet_;
  MaskTally child_masks_;
  HitSort hits_;
  SingleSort singles_;
  SearchResult result_;
  std::size_t n_warnings_ = 0;
  std::uint64_t pairs_done_ = 0;
  std::mutex hand_over_;
};

}  // namespace

SearchResult search(const ProfileSource& source, const EffectivePopulation& population, const SearchOptions& options) {
  if (std::isnan(options.min_log10_lr)) throw Error(ErrorKind::usage, "the threshold log10 LR is not a number");
  return Search(source, population, options).run();
}

}  // namespace homeward
