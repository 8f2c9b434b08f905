// One child at a time against families that stay in memory: what a service does when a sample arrives.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "homeward/search.hpp"

namespace homeward {

/// Holds every family of a source compiled, about 5 KB a single parent and 60 KB a couple.
class ResidentSearch {
 public:
  /// Compiles the families, in parallel: about a second for 34,000. `source` and `population` must outlive it. Of the
  /// options the threshold, the couple weights, the kernel and the threads (for compiling) count; without a kernel the
  /// fastest one that counts losses in bits is taken, which is quick for a single child.
  ResidentSearch(const ProfileSource& source, const EffectivePopulation& population, const SearchOptions& options);
  ~ResidentSearch();

  /// Families whose exact log10 LR with this child reaches the threshold: the hits search() gives for it, best first, without
  /// undeclared couples.
  /// @param codes the child's genotype codes, by locus of the population; kUntyped where it is not typed
  /// @param child its index in the source, to leave out families it is a member of; kNobody when it is not in the source
  /// Not thread-safe: it keeps scratch memory. Cost: tens of microseconds for 34,000 single parents.
  /// Throws Error(usage) when the number of codes is not that of the population's loci.
  std::vector<Hit> find(std::span<const GenotypeCode> codes, PersonIndex child = kNobody);
  const Kernel& kernel() const;  ///< the one it compares with

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace homeward
