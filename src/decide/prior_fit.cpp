#include "decide/prior_fit.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace homeward {

namespace {

constexpr std::size_t kApart = static_cast<std::size_t>(Registered::apart);
constexpr double kRootDeviance = 1.96;  // the log-likelihood 1.92 below its maximum: 95 %
constexpr double kApartOfVirtual = 0.05;
constexpr double kMostPhi = 1.0 - 1e-9, kLeastPhi = 1e-12;
constexpr int kMostSteps = 20000;                 // of EM; it never comes near where there is anything to find
constexpr double kSettled = 1e-5, kRough = 1e-3;  // children that the last EM step moved: of the estimate, of its intervals
constexpr double kEndSettled = 0.01;              // of the root deviance at an interval's end
constexpr int kMostTrials = 60;                   // for an end; about four are needed
constexpr double kFarthest = 30.0;                // log odds

double log_odds(double p) { return std::log(p / (1.0 - p)); }
double from_log_odds(double z) { return 1.0 / (1.0 + std::exp(-z)); }

}  // namespace

PriorFit::PriorFit(const std::vector<Shares>& sums, const Shares& silent, std::uint64_t n_silent,
                   const std::array<std::uint64_t, kRegisteredWays>& n_families, const PriorChoice& choice)
    : silent_(silent),
      n_silent_(static_cast<double>(n_silent)),
      phi_(choice.phi),
      n_children_(static_cast<double>(sums.size()) + n_silent_) {
  for (std::size_t way = 0; way < kRegisteredWays; ++way) {
    sums_[way].reserve(sums.size());
    for (const Shares& sum : sums) sums_[way].push_back(sum[way]);
  }
  const double apart = n_families[kApart] > 0 ? kApartOfVirtual : 0.0;
  double registrations = 0.0;
  for (std::size_t way = 0; way < kApart; ++way) registrations += static_cast<double>(n_families[way]);
  for (std::size_t way = 0; way < kApart; ++way)
    virtual_[way] = (1.0 - apart) * static_cast<double>(n_families[way]) / std::max(1.0, registrations);
  virtual_[kApart] = apart;
  if (n_families[kApart] > 0) given_.share[kApart] = choice.apart;
}

PriorFit::Step PriorFit::expectation(const Prior& prior) const {
  Shares weight{};
  for (std::size_t way = 0; way < kRegisteredWays; ++way) weight[way] = prior.phi * prior.share[way];
  Step step;
  const auto add = [&](const Shares& sum, double n) {
    double all = 1.0 - prior.phi;
    for (std::size_t way = 0; way < kRegisteredWays; ++way) all += weight[way] * sum[way];
    const double scale = n / all;
    for (std::size_t way = 0; way < kRegisteredWays; ++way) step.by_way[way] += scale * weight[way] * sum[way];
  };
  for (std::size_t i = 0; i < sums_[0].size(); ++i) add({sums_[0][i], sums_[1][i], sums_[2][i], sums_[3][i]}, 1.0);
  if (n_silent_ > 0.0) add(silent_, n_silent_);
  step.registered = std::accumulate(step.by_way.begin(), step.by_way.end(), 0.0);
  return step;
}

Shares PriorFit::shares_of(const Shares& by_way, const Fixed& fixed) const {
  Shares share{};
  double left = 1.0, others = 0.0;
  for (std::size_t way = 0; way < kRegisteredWays; ++way) {
    if (fixed.share[way]) {
      left -= *fixed.share[way];
    } else if (exists(way)) {
      share[way] = by_way[way] + virtual_[way];
      others += share[way];
    }
  }
  for (std::size_t way = 0; way < kRegisteredWays; ++way)
    share[way] = fixed.share[way] ? *fixed.share[way] : others > 0.0 ? share[way] * left / others : 0.0;
  return share;
}

Prior PriorFit::fit(Prior prior, const Fixed& fixed, double settled) const {
  if (fixed.phi) prior.phi = *fixed.phi;
  prior.share = shares_of(prior.share, fixed);
  for (int i = 0; i < kMostSteps && prior.phi > kLeastPhi; ++i) {
    const Step step = expectation(prior);
    double moved = fixed.phi ? 0.0 : std::abs(step.registered - prior.phi * n_children_);
    const Prior next{fixed.phi ? *fixed.phi : std::min(step.registered / n_children_, kMostPhi), shares_of(step.by_way, fixed)};
    for (std::size_t way = 0; way < kRegisteredWays; ++way)
      moved = std::max(moved, std::abs(next.share[way] - prior.share[way]) * step.registered);
    prior = next;
    if (moved < settled) break;
  }
  if (prior.phi <= kLeastPhi && !fixed.phi) prior = {0.0, shares_of({}, fixed)};
  return prior;
}

