// From likelihood ratios to probabilities: every child against all families at once, under a stated prior.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "homeward/chance.hpp"
#include "homeward/family.hpp"
#include "homeward/results.hpp"

namespace homeward {

/// What is believed before the DNA is looked at (METHODS, "Posterior"). Every number is printed with the results.
struct PriorWeights {
  double close_relative = 0.02;  ///< of a registered family's weight: the tested person is a full sib of the true parent
  double apart = 0.05;           ///< of the registered children: both parents registered, as two families
};

/// One candidate as the posterior sees it. Rows of one child may stand anywhere.
struct PosteriorRow {
  std::uint32_t child = 0;
  std::uint32_t family = 0;            ///< group of the family: registrations of the same people share one
  std::uint32_t family_b = kNoFamily;  ///< group of the mother's family of an undeclared couple
  double log10_lr = 0.0;
  double log10_lr_relative = -std::numeric_limits<double>::infinity();  ///< under `close_relative`; -inf = not computed
};

/// The database the rows come from.
struct PosteriorDatabase {
  std::uint64_t n_children = 0;
  std::uint64_t n_families = 0;                ///< groups
  std::uint64_t n_fathers = 0, n_mothers = 0;  ///< groups of a single father, of a single mother; 0 = no undeclared couples
  double missed = 0.0;  ///< mean over families of P(LR below the run's threshold | true child): what the rows do not show
};

/// phi with its interval: where the log-likelihood lies within 1.92 of its maximum (95 %).
struct PriorEstimate {
  double phi = 0.0, lower = 0.0, upper = 0.0;
};

/// Sums over a child's hypotheses, phi left open. Cost: one sort of the rows.
class PosteriorModel {
 public:
  PosteriorModel(const PosteriorDatabase& database, const PriorWeights& weights, std::span<const PosteriorRow> rows);

  /// A hit that is no row: a rival of the child's rows, and half of what its single parents may be. Its child must have a row (throws
  /// Error(internal) otherwise). A registration that has a row already counts once; close relatives of a family without a row are left out.
  void add_unlisted(const PosteriorRow& hit);

  /// The phi, between 0 and 1, that makes the run likeliest: the fixed point of the EM algorithm, found by bisection since the
  /// log-likelihood is concave. One child is one observation.
  PriorEstimate estimate() const;

  struct Row {
    double own = 0.0;       ///< P(this family is the child's own | everything compared, phi)
    double relative = 0.0;  ///< P(the child belongs to a close relative of this family)
    double none = 1.0;      ///< P(no registered family is the child's own or its relatives')
  };
  /// By row, in the order given. A child's rows, `none` and what is below the threshold sum to 1, one family counted once.
  std::vector<Row> at(double phi) const;
  /// Expected number of children whose own family is among the rows.
  double expected_found(double phi) const;

 private:
  double derivative(double phi) const;
  double log_likelihood(double phi) const;
  struct Child {
    double total = 0.0;                           ///< sum over hypotheses of weight x LR, phi excluded, the missed families included
    std::uint32_t child = 0, begin = 0, end = 0;  ///< its rows in `order_`
  };
  /// What identifies a row's registrations.
  struct Key {
    std::uint32_t family = 0, family_b = kNoFamily;
  };
  double own_weight(const PosteriorRow& row) const;
  /// An undeclared couple speaks for the single parents it is made of.
  void add_to_members(const Child& child, const Key& couple, double weight);

  double missed_;
  double per_family_ = 0.0, per_couple_ = 0.0;  ///< prior of one family as the child's own, of one undeclared couple; phi excluded
  std::vector<Key> keys_;                       ///< by row
  std::vector<std::uint32_t> order_;            ///< rows by child, then key
  std::uint64_t silent_children_;               ///< children without a row
  std::vector<std::uint32_t> child_of_row_;     ///< index into children_
  std::vector<double> own_, relative_;          ///< by row, weight x LR
  std::vector<double> first_own_;               ///< by row: own_ where the row stands for its group, else 0
  std::vector<Child> children_;
};

/// Mean over pairs of LR x [LR < threshold] under H2, which by (6) is the mean chance of a true child to stay below it.
/// @param curve expected chance hits of the run from the threshold on; @param pairs pairs compared.
double missed_share(const ChanceCurve& curve, double min_log10_lr, double pairs);

/// Families that are one registration: the same typed people, or people typed alike at every locus. By family: the index of its group's
/// first family.
std::vector<std::uint32_t> family_groups(const ProfileSource& source);

/// Leads in the order of their posterior, cut where the expected share of false ones exceeds `fdr`.
/// @return how many of the rows, best posterior first, may be kept. Rows are sorted by the caller.
std::size_t rows_within_fdr(std::span<const double> posterior_descending, double fdr);

}  // namespace homeward
