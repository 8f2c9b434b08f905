// The score of one child's genotype, without computing those of all others.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "homeward/population.hpp"

namespace homeward {

/// log10 LR of a child's genotype given one or two typed parents, from the closed forms: the bits that compiling the
/// family and looking the child up give. For few children of many families, where compiling columns would be the cost.
/// Thread-safe after construction; `population` must outlive it. Memory: 4 bytes per genotype of the population.
class PointScores {
 public:
  explicit PointScores(const EffectivePopulation& population);
  /// False when a locus has theta > 0: there is no closed form, the family has to be compiled.
  bool usable() const { return usable_; }
  /// @param father, mother codes of the parents' genotypes, kUntyped for an untyped parent; not both
  /// @param child code of the child's genotype, not kUntyped. About 25 ns.
  double log10_lr(LocusIndex locus, GenotypeCode child, GenotypeCode father, GenotypeCode mother) const;
  /// The genotype cannot come from these parents without mutation; an untyped parent gives anything.
  bool inconsistent(LocusIndex locus, GenotypeCode child, GenotypeCode father, GenotypeCode mother) const;
  /// Autosomal: the loci a compiler uses.
  bool used(LocusIndex locus) const { return loci_[locus].used; }
  Genotype genotype(LocusIndex locus, GenotypeCode code) const;

 private:
  using Pair = std::pair<AlleleIndex, AlleleIndex>;
  struct PointLocus {
    const LocusModel* model = nullptr;
    bool used = true;
    std::vector<Pair> pairs;         ///< by genotype code: alleles, lower first
    std::vector<double> untyped[2];  ///< gamete of an untyped father, mother
  };
  double plain_lr(const PointLocus& locus, Pair child, GenotypeCode father, GenotypeCode mother) const;
  double silent_lr(const PointLocus& locus, Pair child, GenotypeCode father, GenotypeCode mother) const;

  std::vector<PointLocus> loci_;
  bool usable_ = true;
};

}  // namespace homeward