double PriorFit::log_likelihood(const Prior& prior) const {
  Shares weight{};
  for (std::size_t way = 0; way < kRegisteredWays; ++way) weight[way] = prior.phi * prior.share[way];
  const auto all = [&](const Shares& sum) {
    double total = 1.0 - prior.phi;
    for (std::size_t way = 0; way < kRegisteredWays; ++way) total += weight[way] * sum[way];
    return total;
  };
  double result = n_silent_ > 0.0 ? n_silent_ * std::log(all(silent_)) : 0.0;
  for (std::size_t i = 0; i < sums_[0].size(); ++i) result += std::log(all({sums_[0][i], sums_[1][i], sums_[2][i], sums_[3][i]}));
  for (std::size_t way = 0; way < kRegisteredWays; ++way)
    if (is_free(way)) result += virtual_[way] * std::log(prior.share[way]);
  return result;
}

template <typename Fix>
Estimate PriorFit::interval(const Prior& best, double value, double weight, const Fix& fix) const {
  const double most = log_likelihood(best);
  const double origin = log_odds(value);
  // `weight` children speak for the number, so its log odds have a standard error of at least weight^-1/2.
  const auto end = [&](double direction) {
    Prior start = best;
    const auto beyond = [&](double z) {
      const std::optional<Fixed> fixed = fix(from_log_odds(z));
      if (!fixed) return kRootDeviance;
      start = fit(start, *fixed, kRough);
      return std::sqrt(std::max(0.0, 2.0 * (most - log_likelihood(start)))) - kRootDeviance;
    };
    double inside = origin, below = -kRootDeviance, step = 2.0 / std::sqrt(std::max(weight, 1.0));
    double outside = origin + direction * step, above = beyond(outside);
    for (; above < 0.0 && std::abs(outside) < kFarthest; above = beyond(outside)) {
      inside = outside;
      below = above;
      step *= 2.0;
      outside += direction * step;
    }
    if (above < 0.0) return direction < 0.0 ? 0.0 : 1.0;
    // The root of the deviance is nearly a line: regula falsi, the end that stays losing half its weight (Illinois).
    for (int trial = 0; trial < kMostTrials && std::abs(outside - inside) > 1e-6; ++trial) {
      const double middle = outside - (outside - inside) * above / (above - below);
      const double here = beyond(middle);
      if (std::abs(here) < kEndSettled) return from_log_odds(middle);
      if (here > 0.0) {
        outside = middle;
        above = here;
        below /= 2.0;
      } else {
        inside = middle;
        below = here;
        above /= 2.0;
      }
    }
    return from_log_odds(inside);
  };
  return {value, end(-1.0), end(1.0)};
}

Estimate PriorFit::phi_interval(const Prior& best) const {
  // Nobody registered is no point on the scale of log odds: the upper end is then sought from a hundredth of a child on.
  const double seen = std::clamp(best.phi, 0.01 / n_children_, kMostPhi);
  Estimate phi = interval(best, seen, best.phi * n_children_, [&](double value) {
    Fixed fixed = given_;
    fixed.phi = value;
    return std::optional(fixed);
  });
  phi.value = best.phi;
  if (best.phi < seen) phi.lower = 0.0;
  return phi;
}

Estimate PriorFit::share_interval(const Prior& best, std::size_t way) const {
  const double share = best.share[way];
  double given = 0.0;
  for (const std::optional<double>& other : given_.share) given += other.value_or(0.0);
  return interval(best, share, best.phi * n_children_ * std::min(share, 1.0 - share), [&](double value) -> std::optional<Fixed> {
    if (value + given >= 1.0) return std::nullopt;
    Fixed fixed = given_;
    fixed.share[way] = value;
    return fixed;
  });
}

PriorEstimate PriorFit::estimate() const {
  PriorEstimate result;
  const Prior best = result.prior = fit({0.01, virtual_}, given_, kSettled);
  // What is said of phi changes nothing of how the families are registered.
  if (phi_) result.prior.phi = *phi_;
  result.phi = {result.prior.phi, result.prior.phi, result.prior.phi};
  if (!phi_ && n_children_ > 0.0) result.phi = phi_interval(best);
  std::size_t n_free = 0;
  for (std::size_t way = 0; way < kRegisteredWays; ++way) n_free += is_free(way) ? 1 : 0;
  for (std::size_t way = 0; way < kRegisteredWays; ++way) {
    result.share[way] = {best.share[way], best.share[way], best.share[way]};
    if (is_free(way) && n_free > 1) result.share[way] = share_interval(best, way);
  }
  return result;
}

}  // namespace homeward
