#include "homeward/posterior.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "homeward/error.hpp"

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
    : missed_(database.missed), order_(rows.size()), own_(rows.size()), relative_(rows.size()), first_own_(rows.size()) {
  const double pairs_apart = static_cast<double>(database.n_fathers) * static_cast<double>(database.n_mothers);
  const double apart = pairs_apart > 0.0 ? weights.apart : 0.0;
  const double per_registration = (1.0 - apart) / std::max(1.0, static_cast<double>(database.n_families));
  per_family_ = per_registration * (1.0 - weights.close_relative);
  per_couple_ = pairs_apart > 0.0 ? apart / pairs_apart : 0.0;
  keys_.reserve(rows.size());
  for (const PosteriorRow& row : rows) keys_.push_back({row.family, row.family_b});
  std::iota(order_.begin(), order_.end(), 0U);
  std::sort(order_.begin(), order_.end(), [&](std::uint32_t l, std::uint32_t r) {
    const PosteriorRow& a = rows[l];
    const PosteriorRow& b = rows[r];
    return std::tuple(a.child, a.family, a.family_b, -a.log10_lr, l) < std::tuple(b.child, b.family, b.family_b, -b.log10_lr, r);
  });
  child_of_row_.resize(rows.size());
  for (std::uint32_t begin = 0; begin < order_.size();) {
    Child child{missed_, rows[order_[begin]].child, begin, begin};
    for (; child.end < order_.size() && rows[order_[child.end]].child == child.child; ++child.end) {
      const std::uint32_t row = order_[child.end];
      const bool couple = rows[row].family_b != kNoFamily;
      own_[row] = own_weight(rows[row]);
      relative_[row] = couple ? 0.0 : per_registration * weights.close_relative * std::pow(10.0, rows[row].log10_lr_relative);
      const bool first = child.end == begin || keys_[order_[child.end - 1]].family != keys_[row].family ||
                         keys_[order_[child.end - 1]].family_b != keys_[row].family_b;
      if (first) {
        first_own_[row] = own_[row];
        child.total += own_[row] + relative_[row];
      }
      child_of_row_[row] = static_cast<std::uint32_t>(children_.size());
    }
    for (std::uint32_t i = child.begin; i < child.end; ++i)
      if (keys_[order_[i]].family_b != kNoFamily) add_to_members(child, keys_[order_[i]], first_own_[order_[i]]);
    children_.push_back(child);
    begin = child.end;
  }
  silent_children_ = database.n_children > children_.size() ? database.n_children - children_.size() : 0;
}

double PosteriorModel::own_weight(const PosteriorRow& row) const {
  return (row.family_b != kNoFamily ? per_couple_ : per_family_) * std::pow(10.0, row.log10_lr);
}

void PosteriorModel::add_to_members(const Child& child, const Key& couple, double weight) {
  for (std::uint32_t i = child.begin; i < child.end; ++i) {
    const Key& key = keys_[order_[i]];
    if (key.family_b == kNoFamily && (key.family == couple.family || key.family == couple.family_b)) own_[order_[i]] += weight;
  }
}

void PosteriorModel::add_unlisted(const PosteriorRow& hit) {
  const auto child =
      std::lower_bound(children_.begin(), children_.end(), hit.child, [](const Child& c, std::uint32_t id) { return c.child < id; });
  if (child == children_.end() || child->child != hit.child)
    throw Error(ErrorKind::internal, "a hit was left out whose child has no candidate");
  for (std::uint32_t i = child->begin; i < child->end; ++i)
    if (keys_[order_[i]].family == hit.family && keys_[order_[i]].family_b == hit.family_b) return;
  const double weight = own_weight(hit);
  child->total += weight;
  if (hit.family_b != kNoFamily) add_to_members(*child, {hit.family, hit.family_b}, weight);
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
