// One child at a time against families that stay in memory: what a service does when a sample arrives.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "homeward/search.hpp"

namespace homeward {

/// Holds every family of a source compiled: a cost table of 128 bytes a locus and term, a bit a genotype and single parent, and of
/// couples and pedigrees, which share no columns, 9 bytes a genotype. Nothing bounds it: options.memory_bytes does not count here.
class ResidentSearch {
 public:
  /// Compiles the families, in parallel. `source` and `population` must outlive it. Of the
  /// options the threshold, the couple weights, the kernel and the threads (for compiling) count; without a kernel the
  /// fastest one that counts losses in bits is taken, which is quick for a single child.
  ResidentSearch(const ProfileSource& source, const EffectivePopulation& population, const SearchOptions& options);
  ~ResidentSearch();

  /// Families whose exact log10 LR with this child reaches the threshold: the hits search() gives for it, best first, without
  /// undeclared couples.
  /// @param codes the child's genotype codes, by locus of the population; kUntyped where it is not typed
  /// @param child its index in the source, to leave out families it is a member of; kNobody when it is not in the source
  /// Not thread-safe: it keeps scratch memory. Cost: a row of bits per locus and 512 single parents,
  /// a scan of one child for every other term; `homeward bench` prints it for 34,000 single parents.
  /// Throws Error(usage) when the number of codes is not that of the population's loci.
  std::vector<Hit> find(std::span<const GenotypeCode> codes, PersonIndex child = kNobody);
  const Kernel& kernel() const;  ///< the one it compares with

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace homeward
