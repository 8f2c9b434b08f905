// Transition probabilities between the alleles of one locus.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace homeward {

/// A square table, stored row by row: (i, j) = P(the child receives allele j | the parent's allele is i). Indexes are
/// those of the locus's allele list and are not checked.
class TransitionMatrix {
 public:
  TransitionMatrix() = default;
  /// n x n, every entry `value`.
  explicit TransitionMatrix(std::size_t n, double value = 0.0) : n_(n), entries_(n * n, value) {}
  static TransitionMatrix identity(std::size_t n) {
    TransitionMatrix m(n);
    for (std::size_t i = 0; i < n; ++i) m(i, i) = 1.0;
    return m;
  }

  std::size_t size() const { return n_; }  ///< rows, and columns
  double operator()(std::size_t i, std::size_t j) const { return entries_[i * n_ + j]; }
  double& operator()(std::size_t i, std::size_t j) { return entries_[i * n_ + j]; }
  std::span<const double> row(std::size_t i) const { return std::span(entries_).subspan(i * n_, n_); }
  std::span<double> row(std::size_t i) { return std::span(entries_).subspan(i * n_, n_); }
  const double* data() const { return entries_.data(); }

  friend bool operator==(const TransitionMatrix&, const TransitionMatrix&) = default;

 private:
  std::size_t n_ = 0;
  std::vector<double> entries_;
};

}  // namespace homeward
