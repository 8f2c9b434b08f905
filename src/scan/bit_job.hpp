// What a loss-counting kernel works on: plain data, no ownership. Included by files compiled for special instruction sets:
// only plain C headers here.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace homeward {

/// Lanes of one tile: single parents, one bit each. A row is 8 words of 64 lanes.
inline constexpr size_t kTileLanes = 512;
inline constexpr size_t kTileWords = kTileLanes / 64;
inline constexpr size_t kRowBytes = kTileWords * 8;
/// Rows are added in groups of this many; a child's list of rows is filled up with the empty row.
inline constexpr size_t kRowGroup = 8;
/// Losses are counted in four planes. `kAnyLosses` lets every lane survive, `kNoLosses` none.
inline constexpr uint8_t kMostLosses = 15, kAnyLosses = 254, kNoLosses = 255;

/// Children of a block against one tile. Lane i survives child q when at most allowed[q] of the rows that q lists have bit i.
struct BitJob {
  const uint8_t* rows;      ///< the tile's rows, aligned to 64; the first is empty
  const uint32_t* offsets;  ///< byte offsets into rows, first[q] .. first[q + 1] for child q, a multiple of kRowGroup of them
  const uint32_t* first;    ///< n_children + 1
  const uint8_t* allowed;   ///< by child: 0..15, kAnyLosses or kNoLosses
  const uint64_t* valid;    ///< kTileWords words: lanes in use
  size_t n_children;
  uint64_t* masks;     ///< out: kTileWords words for each child with survivors
  uint32_t* children;  ///< out: those children, ascending; room for n_children + 1
};

}  // namespace homeward
