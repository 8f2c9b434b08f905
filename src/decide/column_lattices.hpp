// Lattices of the columns that families share, made once.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "decide/lattice.hpp"
#include "decide/weights.hpp"

namespace homeward {

/// Thread-safe. A column is kept alive with its lattice, so its address stays its own. Bounded: later columns are made each time.
class ColumnLattices {
 public:
  /// @param related as in decide.hpp: 0 for strangers, 1 for the true child
  ColumnLattices(const GenotypeWeights& unrelated, double related, double step) : unrelated_(unrelated), related_(related), step_(step) {}

  std::shared_ptr<const LatticeColumn> get(std::size_t locus, const std::shared_ptr<const LocusScores>& column) {
    // A column that nobody else holds belongs to one family only: a couple's, a pedigree's.
    if (column.use_count() == 1) return make(locus, *column);
    Shard& shard = shards_[locus % shards_.size()];
    {
      const std::lock_guard<std::mutex> lock(shard.mutex);
      const auto found = shard.made.find(column.get());
      if (found != shard.made.end()) return found->second.lattice;
    }
    std::shared_ptr<const LatticeColumn> lattice = make(locus, *column);
    const std::lock_guard<std::mutex> lock(shard.mutex);
    if (shard.made.size() < kMostPerShard) shard.made.emplace(column.get(), Entry{column, lattice});
    return lattice;
  }

 private:
  static constexpr std::size_t kMostPerShard = 4096;
  struct Entry {
    std::shared_ptr<const LocusScores> column;
    std::shared_ptr<const LatticeColumn> lattice;
  };
  struct Shard {
    std::mutex mutex;
    std::unordered_map<const LocusScores*, Entry> made;
  };

  std::shared_ptr<const LatticeColumn> make(std::size_t locus, const LocusScores& column) const {
    if (related_ == kUnrelatedChild)
      return std::make_shared<const LatticeColumn>(
          lattice_column(column.log10_lr, unrelated_[locus], step_, Rounding::matched, Precision::bulk));
    const std::vector<double> weights = child_weights(column.log10_lr, unrelated_[locus], related_);
    return std::make_shared<const LatticeColumn>(lattice_column(column.log10_lr, weights, step_, Rounding::matched, Precision::bulk));
  }

  const GenotypeWeights& unrelated_;
  double related_;
  double step_;
  std::array<Shard, 64> shards_;
};

}  // namespace homeward
