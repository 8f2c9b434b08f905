// From likelihood ratios to probabilities: every child against all families at once, under a stated prior.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "homeward/chance.hpp"
#include "homeward/family.hpp"
#include "homeward/results.hpp"

namespace homeward {

/// How a child's family can be registered. Each way has a share of the prior; the database says how large (METHODS, "Posterior").
enum class Registered : std::uint8_t { couple = 0, single_parent = 1, pedigree = 2, apart = 3 };
inline constexpr std::size_t kRegisteredWays = 4;
std::string_view to_string(Registered way);  ///< "couple", "single_parent", "pedigree", "apart"
Registered way_of(FamilyShape shape);        ///< never `apart`

/// A share by way of registration.
using Shares = std::array<double, kRegisteredWays>;

/// One candidate as the posterior sees it. Rows of one child may stand anywhere.
struct PosteriorRow {
  std::uint32_t child = 0;
  std::uint32_t family = 0;            ///< group of the family: registrations of the same people share one
  std::uint32_t family_b = kNoFamily;  ///< group of the mother's family of an undeclared couple
  double log10_lr = 0.0;
  double log10_lr_relative = -std::numeric_limits<double>::infinity();  ///< under `close_relative`; -inf = not computed
  Registered way = Registered::single_parent;
};

/// The database the rows come from.
struct PosteriorDatabase {
  std::uint64_t n_children = 0;
  /// Groups by way; `apart`: groups of a single father x groups of a single mother, 0 when undeclared couples were not searched.
  std::array<std::uint64_t, kRegisteredWays> n_families{};
  Shares missed{};           ///< by way: P(LR below the run's threshold | true child), which the rows do not show
  Shares missed_relative{};  ///< by way: the same of a close relative's child; `apart`: not used
};

/// What is chosen before the data are looked at, and what is left to them.
struct PriorChoice {
  double close_relative = 0.02;  ///< of a registration's weight: the tested person is a full sib of the true parent
  std::optional<double> phi;     ///< given, or estimated
  std::optional<double> apart;   ///< share of `apart`: given, or estimated
};

/// Before the DNA is looked at: P(a child's family is registered), and how it is then registered.
struct Prior {
  double phi = 0.0;
  Shares share{};  ///< sums to 1; 0 where there are no families
};

/// A number with the interval in which the log-likelihood lies within 1.92 of its maximum (95 %), everything else at its best.
struct Estimate {
  double value = 0.0, lower = 0.0, upper = 0.0;
};
struct PriorEstimate {
  Prior prior;
  Estimate phi;                                 ///< lower = upper = value when given
  std::array<Estimate, kRegisteredWays> share;  ///< likewise; `apart` when given, a way without families, the only way
};

/// Sums over a child's hypotheses, phi and shares left open. Cost: one sort of the rows.
class PosteriorModel {
 public:
  /// @param close_relative of PriorChoice
  PosteriorModel(const PosteriorDatabase& database, double close_relative, std::span<const PosteriorRow> rows);

  /// A hit that is no row: a rival of the child's rows, and half of what its single parents may be. Its child must have a row (throws
  /// Error(internal) otherwise). A registration that has a row already counts once; close relatives of a family without a row are left out.
  void add_unlisted(const PosteriorRow& hit);

  /// The prior that makes the run likeliest, by the EM algorithm: one child is one observation, and one child more, registered as the
  /// registrations are (5 % apart), keeps the shares of a small database off their borders. What `choice` gives stays as it is.
  PriorEstimate estimate(const PriorChoice& choice) const;

  struct Row {
    double own = 0.0;       ///< P(the people of this row are the child's parents or family | everything compared): a single parent's
                            ///< contains that of the undeclared couples it is a member of
    double relative = 0.0;  ///< P(the child belongs to a close relative of this family)
    double none = 1.0;      ///< P(no registered family is the child's own or its relatives')
    double alone = 0.0;     ///< `own` without the undeclared couples; 0 where an earlier row stands for the same registration
  };
  /// By row, in the order given. Over a child's rows `alone` and `relative` (once a registration), `none` and what lies below the
  /// threshold sum to 1.
  std::vector<Row> at(const Prior& prior) const;
  /// Expected number of children whose own family is among the rows.
  double expected_found(const Prior& prior) const;

 private:
  friend class PriorFit;
  struct Child {
    Shares sum{};                                 ///< by way: mean LR over its families, those below the threshold included
    std::uint32_t child = 0, begin = 0, end = 0;  ///< its rows in `order_`
  };
  /// What identifies a row's registrations.
  struct Key {
    std::uint32_t family = 0, family_b = kNoFamily;
  };
  double own_weight(const PosteriorRow& row) const;
  /// An undeclared couple speaks for the single parents it is made of.
  void add_to_members(const Child& child, const Key& couple, double weight);
  void add_rows_of(Child& child, std::span<const PosteriorRow> rows);

  PosteriorDatabase database_;
  double close_relative_;
  Shares silent_{};                          ///< `sum` of a child without a row
  std::vector<Key> keys_;                    ///< by row
  std::vector<Registered> way_;              ///< by row
  std::vector<std::uint32_t> order_;         ///< rows by child, then key
  std::uint64_t silent_children_ = 0;        ///< children without a row
  std::vector<std::uint32_t> child_of_row_;  ///< index into children_
  std::vector<double> own_, relative_;       ///< by row, LR x weight within its way
  std::vector<double> couples_;              ///< by row of a single parent: the same of its undeclared couples
  std::vector<char> first_;                  ///< by row: it stands for its registration
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
