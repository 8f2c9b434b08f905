// Columns of dear likelihoods, shared between families by everything they depend on.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "homeward/scoring_profile.hpp"

namespace homeward {

/// The bytes of what a column depends on: locus, pedigree, genotypes.
class ColumnKey {
 public:
  template <typename Integer>
  ColumnKey& add(Integer value) {
    for (std::size_t i = 0; i < sizeof(Integer); ++i) bytes_ += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i) & 0xFFU);
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

/// Thread-safe and bounded: once `max_bytes` of columns are held, further ones are made afresh each time. A column is a pure
/// function of its key, so whether it came from the cache changes nothing. Null columns (undefined ratios) are kept, too.
class KeyedColumnCache {
 public:
  using Column = std::shared_ptr<const LocusScores>;
  explicit KeyedColumnCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// @param make computes the column; runs outside the lock, perhaps twice
  template <typename Make>
  Column get(const ColumnKey& key, const Make& make) const {
    Shard& shard = shards_[std::hash<std::string>{}(key.bytes()) % shards_.size()];
    {
      const std::lock_guard<std::mutex> lock(shard.mutex);
      const auto found = shard.columns.find(key.bytes());
      if (found != shard.columns.end()) return found->second;
    }
    Column made = make();
    constexpr std::size_t kEntryBytes = 128;  // of the map, about
    const std::size_t bytes = kEntryBytes + key.bytes().size() +
                              (made ? made->log10_lr.size() * (sizeof(double) + 1) + made->scan_best.size() * sizeof(double) : 0);
    if (bytes_.fetch_add(bytes, std::memory_order_relaxed) + bytes > max_bytes_) {
      bytes_.fetch_sub(bytes, std::memory_order_relaxed);
      return made;
    }
    const std::lock_guard<std::mutex> lock(shard.mutex);
    return shard.columns.emplace(key.bytes(), std::move(made)).first->second;
  }

 private:
  struct Shard {
    std::mutex mutex;
    std::unordered_map<std::string, Column> columns;
  };
  std::size_t max_bytes_;
  mutable std::atomic<std::size_t> bytes_{0};
  mutable std::array<Shard, 64> shards_;
};

}  // namespace homeward
