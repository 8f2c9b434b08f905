// From genotypes as reported to the codes of the effective population.
#pragma once

#include <vector>

#include "homeward/family.hpp"
#include "homeward/population.hpp"
#include "homeward/scoring_profile.hpp"

namespace homeward {

/// Maps a source's loci to those of an effective population, and genotypes to codes. Thread-safe after construction.
class LocusEncoder {
 public:
  LocusEncoder(const ProfileSource& source, const EffectivePopulation& population);
  std::size_t n_loci() const { return source_locus_.size(); }
  /// Genotypes of a block at the population's loci: calls[locus * n + i]. A half-known genotype stays as it is.
  std::vector<Genotype> genotypes(const ProfileBlock& block) const;
  /// Codes of a block at the population's loci. A half-known genotype counts as untyped.
  CodeBlock codes(const ProfileBlock& block) const;
  /// Index of an allele at a locus of the population. The population holds every allele of the source: freeze() adds them.
  AlleleIndex index(std::size_t locus, Allele allele) const { return table_[locus].index[allele.code() - table_[locus].first]; }

 private:
  struct Table {
    std::uint16_t first = 0;
    std::vector<AlleleIndex> index;  ///< by allele code - first
  };
  static constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);
  std::vector<std::size_t> source_locus_;  ///< by locus of the population, kAbsent when the source lacks it
  std::vector<Table> table_;
};

}  // namespace homeward
