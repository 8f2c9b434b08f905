// All families of a tile against a block of children: which pairs have to be scored exactly.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "scan/bit_tile.hpp"
#include "scan/scan_block.hpp"
#include "search/family_tile.hpp"

namespace homeward {

/// A pair the scan could not discard: positions in the tile and in the block.
struct PairToScore {
  std::uint32_t family = 0;
  std::uint32_t child = 0;
  friend auto operator<=>(const PairToScore&, const PairToScore&) = default;
};

/// Chooses, tile of lanes by tile of lanes, between counting losses and looking scores up. A lane is a term with a single
/// parent: father or mother alone, also as a hypothesis of a couple. Everything else is looked up.
class TileScanner {
 public:
  enum class Choice { planned, forced };  ///< forced: lanes are always counted, however many survive

  /// `tile` must outlive the scanner. Prepares the lanes in parallel when the kernel counts.
  TileScanner(const FamilyTile& tile, const EffectivePopulation& population, const Kernel& kernel, Choice choice, int threads);

  /// Scratch memory of one thread.
  struct State {
    explicit State(const Kernel& kernel) : scanner(kernel) {}
    BlockScanner scanner;
    std::vector<Survivor> survivors, by_lane;
    std::vector<std::uint32_t> children, lane_begin, to_look_up;
    std::vector<std::uint64_t> masks;
  };
  /// Fills `pairs`, ascending by (family, child), each once. Thread-safe.
  void scan(const CodeBlock& codes, const ScanBlock& block, State& state, std::vector<PairToScore>& pairs) const;

 private:
  /// Lanes of one sex: their tables and tiles.
  struct LaneSet {
    std::vector<BitLane> lanes;
    std::unique_ptr<LossTables> tables;
    std::vector<BitLevel> levels;
    std::vector<BitTile> tiles;
    std::vector<std::size_t> level_of;  ///< by tile
  };
  void collect_lanes();
  void prepare(LaneSet& set, const EffectivePopulation& population, int threads) const;
  void count_tile(const LaneSet& set, const BitTile& tile, const BitQueries& queries, std::size_t level, const ScanBlock& block,
                  State& state, bool& worth_it) const;

  const FamilyTile& tile_;
  const Kernel& kernel_;
  Choice choice_;
  LaneSet sets_[2];                       ///< fathers, mothers
  std::vector<std::uint32_t> looked_up_;  ///< profiles that are no lanes
  std::vector<std::uint32_t> family_of_;  ///< by profile
};

}  // namespace homeward
