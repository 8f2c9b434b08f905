#include "homeward/posterior.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace homeward {

namespace {

constexpr double kLogLikelihoodDrop = 1.92;  // half the 95 % quantile of chi-squared with one degree of freedom
constexpr int kBisections = 60;
constexpr double kMostPhi = 1.0 - 1e-9;

template <typename Below>
double bisect(double low, double high, const Below& below) {
  for (int i = 0; i < kBisections; ++i) {
    const double middle = (low + high) / 2.0;
    (below(middle) ? low : high) = middle;
  }
  return (low + high) / 2.0;
}

}  // namespace

PosteriorModel::PosteriorModel(const PosteriorDatabase& database, const PriorWeights& weights, std::span<const PosteriorRow> rows)
    : missed_(database.missed), own_(rows.size()), relative_(rows.size()), first_own_(rows.size()) {
  const double pairs_apart = static_cast<double>(database.n_fathers) * static_cast<double>(database.n_mothers);
  const double apart = pairs_apart > 0.0 ? weights.apart : 0.0;
  const double per_family = (1.0 - apart) / std::max(1.0, static_cast<double>(database.n_families));
  const double per_couple = pairs_apart > 0.0 ? apart / pairs_apart : 0.0;
  std::vector<std::uint32_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t l, std::uint32_t r) {
    const PosteriorRow& a = rows[l];
    const PosteriorRow& b = rows[r];
    if (a.child != b.child) return a.child < b.child;
    if (a.family != b.family) return a.family < b.family;
    if (a.family_b != b.family_b) return a.family_b < b.family_b;
    if (a.log10_lr != b.log10_lr) return a.log10_lr > b.log10_lr;
    return l < r;
  });
  child_of_row_.resize(rows.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    Child child;
    child.total = missed_;
    while (end < order.size() && rows[order[end]].child == rows[order[begin]].child) {
      const std::uint32_t row = order[end];
      const PosteriorRow& r = rows[row];
      const bool couple = r.family_b != kNoFamily;
      own_[row] = (couple ? per_couple : per_family * (1.0 - weights.close_relative)) * std::pow(10.0, r.log10_lr);
      relative_[row] = couple ? 0.0 : per_family * weights.close_relative * std::pow(10.0, r.log10_lr_relative);
      const bool first = end == begin || rows[order[end - 1]].family != r.family || rows[order[end - 1]].family_b != r.family_b;
      if (first) {
        first_own_[row] = own_[row];
        child.total += own_[row] + relative_[row];
      }
      child_of_row_[row] = static_cast<std::uint32_t>(children_.size());
      ++end;
    }
    children_.push_back(child);
    // A single parent is the child's own, too, when it is half of an undeclared couple that is.
    for (std::size_t i = begin; i < end; ++i) {
      if (rows[order[i]].family_b != kNoFamily) continue;
      double joint = 0.0;
      for (std::size_t k = begin; k < end; ++k)
        if (rows[order[k]].family_b != kNoFamily &&
            (rows[order[k]].family == rows[order[i]].family || rows[order[k]].family_b == rows[order[i]].family))
          joint += first_own_[order[k]];
      own_[order[i]] += joint;
    }
    begin = end;
  }
  silent_children_ = database.n_children > children_.size() ? database.n_children - children_.size() : 0;
}

double PosteriorModel::derivative(double phi) const {
  double sum = static_cast<double>(silent_children_) * (missed_ - 1.0) / (1.0 - phi + phi * missed_);
  for (const Child& child : children_) sum += (child.total - 1.0) / (1.0 - phi + phi * child.total);
  return sum;
}

double PosteriorModel::log_likelihood(double phi) const {
  double sum = static_cast<double>(silent_children_) * std::log(1.0 - phi + phi * missed_);
  for (const Child& child : children_) sum += std::log(1.0 - phi + phi * child.total);
  return sum;
}

PriorEstimate PosteriorModel::estimate() const {
  PriorEstimate result;
  if (derivative(0.0) > 0.0) result.phi = bisect(0.0, kMostPhi, [&](double phi) { return derivative(phi) > 0.0; });
  const double least = log_likelihood(result.phi) - kLogLikelihoodDrop;
  result.lower = log_likelihood(0.0) >= least ? 0.0 : bisect(0.0, result.phi, [&](double phi) { return log_likelihood(phi) < least; });
  result.upper =
      log_likelihood(kMostPhi) >= least ? 1.0 : bisect(result.phi, kMostPhi, [&](double phi) { return log_likelihood(phi) >= least; });
  return result;
}

std::vector<PosteriorModel::Row> PosteriorModel::at(double phi) const {
  std::vector<Row> rows(own_.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const double all = 1.0 - phi + phi * children_[child_of_row_[row]].total;
    rows[row] = {phi * own_[row] / all, phi * relative_[row] / all, (1.0 - phi) / all};
  }
  return rows;
}

double PosteriorModel::expected_found(double phi) const {
  double sum = 0.0;
  for (std::size_t row = 0; row < first_own_.size(); ++row)
    sum += phi * first_own_[row] / (1.0 - phi + phi * children_[child_of_row_[row]].total);
  return sum;
}

double missed_share(const ChanceCurve& curve, double min_log10_lr, double pairs) {
  if (!(pairs > 0.0)) return 0.0;
  // E[LR; LR >= t] = t P(LR >= t) + integral of P(LR >= x) dx; on each piece the tail is a power of x.
  double mean = std::pow(10.0, min_log10_lr) * curve.at(min_log10_lr);
  const double highest = (curve.first + static_cast<double>(curve.expected.size())) * curve.step;
  constexpr double kPiece = 0.01;
  for (double x = min_log10_lr; x < highest; x += kPiece) {
    const double width = std::pow(10.0, x + kPiece) - std::pow(10.0, x);
    mean += width * (curve.at(x) + curve.at(x + kPiece)) / 2.0;
  }
  return std::clamp(1.0 - mean / pairs, 0.0, 1.0);
}

std::size_t rows_within_fdr(std::span<const double> posterior_descending, double fdr) {
  double false_leads = 0.0;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < posterior_descending.size(); ++i) {
    false_leads += 1.0 - posterior_descending[i];
    if (false_leads <= fdr * static_cast<double>(i + 1)) kept = i + 1;
  }
  return kept;
}

}  // namespace homeward
