#include "scan/scan_block.hpp"

#include <algorithm>
#include <bit>

namespace homeward {

ScanBlock::ScanBlock(const CodeBlock& block, const ScanAlphabet& alphabet) : n_children_(block.n_children) {
  // An odd number of cache lines between loci: a power of two would send all loci to the same sets of the first-level cache.
  const std::size_t lines = n_words() | 1U;
  stride_ = lines * kCacheLine;
  codes_.assign(stride_ * alphabet.n_loci(), 0);
  n_groups_.resize(alphabet.n_loci());
  by_child_.resize(n_children_ * alphabet.n_loci());
  for (LocusIndex locus = 0; locus < alphabet.n_loci(); ++locus) {
    n_groups_[locus] = static_cast<std::uint8_t>((alphabet.code_count(locus) + 15) / 16);
    const std::span<const std::uint8_t> scan_codes = alphabet.scan_codes(locus);
    const GenotypeCode* genotypes = block.codes.data() + locus * n_children_;
    std::uint8_t* codes = codes_.data() + locus * stride_;
    std::uint8_t* by_child = by_child_.data() + locus;
    for (std::size_t i = 0; i < n_children_; ++i, by_child += alphabet.n_loci()) *by_child = codes[i] = scan_codes[genotypes[i]];
  }
}

void BlockScanner::add_query(const QuantizedProfile& profile, std::uint32_t position) {
  if (!profile.reachable) return;
  queries_.push_back({profile.tables.data(), profile.loci.data(), static_cast<std::uint32_t>(profile.loci.size()), profile.budget});
  positions_.push_back(position);
}

void BlockScanner::run(const ScanBlock& block) {
  masks_.resize(queries_.size() * block.n_words());
  kernel_->scan({block.codes(), block.stride(), block.n_groups(), block.n_children(), queries_.data(), queries_.size(), masks_.data()});
}

std::span<const std::uint64_t> BlockScanner::scan_masks(const ScanBlock& block, std::span<const QuantizedProfile> profiles) {
  const std::size_t n_words = block.n_words();
  queries_.clear();
  positions_.clear();
  for (std::size_t i = 0; i < profiles.size(); ++i) add_query(profiles[i], static_cast<std::uint32_t>(i));
  run(block);
  if (queries_.size() == profiles.size()) return masks_;
  all_masks_.assign(profiles.size() * n_words, 0);
  for (std::size_t q = 0; q < positions_.size(); ++q)
    std::copy_n(masks_.begin() + static_cast<std::ptrdiff_t>(q * n_words), n_words,
                all_masks_.begin() + static_cast<std::ptrdiff_t>(positions_[q] * n_words));
  return all_masks_;
}

void BlockScanner::scan_some(const ScanBlock& block, std::span<const QuantizedProfile> profiles, std::span<const std::uint32_t> which,
                             std::vector<Survivor>& survivors) {
  constexpr std::size_t kTogether = 64;  // their tables stay in the second-level cache
  const std::size_t n_words = block.n_words();
  for (std::size_t begin = 0; begin < which.size(); begin += kTogether) {
    queries_.clear();
    positions_.clear();
    for (const std::uint32_t i : which.subspan(begin, std::min(kTogether, which.size() - begin))) add_query(profiles[i], i);
    run(block);
    for (std::size_t q = 0; q < positions_.size(); ++q)
      for (std::size_t word = 0; word < n_words; ++word)
        for (std::uint64_t mask = masks_[q * n_words + word]; mask != 0; mask &= mask - 1)
          survivors.push_back({positions_[q], static_cast<std::uint32_t>(word * 64 + static_cast<unsigned>(std::countr_zero(mask)))});
  }
}

void BlockScanner::scan(const ScanBlock& block, std::span<const QuantizedProfile> profiles, std::vector<Survivor>& survivors) {
  const std::span<const std::uint64_t> masks = scan_masks(block, profiles);
  const std::size_t n_words = block.n_words();
  for (std::size_t query = 0; query < profiles.size(); ++query) {
    for (std::size_t word = 0; word < n_words; ++word) {
      for (std::uint64_t mask = masks[query * n_words + word]; mask != 0; mask &= mask - 1)
        survivors.push_back(
            {static_cast<std::uint32_t>(query), static_cast<std::uint32_t>(word * 64 + static_cast<unsigned>(std::countr_zero(mask)))});
    }
  }
}

}  // namespace homeward
