// Mixing the hypotheses of a family after the product over loci. One definition, so that every path gives the same bits.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "homeward/scoring_profile.hpp"

namespace homeward {

/// The plain sum is the score: nothing to mix.
inline bool is_plain(const CompiledFamily& family) { return family.terms.size() == 1 && family.terms[0].weight == 1.0; }

/// log10 of sum_i 10^x_i for x_i = log10 w_i + log10 LR_i, without overflow: the largest comes out of the sum. All -inf: -inf.
inline double mix_terms(const double* weighted, std::size_t n, std::size_t stride = 1) {
  double largest = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < n; ++i) largest = std::max(largest, weighted[i * stride]);
  if (std::isinf(largest)) return largest;
  double sum = 0.0;
  for (std::size_t i = 0; i < n; ++i) sum += std::pow(10.0, weighted[i * stride] - largest);
  return largest + std::log10(sum);
}

}  // namespace homeward
