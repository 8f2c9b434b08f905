// Children folded for the scan, and scanning them with many families at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/aligned.hpp"
#include "homeward/kernel.hpp"
#include "scan/scan_job.hpp"
#include "score/quantize.hpp"

namespace homeward {

/// Scan codes of a block of children, locus-major, padded for vector loads. A few thousand children keep it in the
/// second-level cache (24 loci x 8,192 children: 197 KB). Immutable, so threads may share it.
class ScanBlock {
 public:
  ScanBlock(const CodeBlock& block, const ScanAlphabet& alphabet);
  std::size_t n_children() const { return n_children_; }
  std::size_t n_words() const { return (n_children_ + 63) / 64; }
  const std::uint8_t* codes() const { return codes_.data(); }
  std::size_t stride() const { return stride_; }
  const std::uint8_t* n_groups() const { return n_groups_.data(); }
  /// One child's scan codes, by locus.
  const std::uint8_t* child(std::size_t child) const { return by_child_.data() + child * n_groups_.size(); }

 private:
  std::size_t n_children_ = 0;
  std::size_t stride_ = 0;
  AlignedBytes codes_;
  std::vector<std::uint8_t> n_groups_;
  std::vector<std::uint8_t> by_child_;
};

/// One child against one profile: the same sum and verdict as a kernel's.
inline bool within_budget(const QuantizedProfile& profile, const std::uint8_t* scan_codes) {
  unsigned cost = 0;
  const std::uint8_t* table = profile.tables.data();
  for (const std::uint16_t locus : profile.loci) {
    cost += table[scan_codes[locus]];
    table += ScanAlphabet::kTableBytes;
  }
  return cost <= profile.budget;
}

/// A pair the scan could not discard: `query` indexes the profiles given, `child` the block.
struct Survivor {
  std::uint32_t query = 0;
  std::uint32_t child = 0;
  friend bool operator==(const Survivor&, const Survivor&) = default;
};

/// Scans blocks with one kernel; keeps its scratch memory between calls. One per thread.
class BlockScanner {
 public:
  explicit BlockScanner(const Kernel& kernel) : kernel_(&kernel) {}
  /// Appends the survivors, ascending by (query, child). Profiles that are not reachable have none.
  void scan(const ScanBlock& block, std::span<const QuantizedProfile> profiles, std::vector<Survivor>& survivors);
  /// The same for some of the profiles, in the order of `which`; Survivor::query indexes `profiles`.
  void scan_some(const ScanBlock& block, std::span<const QuantizedProfile> profiles, std::span<const std::uint32_t> which,
                 std::vector<Survivor>& survivors);
  /// Bit masks instead: bit c % 64 of word [query * block.n_words() + c / 64], zero for profiles that are not reachable.
  /// Valid until the next call.
  std::span<const std::uint64_t> scan_masks(const ScanBlock& block, std::span<const QuantizedProfile> profiles);

 private:
  void add_query(const QuantizedProfile& profile, std::uint32_t position);
  void run(const ScanBlock& block);
  const Kernel* kernel_;
  std::vector<ScanQuery> queries_;
  std::vector<std::uint32_t> positions_;
  std::vector<std::uint64_t> masks_;
  std::vector<std::uint64_t> all_masks_;
};

}  // namespace homeward
