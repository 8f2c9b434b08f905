// Can a family's child be found in this database, and what would help most?
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "homeward/chance.hpp"

namespace homeward {

/// What a steward can have typed next.
enum class NextStep : std::uint8_t { other_parent = 0, sibling = 1, grandparent = 2, more_loci = 3, none = 4 };
inline constexpr std::size_t kStepCount = 4;  ///< `none` is no step
std::string_view to_string(NextStep step);    ///< "other_parent", ...

/// `decidable`: the true child, once in the database, stands out. Else by what would make it so, or nothing would.
enum class PowerClass : std::uint8_t { decidable = 0, needs_other_parent = 1, needs_loci = 2, not_searchable = 3 };
std::string_view to_string(PowerClass power_class);

struct PowerOptions {
  double min_log10_lr = 0.0;  ///< the threshold a search would have
  double tolerated = 0.1;     ///< chance hits a family may expect before a lead counts as standing out
  double enough = 0.9;        ///< P(the true child stands out) of a decidable family
  int draws = 4;              ///< genotypes drawn for people who are not typed yet
  std::uint64_t seed = 1;
  CoupleWeights couple_weights;
  int threads = 0;
};

/// Probabilities given that the family's child is among the children, typed as the children are on average.
struct FamilyPower {
  std::uint32_t n_loci = 0;           ///< loci at which some member is typed
  double p_found = 0.0;               ///< its LR reaches the threshold
  double expected_chance_hits = 0.0;  ///< unrelated children that do
  double stands_out_log10_lr = 0.0;   ///< from here on at most `tolerated` chance hits are expected
  double p_stands_out = 0.0;          ///< the true child's LR reaches that
  /// p_stands_out after each step; NaN where the step does not apply. The other parent and more loci: the mean over up to 8 families of
  /// the same shape, about as many loci and p_stands_out in the same tenth; a sibling and a grandparent (of the untyped parent): over up
  /// to 4 families of the same shape and about as many loci.
  std::array<double, kStepCount> p_after{};
  NextStep best = NextStep::none;  ///< the largest p_after, one sample each (more_loci: one per member)
  double gain = 0.0;               ///< of `best`, per sample typed
  PowerClass power_class = PowerClass::not_searchable;
};

/// Every family of the source, in its order. Distributions are exact (METHODS, "Chance hits"); genotypes of people not yet typed are drawn
/// `draws` times. `more_loci` gives a family's members the loci of the largest class of children. Same numbers for any thread count.
/// Cost: about 0.2 ms per family, and per kind of families alike some 100 further ones.
std::vector<FamilyPower> family_power(const ProfileSource& source, const EffectivePopulation& population, const ChildClasses& children,
                                      const PowerOptions& options);

/// A database that is only planned.
struct DesignOptions {
  std::uint64_t n_children = 130000, n_families = 34000;
  bool couples = false;  ///< both parents typed; else one parent, a father
  int families_drawn = 400;
  std::uint64_t seed = 1;
  int threads = 0;
};
struct DesignLevel {
  double log10_lr = 0.0;
  double chance_hits = 0.0;     ///< of the whole database
  double chance_hits_se = 0.0;  ///< of drawing families
  double p_reached = 0.0;       ///< by the true child
};
struct Design {
  std::vector<DesignLevel> levels;
  double p_first = 0.0;  ///< the true child has the family's highest LR
};
/// Everyone typed at every locus of the population; families drawn from it, each family's distribution exact.
Design plan_database(const EffectivePopulation& population, const std::vector<double>& log10_levels, const DesignOptions& options);

}  // namespace homeward
