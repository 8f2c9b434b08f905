// Columns shared between families: one per locus, parent's sex and parent's genotype.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "homeward/scoring_profile.hpp"

namespace homeward {

/// Thread-safe and bounded: once `max_bytes` of columns are held, further ones are made afresh each time. A column is a
/// pure function of its key, so whether it came from the cache changes nothing.
class ColumnCache {
 public:
  ColumnCache(const EffectivePopulation& population, std::size_t max_bytes) : max_bytes_(max_bytes) {
    slots_.resize(population.loci.size() * 2);
    for (std::size_t locus = 0; locus < population.loci.size(); ++locus)
      for (std::size_t kind = 0; kind < 2; ++kind)
        slots_[locus * 2 + kind].resize(genotype_code_count(population.loci[locus].frequencies.size()));
  }

  /// @param kind 0 father, 1 mother  @param make computes the column; runs outside the lock, perhaps twice
  template <typename Make>
  std::shared_ptr<const LocusScores> get(LocusIndex locus, std::size_t kind, GenotypeCode genotype, const Make& make) const {
    std::shared_ptr<const LocusScores>& slot = slots_[locus * 2 + kind][genotype];
    std::mutex& mutex = mutexes_[(locus * 31U + genotype) % mutexes_.size()];
    {
      const std::lock_guard<std::mutex> lock(mutex);
      if (slot) return slot;
    }
    std::shared_ptr<const LocusScores> made = make();
    const std::size_t bytes = made->log10_lr.size() * sizeof(double) + made->inconsistent.size() + made->scan_best.size() * sizeof(double);
    const std::lock_guard<std::mutex> lock(mutex);
    if (slot) return slot;
    if (bytes_.fetch_add(bytes, std::memory_order_relaxed) + bytes > max_bytes_) {
      bytes_.fetch_sub(bytes, std::memory_order_relaxed);
      return made;
    }
    return slot = std::move(made);
  }

 private:
  std::size_t max_bytes_;
  mutable std::atomic<std::size_t> bytes_{0};
  mutable std::array<std::mutex, 64> mutexes_;
  mutable std::vector<std::vector<std::shared_ptr<const LocusScores>>> slots_;
};

}  // namespace homeward
