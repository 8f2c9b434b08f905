#include "search/pair_counts.hpp"

#include <algorithm>
#include <bit>

namespace homeward {

namespace {

std::size_t typed_loci(const LocusMask& mask) {
  std::size_t n = 0;
  for (const std::uint64_t word : mask) n += static_cast<std::size_t>(std::popcount(word));
  return n;
}

bool disjoint(const LocusMask& a, const LocusMask& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if ((a[i] & b[i]) != 0) return false;
  return true;
}

}  // namespace

std::size_t MaskTally::smallest() const {
  std::size_t least = n_loci_;
  for (const auto& [mask, count] : counts_) least = std::min(least, typed_loci(mask));
  return least;
}

std::uint64_t MaskTally::disjoint_pairs(const MaskTally& other) const {
  if (smallest() + other.smallest() > n_loci_) return 0;
  std::uint64_t pairs = 0;
  for (const auto& [mine, my_count] : counts_)
    for (const auto& [theirs, their_count] : other.counts_)
      if (disjoint(mine, theirs)) pairs += my_count * their_count;
  return pairs;
}

}  // namespace homeward
