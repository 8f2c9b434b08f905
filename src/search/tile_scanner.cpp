#include "search/tile_scanner.hpp"

#include <algorithm>
#include <bit>
#include <span>
#include <tuple>

#include "search/parallel.hpp"

namespace homeward {

namespace {

/// The single parent of a term: 0 father, 1 mother, -1 when there are two or a pedigree.
int parent_of(Hypothesis hypothesis, std::size_t term) {
  switch (hypothesis) {
    case Hypothesis::father_only:
      return 0;
    case Hypothesis::mother_only:
      return 1;
    case Hypothesis::parent_only:
      return static_cast<int>(term);  // first as father, then as mother
    default:
      return -1;
  }
}

std::size_t count_bits(const std::vector<std::uint64_t>& words) {
  std::size_t n = 0;
  for (const std::uint64_t word : words) n += static_cast<std::size_t>(std::popcount(word));
  return n;
}

/// Lanes typed with about the same kit get the same number: those whose loci are, but for a few failed ones, the loci of
/// the first of them.
std::vector<std::uint32_t> kit_of_each(std::span<const BitLane> lanes) {
  constexpr std::size_t kFailed = 3, kMostKits = 64;
  std::vector<std::uint32_t> order(lanes.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::vector<std::size_t> n_typed;
  for (const BitLane& lane : lanes) n_typed.push_back(count_bits(lane.typed));
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return n_typed[a] > n_typed[b]; });
  std::vector<std::uint32_t> kit(lanes.size(), kMostKits), first;
  for (const std::uint32_t lane : order) {
    const auto holds = [&](std::uint32_t other) {
      if (n_typed[other] > n_typed[lane] + kFailed) return false;
      for (std::size_t word = 0; word < lanes[lane].typed.size(); ++word)
        if ((lanes[lane].typed[word] & ~lanes[other].typed[word]) != 0) return false;
      return true;
    };
    const auto found = std::find_if(first.begin(), first.end(), holds);
    if (found != first.end())
      kit[lane] = static_cast<std::uint32_t>(found - first.begin());
    else if (first.size() < kMostKits) {
      kit[lane] = static_cast<std::uint32_t>(first.size());
      first.push_back(lane);
    }
  }
  return kit;
}

}  // namespace

TileScanner::TileScanner(const FamilyTile& tile, const EffectivePopulation& population, const Kernel& kernel, Choice choice, int threads)
    : tile_(tile), kernel_(kernel), choice_(choice), family_of_(tile.profiles.size()) {
  collect_lanes();
  for (LaneSet& set : sets_) prepare(set, population, threads);
}

void TileScanner::collect_lanes() {
  for (std::uint32_t k = 0; k < tile_.compiled.size(); ++k) {
    const std::vector<ScoringTerm>& terms = tile_.compiled[k].terms;
    for (std::uint32_t term = 0; term < terms.size(); ++term) {
      const std::uint32_t profile = tile_.first_profile[k] + term;
      family_of_[profile] = k;
      if (!tile_.profiles[profile].reachable) continue;
      const int parent = kernel_.count == nullptr ? -1 : parent_of(terms[term].hypothesis, term);
      if (parent < 0) {
        looked_up_.push_back(profile);
        continue;
      }
      const bool second_member = parent == 1 && terms[term].hypothesis == Hypothesis::mother_only && tile_.homozygous[k].size() > 1;
      BitLane lane;
      lane.family = k;
      lane.profile = profile;
      lane.threshold = tile_.thresholds[profile];
      lane.scores = &terms[term].profile;
      lane.homozygous = tile_.homozygous[k][second_member ? 1 : 0];
      lane.typed.resize(lane.homozygous.size());
      for (std::size_t locus = 0; locus < lane.scores->columns.size(); ++locus)
        if (lane.scores->columns[locus]) lane.typed[locus / 64] |= std::uint64_t{1} << (locus % 64);
      for (const std::uint64_t word : lane.homozygous) lane.n_homozygous += static_cast<std::uint32_t>(std::popcount(word));
      sets_[parent].lanes.push_back(std::move(lane));
    }
  }
}

