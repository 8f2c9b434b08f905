// The search: every child against every family.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "homeward/family.hpp"
#include "homeward/kernel.hpp"
#include "homeward/population.hpp"
#include "homeward/results.hpp"
#include "homeward/scoring_profile.hpp"

namespace homeward {

struct SearchOptions {
  double min_log10_lr = 0.0;
  bool exhaustive = false;  ///< skip the shadow: score every pair in double
  bool undeclared_couples = true;
  CoupleWeights couple_weights;
  const Kernel* kernel = nullptr;           ///< null = best_kernel()
  bool plan_kernels = true;                 ///< false: the kernel counts wherever it can, also where looking up would be faster
  int threads = 0;                          ///< 0 = those the process may use
  std::uint64_t memory_bytes = 1ULL << 30;  ///< bound on profiles, child blocks and hits held at once
  std::string spill_folder;                 ///< where sorted hits go when they exceed the bound
  const std::atomic<bool>* stop = nullptr;
  /// Called now and then, never by two threads at once: pairs done, pairs in all.
  std::function<void(std::uint64_t, std::uint64_t)> progress;
};

/// Best first; ties: more loci, then family id, family_b id, then child id in byte order. A total order.
class HitOrder {
 public:
  explicit HitOrder(const ProfileSource& source);
  bool operator()(const Hit& a, const Hit& b) const;

 private:
  std::vector<std::uint32_t> child_rank_;  ///< by PersonIndex, rank of the id in byte order
};

struct SearchResult {
  SearchCounts counts;
  SearchCounts known;  ///< of these, the hits and couples of an earlier search that are part of the result
  std::unique_ptr<HitStream> hits;
  std::vector<std::string> warnings;
  bool stopped = false;
};

/// Compares all children with all families of the source. Same hits for any thread count, kernel and block size, and for
/// `exhaustive`. Lossless: every pair whose exact log10 LR reaches the threshold is a hit.
SearchResult search(const ProfileSource& source, const EffectivePopulation& population, const SearchOptions& options);

}  // namespace homeward
