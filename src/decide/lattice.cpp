#include "decide/lattice.hpp"

#include <algorithm>
#include <cmath>

namespace homeward {

namespace {

constexpr double kCoarseBelow = -1.0;  // log10 LR
constexpr std::int32_t kCoarseStride = 2;
// Moves a score that is a multiple of the step by less than the rounding of its own computation onto that multiple's safe side.
constexpr double kSlack = 1e-9;
// Float masses below this (after scaling) are dropped at the top end: denormal numbers are slow, and no database is that large.
constexpr float kNegligible = 1e-30F;

/// Points of one column, dense between the lowest and the highest.
class Points {
 public:
  Points(std::int32_t first, std::int32_t last) : first_(first), mass_(static_cast<std::size_t>(last - first) + 1) {}
  double& operator[](std::int32_t point) { return mass_[static_cast<std::size_t>(point - first_)]; }
  std::int32_t first() const { return first_; }
  const std::vector<double>& mass() const { return mass_; }

 private:
  std::int32_t first_;
  std::vector<double> mass_;
};

/// Splits mass over j - stride, j, j + stride so that mean and variance about the score are kept: the weights of quadratic interpolation.
void split(Points& points, double score_in_steps, std::int32_t stride, double mass) {
  const double nearest = std::floor(score_in_steps / stride + 0.5);
  const double r = score_in_steps / stride - nearest;
  const auto j = static_cast<std::int32_t>(nearest) * stride;
  points[j - stride] += mass * (r * r - r) / 2.0;
  points[j] += mass * (1.0 - r * r);
  points[j + stride] += mass * (r * r + r) / 2.0;
}

}  // namespace

LatticeColumn lattice_column(std::span<const double> log10_lr, std::span<const double> weights, double step, Rounding rounding,
                             Precision precision) {
  LatticeColumn column;
  double lowest = HUGE_VAL, highest = -HUGE_VAL;
  for (std::size_t g = 1; g < log10_lr.size(); ++g) {
    if (!(weights[g] > 0.0)) continue;
    if (std::isinf(log10_lr[g])) {
      column.impossible += weights[g];
      continue;
    }
    lowest = std::min(lowest, log10_lr[g]);
    highest = std::max(highest, log10_lr[g]);
  }
  if (lowest > highest) return column;
  constexpr std::int32_t kMargin = 2 * kCoarseStride;
  Points points(static_cast<std::int32_t>(std::floor(lowest / step)) - kMargin,
                static_cast<std::int32_t>(std::ceil(highest / step)) + kMargin);
  for (std::size_t g = 1; g < log10_lr.size(); ++g) {
    if (!(weights[g] > 0.0) || std::isinf(log10_lr[g])) continue;
    const double score = log10_lr[g] / step;
    if (rounding == Rounding::matched)
      split(points, score, precision == Precision::bulk && log10_lr[g] < kCoarseBelow ? kCoarseStride : 1, weights[g]);
    else
      points[static_cast<std::int32_t>(rounding == Rounding::down ? std::floor(score - kSlack) : std::ceil(score + kSlack))] += weights[g];
  }
  // The margin goes again: the reach of a column decides what may be dropped.
  const auto used = [](double m) { return m != 0.0; };
  const auto begin = std::find_if(points.mass().begin(), points.mass().end(), used);
  const auto end = std::find_if(points.mass().rbegin(), points.mass().rend(), used).base();
  column.first = points.first() + static_cast<std::int32_t>(begin - points.mass().begin());
  if (precision == Precision::bulk)
    column.mass.assign(begin, end);
  else
    column.mass_exact.assign(begin, end);
  return column;
}

namespace {

const std::vector<float>& masses(const LatticeColumn& column, float) { return column.mass; }
const std::vector<double>& masses(const LatticeColumn& column, double) { return column.mass_exact; }

template <typename Real>
void add_scaled(Real* out, const Real* in, std::size_t n, Real factor) {
  for (std::size_t i = 0; i < n; ++i) out[i] += factor * in[i];
}

}  // namespace

template <typename Real>
void LatticeSum<Real>::convolve(std::span<const LocusFactor> loci, std::int32_t floor, double scale) {
  // What the loci still to come can add at most; an untyped locus adds 0.
  std::int32_t remaining = 0;
  const auto most = [](const LocusFactor& locus) {
    const std::int32_t last = locus.column->last();
    return locus.typed < 1.0 ? std::max(last, 0) : last;
  };
  for (const LocusFactor& locus : loci) remaining += most(locus);
  first_ = 0;
  mass_.assign(1, static_cast<Real>(scale));
  for (const LocusFactor& locus : loci) {
    remaining -= most(locus);
    add(locus, floor - remaining);
  }
}

template <typename Real>
void LatticeSum<Real>::add(const LocusFactor& locus, std::int32_t lowest) {
  const std::vector<Real>& column = masses(*locus.column, Real{});
  const bool maybe_untyped = locus.typed < 1.0;
  const auto n_in = static_cast<std::int32_t>(mass_.size());
  std::int32_t low = first_ + locus.column->first;
  std::int32_t high = first_ + n_in - 1 + locus.column->last();
  if (maybe_untyped) {
    low = std::min(low, first_);
    high = std::max(high, first_ + n_in - 1);
  }
  low = std::max(low, lowest);
  next_.assign(high < low ? 0 : static_cast<std::size_t>(high - low + 1), Real{0});
  const auto shifted = [&](std::int32_t shift, Real factor) {
    const std::int32_t skip = std::max(0, low - (first_ + shift));
    if (factor == Real{0} || skip >= n_in) return;
    add_scaled(next_.data() + (first_ + shift + skip - low), mass_.data() + skip, static_cast<std::size_t>(n_in - skip), factor);
  };
  for (std::size_t k = 0; k < column.size(); ++k)
    shifted(locus.column->first + static_cast<std::int32_t>(k), static_cast<Real>(locus.typed) * column[k]);
  if (maybe_untyped) shifted(0, static_cast<Real>(1.0 - locus.typed));
  if constexpr (sizeof(Real) == sizeof(float))
    while (!next_.empty() && std::abs(next_.back()) < kNegligible) next_.pop_back();
  first_ = low;
  mass_.swap(next_);
}

template class LatticeSum<float>;
template class LatticeSum<double>;

}  // namespace homeward
