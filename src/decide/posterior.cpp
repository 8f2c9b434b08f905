#include "homeward/posterior.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "decide/prior_fit.hpp"
#include "homeward/error.hpp"

namespace homeward {

namespace {

constexpr std::size_t index_of(Registered way) { return static_cast<std::size_t>(way); }
constexpr std::size_t kApart = index_of(Registered::apart);

/// Sum over ways of share x value.
double weighted(const Shares& share, const Shares& value) {
  double sum = 0.0;
  for (std::size_t way = 0; way < kRegisteredWays; ++way) sum += share[way] * value[way];
  return sum;
}

}  // namespace

std::string_view to_string(Registered way) {
  constexpr std::array<std::string_view, kRegisteredWays> kWords{"couple", "single_parent", "pedigree", "apart"};
  return kWords[index_of(way)];
}

Registered way_of(FamilyShape shape) {
  if (shape == FamilyShape::couple) return Registered::couple;
  return shape == FamilyShape::pedigree ? Registered::pedigree : Registered::single_parent;
}

PosteriorModel::PosteriorModel(const PosteriorDatabase& database, double close_relative, std::span<const PosteriorRow> rows)
    : database_(database),
      close_relative_(close_relative),
      order_(rows.size()),
      child_of_row_(rows.size()),
      own_(rows.size()),
      relative_(rows.size()),
      couples_(rows.size()),
      first_(rows.size()) {
  for (std::size_t way = 0; way < kRegisteredWays; ++way) {
    if (database.n_families[way] == 0) continue;
    const double relatives = way == kApart ? 0.0 : close_relative;
    silent_[way] = (1.0 - relatives) * database.missed[way] + relatives * database.missed_relative[way];
  }
  keys_.reserve(rows.size());
  way_.reserve(rows.size());
  for (const PosteriorRow& row : rows) {
    keys_.push_back({row.family, row.family_b});
    way_.push_back(row.family_b != kNoFamily ? Registered::apart : row.way);
  }
  std::iota(order_.begin(), order_.end(), 0U);
  std::sort(order_.begin(), order_.end(), [&](std::uint32_t l, std::uint32_t r) {
    const PosteriorRow& a = rows[l];
    const PosteriorRow& b = rows[r];
    return std::tuple(a.child, a.family, a.family_b, -a.log10_lr, l) < std::tuple(b.child, b.family, b.family_b, -b.log10_lr, r);
  });
  for (std::uint32_t begin = 0; begin < order_.size();) {
    Child child{silent_, rows[order_[begin]].child, begin, begin};
    while (child.end < order_.size() && rows[order_[child.end]].child == child.child) ++child.end;
    add_rows_of(child, rows);
    begin = child.end;
    children_.push_back(child);
  }
  silent_children_ = database.n_children > children_.size() ? database.n_children - children_.size() : 0;
}

void PosteriorModel::add_rows_of(Child& child, std::span<const PosteriorRow> rows) {
  const auto same = [&](const Key& a, const Key& b) { return a.family == b.family && a.family_b == b.family_b; };
  for (std::uint32_t i = child.begin; i < child.end; ++i) {
    const std::uint32_t row = order_[i];
    const std::size_t way = index_of(way_[row]);
    child_of_row_[row] = static_cast<std::uint32_t>(children_.size());
    own_[row] = own_weight(rows[row]);
    if (way != kApart && database_.n_families[way] > 0)
      relative_[row] = close_relative_ / static_cast<double>(database_.n_families[way]) * std::pow(10.0, rows[row].log10_lr_relative);
    first_[row] = i == child.begin || !same(keys_[order_[i - 1]], keys_[row]) ? 1 : 0;
    if (first_[row] != 0) child.sum[way] += own_[row] + relative_[row];
  }
  for (std::uint32_t i = child.begin; i < child.end; ++i)
    if (way_[order_[i]] == Registered::apart && first_[order_[i]] != 0) add_to_members(child, keys_[order_[i]], own_[order_[i]]);
}

double PosteriorModel::own_weight(const PosteriorRow& row) const {
  const std::size_t way = row.family_b != kNoFamily ? kApart : index_of(row.way);
  if (database_.n_families[way] == 0) return 0.0;
  const double own = way == kApart ? 1.0 : 1.0 - close_relative_;
  return own / static_cast<double>(database_.n_families[way]) * std::pow(10.0, row.log10_lr);
}

void PosteriorModel::add_to_members(const Child& child, const Key& couple, double weight) {
  for (std::uint32_t i = child.begin; i < child.end; ++i) {
    const Key& key = keys_[order_[i]];
    if (key.family_b == kNoFamily && (key.family == couple.family || key.family == couple.family_b)) couples_[order_[i]] += weight;
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
  child->sum[hit.family_b != kNoFamily ? kApart : index_of(hit.way)] += weight;
  if (hit.family_b != kNoFamily) add_to_members(*child, {hit.family, hit.family_b}, weight);
}

PriorEstimate PosteriorModel::estimate(const PriorChoice& choice) const {
  std::vector<Shares> sums;
  sums.reserve(children_.size());
  for (const Child& child : children_) sums.push_back(child.sum);
  return PriorFit(sums, silent_, silent_children_, database_.n_families, choice).estimate();
}

std::vector<PosteriorModel::Row> PosteriorModel::at(const Prior& prior) const {
  std::vector<double> all(children_.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = 1.0 - prior.phi + prior.phi * weighted(prior.share, children_[i].sum);
  std::vector<Row> rows(own_.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const double scale = prior.phi / all[child_of_row_[row]];
    const double share = prior.share[index_of(way_[row])];
    const double alone = scale * share * own_[row];
    rows[row] = {alone + scale * prior.share[kApart] * couples_[row], scale * share * relative_[row],
                 (1.0 - prior.phi) / all[child_of_row_[row]], first_[row] != 0 ? alone : 0.0};
  }
  return rows;
}

double PosteriorModel::expected_found(const Prior& prior) const {
  double sum = 0.0;
  for (const Row& row : at(prior)) sum += row.alone;
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
