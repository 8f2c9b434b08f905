// Scores on a lattice, and their sums over loci.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "homeward/decide.hpp"

namespace homeward {

/// One locus: mass[k] lies at (first + k) x step.
struct LatticeColumn {
  std::int32_t first = 0;
  std::vector<float> mass;
  std::vector<double> mass_exact;  ///< the same in double; empty in columns made for the bulk computation
  double impossible = 0.0;         ///< mass at -inf
  std::int32_t last() const { return first + static_cast<std::int32_t>(mass.empty() ? mass_exact.size() : mass.size()) - 1; }
};

enum class Precision : std::uint8_t { bulk, exact };

/// @param weights by GenotypeCode, entry 0 ignored; genotypes of weight 0 are skipped.
/// In `bulk`, `matched` puts scores below -1 on a lattice twice as coarse: they are many, and light in every tail that matters.
LatticeColumn lattice_column(std::span<const double> log10_lr, std::span<const double> weights, double step, Rounding rounding,
                             Precision precision);

/// A locus of a sum: the child is typed there with probability `typed`, else scores 0.
struct LocusFactor {
  const LatticeColumn* column = nullptr;
  double typed = 1.0;
};

/// Adds loci one after another. Real is float (bulk) or double. One per thread; keeps its memory.
template <typename Real>
class LatticeSum {
 public:
  /// The distribution of the sum over `loci`, of everything that reaches `floor` (lattice index), times `scale`.
  void convolve(std::span<const LocusFactor> loci, std::int32_t floor, double scale);
  /// Mass at (first() + k) x step.
  std::int32_t first() const { return first_; }
  const std::vector<Real>& mass() const { return mass_; }

 private:
  void add(const LocusFactor& locus, std::int32_t lowest);
  std::int32_t first_ = 0;
  std::vector<Real> mass_, next_;
};

}  // namespace homeward
