// The first stage of a search: a stretch of families against all children of a source.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "homeward/search.hpp"
#include "homeward/search_session.hpp"

namespace homeward {

/// Where a scan gives its finds. Never called by two threads at once.
struct ScanSink {
  std::function<void(std::span<const Hit>)> hits;
  std::function<void(std::uint64_t)> pairs;  ///< pairs done since the last call
};

/// Keeps the children's blocks between calls as long as they fit in the memory bound. References must outlive it.
class FamilyScan {
 public:
  FamilyScan(const ProfileSource& source, const EffectivePopulation& population, const SearchOptions& options);
  ~FamilyScan();
  /// Compares families [first, end) of the source with all its children. False when stopped: nothing of it counts.
  bool scan(std::uint32_t first, std::uint32_t end, const ScanSink& sink, ScanCounts& counts);
  /// The same counters but for survivors and hits, without comparing.
  void count(std::uint32_t first, std::uint32_t end, ScanCounts& counts);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace homeward
