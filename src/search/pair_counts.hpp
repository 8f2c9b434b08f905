// How many pairs have nothing to compare, counted exactly without visiting the pairs.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

namespace homeward {

/// Which loci somebody is typed at, one bit per locus.
using LocusMask = std::vector<std::uint64_t>;

/// Distinct masks with their counts. Add, then count pairs against another tally.
class MaskTally {
 public:
  explicit MaskTally(std::size_t n_loci) : n_loci_(n_loci) {}
  void add(const LocusMask& mask, std::uint64_t count = 1) { counts_[mask] += count; }
  /// Number of (this, other) pairs whose masks share no locus. Cost: distinct masks x distinct masks, unless every mask here
  /// and there covers more than half of the loci, when it is 0 at once.
  std::uint64_t disjoint_pairs(const MaskTally& other) const;

 private:
  std::size_t smallest() const;
  std::size_t n_loci_;
  std::map<LocusMask, std::uint64_t> counts_;
};

}  // namespace homeward
