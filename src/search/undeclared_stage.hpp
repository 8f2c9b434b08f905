// The second stage of a search: from the single-parent hits of all families to couples who registered apart.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "homeward/search.hpp"
#include "search/external_sort.hpp"

namespace homeward {

/// Collects single-parent hits in any order, from anywhere; then scores every child's fathers with its mothers. The
/// couples depend on the hits alone, so the stage must see those of all slices. Not thread-safe; uses threads itself.
class UndeclaredStage {
 public:
  UndeclaredStage(const ProfileSource& source, const EffectivePopulation& population, const SearchOptions& options);
  /// Takes the single parents among the hits. `known`: an earlier search has joined them with each other already.
  void add(std::span<const Hit> hits, bool known);
  /// Scores the couples and hands over those at or above the threshold. `known` counts the couples of
  /// an earlier search, unless it is null. False when stopped.
  bool run(SearchCounts* known, SearchCounts& counts, const std::function<void(std::span<const Hit>)>& sink);

 private:
  struct Single {
    std::uint32_t child = 0;
    std::uint32_t family = 0;
    std::uint32_t known = 0;
  };
  struct ByChild {
    bool operator()(const Single& a, const Single& b) const { return a.child != b.child ? a.child < b.child : a.family < b.family; }
  };
  struct Batch;
  bool stopping() const { return options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed); }

  const ProfileSource& source_;
  const EffectivePopulation& population_;
  const SearchOptions& options_;
  ExternalSort<Single, ByChild> singles_;
};

}  // namespace homeward
