// Which child genotypes a single parent loses at, and what a loss costs at least: the bound behind counting losses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "homeward/scoring_profile.hpp"

namespace homeward {

/// One term of one family that has a single parent: a bit position of a tile.
struct BitLane {
  std::uint32_t family = 0;   ///< whose term it is, as the caller counts
  std::uint32_t profile = 0;  ///< its quantised profile, as the caller counts
  double threshold = 0.0;     ///< log10 LR the term must reach
  const ScoringProfile* scores = nullptr;
  std::vector<std::uint64_t> homozygous;  ///< bit per locus
  std::vector<std::uint64_t> typed;       ///< bit per locus: the term has a column
  std::uint32_t n_homozygous = 0;
};

/// Bounds over lanes whose columns are alike (METHODS, "Counting losses"). For a child's genotype g at one locus, every
/// lane's score is at most
///   best[g]            with a heterozygous or untyped parent,
///   best[g] + extra[g] with a homozygous one,
///   best[g] - gap[g]   where the lane loses: g is inconsistent with it and scores at least kLeastGap below the best.
/// Taken from the scores themselves, so they hold for every mutation model, silent alleles and theta. fill() of different
/// loci may run at the same time; everything else is const.
class LossTables {
 public:
  /// Losses that cost less are not counted: with silent alleles a mismatch of homozygotes may cost next to nothing.
  static constexpr double kLeastGap = 2.0;
  struct Bound {
    double best = 0.0, gap = 0.0, extra = 0.0;
    bool counted = false;  ///< some lane loses at this genotype
  };

  /// @param code_counts genotype codes by locus of the population
  LossTables(std::span<const std::size_t> code_counts, std::span<const BitLane> lanes);
  void fill(std::size_t locus);

  std::size_t n_loci() const { return loci_.size(); }
  std::size_t n_rows() const { return n_rows_; }
  /// Row of a genotype at a locus; code 0 has an empty one.
  std::size_t row(std::size_t locus, GenotypeCode code) const { return loci_[locus].first_row + code; }
  std::size_t code_count(std::size_t locus) const { return loci_[locus].n_codes; }
  const Bound& bound(std::size_t locus, GenotypeCode code) const { return loci_[locus].bounds[code]; }
  /// Bit per genotype code: where the lane loses; null for an untyped parent. Readable in whole words.
  const std::uint64_t* losses(std::size_t locus, std::size_t lane) const;

 private:
  static constexpr std::uint32_t kUntypedLane = 0xFFFFFFFFU;
  struct LossLocus {
    std::size_t first_row = 0, n_codes = 0, n_words = 0;
    std::vector<Bound> bounds;
    std::vector<std::uint32_t> column_of;  ///< by lane
    std::vector<std::uint64_t> losses;     ///< by column, n_words each
  };
  std::span<const BitLane> lanes_;
  std::vector<LossLocus> loci_;
  std::size_t n_rows_ = 0;
};

}  // namespace homeward
