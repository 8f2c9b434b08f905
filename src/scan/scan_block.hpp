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

 private:
  std::size_t n_children_ = 0;
  std::size_t stride_ = 0;
  AlignedBytes codes_;
  std::vector<std::uint8_t> n_groups_;
};

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
  /// Bit masks instead: bit c % 64 of word [query * block.n_words() + c / 64], zero for profiles that are not reachable.
  /// Valid until the next call.
  std::span<const std::uint64_t> scan_masks(const ScanBlock& block, std::span<const QuantizedProfile> profiles);

 private:
  const Kernel* kernel_;
  std::vector<ScanQuery> queries_;
  std::vector<std::uint32_t> positions_;
  std::vector<std::uint64_t> masks_;
  std::vector<std::uint64_t> all_masks_;
};

}  // namespace homeward
