// A tile of 512 single parents turned round, and children as lists of its rows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/aligned.hpp"
#include "scan/bit_job.hpp"
#include "scan/loss_tables.hpp"

namespace homeward {

/// What the lanes of a tile have in common: the count a child may lose follows from it.
struct BitLevel {
  double threshold = 0.0;             ///< the lowest of the lanes
  std::uint32_t most_homozygous = 0;  ///< the largest count of homozygous loci of one lane
  std::vector<std::uint64_t> typed;   ///< loci at which some lane is typed: at the others all score 0
  friend bool operator==(const BitLevel&, const BitLevel&) = default;
};

/// Rows of losses, one per locus and genotype, of up to 512 lanes. Immutable.
class BitTile {
 public:
  /// @param lanes positions in the lanes of `tables`, at most kTileLanes
  BitTile(const LossTables& tables, std::span<const BitLane> all_lanes, std::vector<std::uint32_t> lanes);
  std::span<const std::uint32_t> lanes() const { return lanes_; }
  const BitLevel& level() const { return level_; }
  const std::uint8_t* rows() const { return rows_.data(); }
  const std::uint64_t* valid() const { return reinterpret_cast<const std::uint64_t*>(valid_.data()); }

 private:
  std::vector<std::uint32_t> lanes_;
  BitLevel level_;
  AlignedBytes rows_, valid_;
};

/// The children of a block as the tiles of one LossTables take them.
class BitQueries {
 public:
  /// @param levels those of the tiles to come
  BitQueries(const LossTables& tables, const CodeBlock& block, std::span<const BitLevel> levels);
  const std::uint32_t* offsets() const { return offsets_.data(); }
  const std::uint32_t* first() const { return first_.data(); }
  /// By child, as BitJob takes it.
  const std::uint8_t* allowed(std::size_t level) const { return allowed_[level].data(); }

 private:
  std::vector<std::uint32_t> offsets_, first_;
  std::vector<std::vector<std::uint8_t>> allowed_;
};

}  // namespace homeward
