// The quantised shadow of a scoring profile: u8 costs that can only under-estimate, and a budget that cannot.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/aligned.hpp"
#include "homeward/scoring_profile.hpp"

namespace homeward {

/// Folds a locus's genotypes into fewer than 128 scan codes, so that one vector instruction can look all of them up.
/// Alleles fall into at most `max_classes` classes; the scan code of {x, y} is that of the unordered pair of classes.
/// Loci with more alleles than classes: the most frequent first, each to the class with the smallest total frequency so
/// far, which keeps chance collisions rare (METHODS, "Scan"). Code 0 = untyped. Deterministic.
class ScanAlphabet {
 public:
  static constexpr std::size_t kMaxClasses = 15;   ///< 1 + 15 * 16 / 2 = 121 codes
  static constexpr std::size_t kTableBytes = 128;  ///< a query's costs at one locus
  explicit ScanAlphabet(const EffectivePopulation& population, std::size_t max_classes = kMaxClasses);
  std::size_t n_loci() const { return loci_.size(); }
  /// By GenotypeCode.
  std::span<const std::uint8_t> scan_codes(LocusIndex locus) const { return loci_[locus].codes; }
  /// Scan codes in use at a locus, 0 included; <= 121.
  std::size_t code_count(LocusIndex locus) const { return loci_[locus].shares.size(); }
  /// Of 65,535 typed children, how many have each scan code under Hardy-Weinberg; entry 0 is 0. For ordering loci, never
  /// for a score.
  std::span<const std::uint16_t> code_shares(LocusIndex locus) const { return loci_[locus].shares; }

 private:
  struct FoldedLocus {
    std::vector<std::uint8_t> codes;
    std::vector<std::uint16_t> shares;
  };
  std::vector<FoldedLocus> loci_;
};

/// By scan code, the largest score of the genotypes that share it; entry 0 (untyped) is 0.0.
std::vector<double> best_by_scan_code(std::span<const double> log10_lr, const ScanAlphabet& alphabet, LocusIndex locus);

/// One term of one family, ready to scan at one threshold. Guarantee: the sum over `loci` of tables[128 * k + code], each
/// addition saturating at 255, exceeds `budget` only if the term's exact log10 LR, as the program computes it in double, is
/// below the threshold.
struct QuantizedProfile {
  bool reachable = false;           ///< false: no child at all can reach the threshold; nothing else is filled
  std::uint8_t budget = 0;          ///< <= 254
  std::vector<std::uint16_t> loci;  ///< loci that can tell children apart, the most telling first
  AlignedBytes tables;              ///< loci.size() x 128 costs by scan code
};

/// Quantises a profile of the compiler that owns `alphabet`. A threshold of -inf lets every child survive. Loci at which
/// every child costs 0 are left out. Cost: about 0.1 microseconds per locus.
/// Throws Error(failure) for more than 65,535 loci or a NaN threshold.
QuantizedProfile quantize(const ScoringProfile& profile, const ScanAlphabet& alphabet, double min_log10_lr);

/// The log10 LR that term `term` must reach by itself when the family reaches `min_log10_lr`: sum_i w_i L_i >= 10^T implies
/// w_i L_i >= 10^T / n for at least one of the n terms of positive weight, that is log10 L_i >= T - log10(n w_i). A child
/// that survives in no term is below the threshold. +inf for a term of weight 0.
double term_threshold(const CompiledFamily& family, std::size_t term, double min_log10_lr);

}  // namespace homeward
