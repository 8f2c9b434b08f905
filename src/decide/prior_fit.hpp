// The prior that makes a run likeliest, and how far it may be off.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "homeward/posterior.hpp"

namespace homeward {

/// EM over children. Every sum is in the order of the children: the same numbers on every machine.
class PriorFit {
 public:
  /// @param sums by child with a row, as PosteriorModel has them; `silent` stands for each of the `n_silent` others.
  PriorFit(const std::vector<Shares>& sums, const Shares& silent, std::uint64_t n_silent,
           const std::array<std::uint64_t, kRegisteredWays>& n_families, const PriorChoice& choice);

  PriorEstimate estimate() const;

 private:
  /// What EM may not move.
  struct Fixed {
    std::optional<double> phi;
    std::array<std::optional<double>, kRegisteredWays> share;
  };
  struct Step {
    double registered = 0.0;  ///< expected number of children whose family is
    Shares by_way{};
  };
  bool exists(std::size_t way) const { return virtual_[way] > 0.0; }
  Step expectation(const Prior& prior) const;
  /// @param settled children that the last EM step may still move
  Prior fit(Prior start, const Fixed& fixed, double settled) const;
  double log_likelihood(const Prior& prior) const;
  Shares shares_of(const Shares& by_way, const Fixed& fixed) const;
  /// Both ends of the interval of one number; `fix` says what holding it at a value means, nullopt for a value it cannot have.
  template <typename Fix>
  Estimate interval(const Prior& best, double value, double weight, const Fix& fix) const;
  Estimate phi_interval(const Prior& best) const;
  Estimate share_interval(const Prior& best, std::size_t way) const;
  bool is_free(std::size_t way) const { return exists(way) && !given_.share[way]; }

  std::array<std::vector<double>, kRegisteredWays> sums_;
  const Shares silent_;
  const double n_silent_;
  const std::optional<double> phi_;
  double n_children_ = 0.0;
  Shares virtual_{};  ///< the one virtual child, by way
  Fixed given_;       ///< shares, never phi
};

}  // namespace homeward
