#include "scan/bit_tile.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

namespace homeward {

namespace {

/// Turns a square of 64 x 64 bits round its diagonal: bit j of word i becomes bit i of word j.
void transpose(std::array<std::uint64_t, 64>& square) {
  std::uint64_t mask = 0x00000000FFFFFFFFU;
  for (unsigned half = 32; half != 0; half >>= 1U, mask ^= mask << half)
    for (unsigned i = 0; i < 64; i = ((i | half) + 1) & ~half) {
      const std::uint64_t swapped = ((square[i] >> half) ^ square[i | half]) & mask;
      square[i] ^= swapped << half;
      square[i | half] ^= swapped;
    }
}

/// Bound on how far the program's double arithmetic, and the sums here, are from real numbers: n additions err by at most
/// n x 1.1e-16 of the sums' sizes, far below this for the 65,535 loci a scan takes.
double slack(double size) { return 1e-6 + 1e-9 * size; }

/// Losses the child may have: the largest m such that best total - (the m smallest gaps) can still reach the threshold.
/// @param smallest_gaps ascending: all, or kMostLosses + 1 of them
std::uint8_t losses_allowed(double reach, const BitLevel& level, std::span<const double> smallest_gaps) {
  const double room = reach - level.threshold + slack(reach + std::abs(level.threshold));
  if (!(room >= 0.0)) return kNoLosses;
  double sum = 0.0;
  for (std::size_t m = 0; m < smallest_gaps.size(); ++m) {
    sum += smallest_gaps[m];
    if (sum > room) return static_cast<std::uint8_t>(m);
  }
  return kAnyLosses;  // all fit, or more than the planes can count: nothing may be discarded
}

}  // namespace

BitTile::BitTile(const LossTables& tables, std::span<const BitLane> all_lanes, std::vector<std::uint32_t> lanes)
    : lanes_(std::move(lanes)) {
  level_.threshold = std::numeric_limits<double>::infinity();
  for (const std::uint32_t lane : lanes_) {
    level_.threshold = std::min(level_.threshold, all_lanes[lane].threshold);
    level_.most_homozygous = std::max(level_.most_homozygous, all_lanes[lane].n_homozygous);
    level_.typed.resize(all_lanes[lane].typed.size());
    for (std::size_t word = 0; word < level_.typed.size(); ++word) level_.typed[word] |= all_lanes[lane].typed[word];
  }
  valid_.assign(kRowBytes, 0);
  for (std::size_t i = 0; i < lanes_.size(); ++i) valid_[i / 8] = static_cast<std::uint8_t>(valid_[i / 8] | 1U << (i % 8));

  rows_.assign(tables.n_rows() * kRowBytes, 0);
  auto* words = reinterpret_cast<std::uint64_t*>(rows_.data());
  std::array<std::uint64_t, 64> square;
  std::array<const std::uint64_t*, 64> losses;
  for (std::size_t locus = 0; locus < tables.n_loci(); ++locus) {
    const std::size_t n_codes = tables.code_count(locus);
    for (std::size_t word = 0; word * 64 < lanes_.size(); ++word) {
      for (std::size_t i = 0; i < 64; ++i)
        losses[i] = word * 64 + i < lanes_.size() ? tables.losses(locus, lanes_[word * 64 + i]) : nullptr;
      for (std::size_t code = 0; code < n_codes; code += 64) {
        for (std::size_t i = 0; i < 64; ++i) square[i] = losses[i] == nullptr ? 0 : losses[i][code / 64];
        transpose(square);
        std::uint64_t* row = words + (tables.row(locus, 0) + code) * kTileWords + word;
        for (std::size_t i = 0; i < std::min<std::size_t>(64, n_codes - code); ++i) row[i * kTileWords] = square[i];
      }
    }
  }
}

BitQueries::BitQueries(const LossTables& tables, const CodeBlock& block, std::span<const BitLevel> levels) {
  allowed_.assign(levels.size(), std::vector<std::uint8_t>(block.n_children));
  // Levels with the same loci are worked out together.
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const auto same = [&](const std::vector<std::size_t>& group) { return levels[group.front()].typed == levels[i].typed; };
    const auto group = std::find_if(groups.begin(), groups.end(), same);
    if (group == groups.end())
      groups.push_back({i});
    else
      group->push_back(i);
  }
  first_.push_back(0);
  std::vector<std::pair<std::size_t, const LossTables::Bound*>> bounds;  // by locus the child is typed at
  std::vector<double> gaps, extras, reach;
  for (std::size_t child = 0; child < block.n_children; ++child) {
    bounds.clear();
    for (std::size_t locus = 0; locus < tables.n_loci(); ++locus) {
      const GenotypeCode code = block.codes[locus * block.n_children + child];
      if (code == kUntyped) continue;
      bounds.emplace_back(locus, &tables.bound(locus, code));
      if (bounds.back().second->counted) offsets_.push_back(static_cast<std::uint32_t>(tables.row(locus, code) * kRowBytes));
    }
    while (offsets_.size() % kRowGroup != 0) offsets_.push_back(0);
    first_.push_back(static_cast<std::uint32_t>(offsets_.size()));
    for (const std::vector<std::size_t>& group : groups) {
      const std::vector<std::uint64_t>& typed = levels[group.front()].typed;
      gaps.clear();
      extras.clear();
      double best = 0.0;
      for (const auto& [locus, bound] : bounds) {
        if ((typed[locus / 64] >> (locus % 64) & 1U) == 0) continue;
        best += bound->best;
        if (bound->extra > 0.0) extras.push_back(bound->extra);
        if (bound->counted) gaps.push_back(bound->gap);
      }
      const std::size_t n_gaps = std::min<std::size_t>(gaps.size(), kMostLosses + 1U);
      std::partial_sort(gaps.begin(), gaps.begin() + static_cast<std::ptrdiff_t>(n_gaps), gaps.end());
      std::sort(extras.begin(), extras.end(), std::greater<>());
      // reach[h]: the best total with a parent homozygous at h loci.
      reach.assign(1, best);
      for (const double extra : extras) reach.push_back(reach.back() + extra);
      for (const std::size_t i : group)
        allowed_[i][child] =
            losses_allowed(reach[std::min<std::size_t>(levels[i].most_homozygous, extras.size())], levels[i], {gaps.data(), n_gaps});
    }
  }
}

}  // namespace homeward