void TileScanner::prepare(LaneSet& set, const EffectivePopulation& population, int threads) const {
  if (set.lanes.empty()) return;
  std::vector<std::size_t> code_counts;
  for (const LocusModel& model : population.loci) code_counts.push_back(genotype_code_count(model.frequencies.size()));
  set.tables = std::make_unique<LossTables>(code_counts, set.lanes);
  const auto nothing = [] { return 0; };
  const auto done = [](int) {};
  parallel_for(
      static_cast<std::int64_t>(code_counts.size()), threads, nothing,
      [&](int, std::int64_t locus) { set.tables->fill(static_cast<std::size_t>(locus)); }, done);

  // Lanes that are alike share a tile, so that its bound is tight.
  const std::vector<std::uint32_t> kit = kit_of_each(set.lanes);
  std::vector<std::uint32_t> order(set.lanes.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    if (set.lanes[a].threshold != set.lanes[b].threshold) return set.lanes[a].threshold < set.lanes[b].threshold;
    return std::tuple(kit[a], set.lanes[a].n_homozygous) < std::tuple(kit[b], set.lanes[b].n_homozygous);
  });
  const std::size_t n_tiles = (order.size() + kTileLanes - 1) / kTileLanes;
  std::vector<std::unique_ptr<BitTile>> made(n_tiles);
  parallel_for(
      static_cast<std::int64_t>(n_tiles), threads, nothing,
      [&](int, std::int64_t i) {
        const auto begin = order.begin() + static_cast<std::ptrdiff_t>(i) * static_cast<std::ptrdiff_t>(kTileLanes);
        const auto end = std::min(begin + static_cast<std::ptrdiff_t>(kTileLanes), order.end());
        made[static_cast<std::size_t>(i)] = std::make_unique<BitTile>(*set.tables, set.lanes, std::vector<std::uint32_t>(begin, end));
      },
      done);
  for (std::unique_ptr<BitTile>& tile : made) {
    const auto known = std::find(set.levels.begin(), set.levels.end(), tile->level());
    set.level_of.push_back(static_cast<std::size_t>(known - set.levels.begin()));
    if (known == set.levels.end()) set.levels.push_back(tile->level());
    set.tiles.push_back(std::move(*tile));
  }
}

/// Appends to state.survivors, as (profile, child). What survives counting is looked up family by family, so that a
/// family's tables are read once.
void TileScanner::count_tile(const LaneSet& set, const BitTile& tile, const BitQueries& queries, std::size_t level, const ScanBlock& block,
                             State& state, bool& worth_it) const {
  const std::size_t n = block.n_children();
  state.masks.resize(n * kTileWords + kTileWords);
  state.children.resize(n + 1);
  const std::size_t n_found = kernel_.count({tile.rows(), queries.offsets(), queries.first(), queries.allowed(level), tile.valid(), n,
                                             state.masks.data(), state.children.data()});
  if (n_found == 0) return;
  state.lane_begin.assign(kTileLanes + 1, 0);
  const auto for_each_survivor = [&](auto&& act) {
    for (std::size_t i = 0; i < n_found; ++i)
      for (std::size_t word = 0; word < kTileWords; ++word)
        for (std::uint64_t mask = state.masks[i * kTileWords + word]; mask != 0; mask &= mask - 1)
          act(static_cast<std::uint32_t>(word * 64 + static_cast<unsigned>(std::countr_zero(mask))), state.children[i]);
  };
  for_each_survivor([&](std::uint32_t lane, std::uint32_t) { ++state.lane_begin[lane + 1]; });
  for (std::size_t lane = 0; lane < kTileLanes; ++lane) state.lane_begin[lane + 1] += state.lane_begin[lane];
  const std::uint32_t total = state.lane_begin[kTileLanes];
  worth_it = choice_ == Choice::forced || total <= kernel_.count_limit * static_cast<double>(n) * static_cast<double>(tile.lanes().size());
  state.by_lane.resize(total);
  for_each_survivor([&](std::uint32_t lane, std::uint32_t child) { state.by_lane[state.lane_begin[lane]++] = {lane, child}; });
  for (const Survivor& found : state.by_lane) {
    const std::uint32_t profile = set.lanes[tile.lanes()[found.query]].profile;
    if (within_budget(tile_.profiles[profile], block.child(found.child))) state.survivors.push_back({profile, found.child});
  }
}

void TileScanner::scan(const CodeBlock& codes, const ScanBlock& block, State& state, std::vector<PairToScore>& pairs) const {
  state.survivors.clear();
  state.to_look_up = looked_up_;
  for (const LaneSet& set : sets_) {
    if (set.tiles.empty()) continue;
    const BitQueries queries(*set.tables, codes, set.levels);
    // Survivors per pair change little among tiles of one kit: once there are too many, the rest of it is looked up.
    bool worth_it = true;
    for (std::size_t t = 0; t < set.tiles.size(); ++t) {
      if (t > 0 && set.tiles[t].level().typed != set.tiles[t - 1].level().typed) worth_it = true;
      if (worth_it)
        count_tile(set, set.tiles[t], queries, set.level_of[t], block, state, worth_it);
      else
        for (const std::uint32_t lane : set.tiles[t].lanes()) state.to_look_up.push_back(set.lanes[lane].profile);
    }
  }
  state.scanner.scan_some(block, tile_.profiles, state.to_look_up, state.survivors);
  pairs.clear();
  for (const Survivor& survivor : state.survivors) pairs.push_back({family_of_[survivor.query], survivor.child});
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
}

}  // namespace homeward
