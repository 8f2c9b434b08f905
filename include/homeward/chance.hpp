// How many pairs of strangers reach an LR in a database of this size, for the loci its people are really typed at.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "homeward/decide.hpp"
#include "homeward/family.hpp"
#include "homeward/results.hpp"

namespace homeward {

/// Children typed alike: the same loci up to a few that failed. A class's distribution is exact when its loci fail
/// independently of one another (METHODS, "Chance hits").
struct ChildClass {
  std::string name;  ///< the commonest kit of its children and the loci of its commonest mask: "PowerPlex 21, 20 loci"
  std::uint64_t n_children = 0;
  std::vector<double> typed;  ///< by locus of the population: the share of its children typed there
};

struct ChildClasses {
  std::vector<ChildClass> classes;
  std::vector<std::uint16_t> of_child;  ///< by position in source.children()
};
/// Groups the children: the commonest mask of typed loci and the masks that lack up to 15 % of its loci make a class, then the commonest of
/// the rest, up to 12; classes of fewer than 20 children or 0.2 % of all join the nearest. Deterministic.
ChildClasses child_classes(const ProfileSource& source, const EffectivePopulation& population);

/// Expected number of chance hits at or above x: on the points (k - 1/2) step for k >= first, log-linear between them.
struct ChanceCurve {
  double step = 0.1;
  std::int32_t first = 0;
  std::vector<double> expected;  ///< non-increasing
  /// Below the first point: the value there. Above the last: 0.
  double at(double log10_lr) const;
  /// The smallest log10 LR at which `expected` is at most `count`.
  double where(double count) const;
  /// Adds a curve of the same step and first point.
  void add(const ChanceCurve& other);
  void add_scaled(const ChanceCurve& other, double factor);
};

struct ChanceOptions {
  double min_log10_lr = 0.0;  ///< curves start here
  CoupleWeights couple_weights;
  int threads = 0;
};
/// One candidate: how many unrelated children are expected to reach its LR with its family, and what is its LR if the tested
/// person is a full sib of the child's parent?
struct ChanceQuery {
  std::uint32_t family = 0;
  double log10_lr = 0.0;
  PersonIndex child = kNobody;  ///< of the source; kNobody: the second question is not asked
};
struct ChanceHits {
  ChanceCurve run;                        ///< all children x all families
  std::vector<ChanceCurve> by_class;      ///< by class of children, sums to `run`
  std::array<ChanceCurve, 6> by_shape;    ///< by FamilyShape's value, sums to `run`
  std::vector<double> in_family;          ///< by query: among all children, with the query's family
  std::vector<double> log10_lr_relative;  ///< by query: (37) with kappa 1/2, hypotheses mixed after the product; NaN if not asked
  std::vector<std::string> class_names;
};
/// Expected pairs of unrelated people that reach an LR, pairs without a shared locus left out. Every family is computed, none is
/// sampled: lattice (35) at step 0.1 in single precision, mixtures by (36), children by class. Error of `run` against exact masks and a
/// step of 0.01: below 2 % (tests/decide). Same numbers for any thread count. Cost: about 20 us per family, hypothesis and class; families
/// read in tiles.
ChanceHits expected_chance_hits(const ProfileSource& source, const EffectivePopulation& population, const ChildClasses& children,
                                const ChanceOptions& options, std::span<const ChanceQuery> queries);

/// Couples of a single father and a single mother of the families, and a child related to neither.
struct UndeclaredChance {
  ChanceCurve expected;         ///< triples at or above an LR, whatever the single parents' own LRs are
  std::uint64_t n_couples = 0;  ///< father families x mother families
  std::uint64_t n_drawn = 0;    ///< whose exact distributions are the sample
};
/// All couples of a small database, else 2,000 of them, a choice that depends on their number only. Where the LR is so high that both
/// parents must have reached the run's threshold alone, as at 10^4 and above, this is what a search finds. Same numbers for any thread
/// count. Cost: about 0.2 ms per couple drawn.
UndeclaredChance expected_undeclared_couples(const ProfileSource& source, const EffectivePopulation& population,
                                             const ChildClasses& children, const ChanceOptions& options);

/// By FamilyShape's value: P(LR below the threshold | the tested person is a full sib of the child's parent), 0 for shapes without
/// families. The mean over up to 64 families of the shape, evenly chosen, under the hypothesis of the largest weight.
std::array<double, 6> missed_by_relatives(const ProfileSource& source, const EffectivePopulation& population, const ChildClasses& children,
                                          const ChanceOptions& options);

/// P(at least one) when `expected` are expected: 1 - exp(-expected).
double chance_of_any(double expected);

/// Observed against expected pairs of one class of children.
inline constexpr std::array<double, 4> kCheckedLog10{0.0, 1.0, 2.0, 3.0};
inline constexpr double kAlarmingRatio = 1.2;
struct ChanceCheck {
  std::string class_name;
  std::uint64_t n_children = 0;
  std::array<std::uint64_t, 4> observed{};  ///< hits at LR >= 1, 10, 100, 1,000, undeclared couples not counted
  std::array<std::uint64_t, 4> leads{};     ///< of these, hits at an LR that less than one chance hit of the run is expected to reach
  std::array<double, 4> expected{};         ///< NaN below the run's threshold
  /// (observed - leads) / expected chance hits below the leads' LR: 1 when table and model fit.
  std::array<double, 4> ratio{};
  /// The ratio exceeds kAlarmingRatio by more than chance: excess over kAlarmingRatio x expected above 4 sqrt(1.5 x expected).
  bool alarming(std::size_t level) const;
};
/// One pass over the hits. @param children as child_classes made them.
std::vector<ChanceCheck> check_chance_hits(HitStream& hits, const ProfileSource& source, const ChildClasses& children,
                                           const ChanceHits& chance, double min_log10_lr);

}  // namespace homeward
