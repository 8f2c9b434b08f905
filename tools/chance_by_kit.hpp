// Chance hits kit by kit: what the run expected and what the truth says there were.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "homeward/chance.hpp"
#include "homeward/report.hpp"
#include "homeward/simulate.hpp"
#include "homeward/store.hpp"

namespace homeward::cli {

/// One class of children (ChildClass) at LR >= 1, 10, 100, 1,000.
struct KitChance {
  std::string children;
  std::array<std::uint64_t, 4> found{};  ///< hits of one family each, of pairs that are not in the truth
  std::array<double, 4> expected{};      ///< as run.json has it; NaN below the run's threshold
  /// Of `found`, the families being what they are and children independent of one another: from the spread of hits between children.
  std::array<double, 4> sd{};
};
/// Undeclared couples of which neither parent is in the truth with the child, at these LRs and above.
inline constexpr std::array<double, 4> kJointLog10{4.0, 6.0, 8.0, 10.0};
std::array<std::uint64_t, 4> joint_chance(HitsReader& hits, const std::vector<TruthRow>& truth);

/// One pass over the hits. Empty when the run has no expected numbers.
std::vector<KitChance> chance_by_kit(HitsReader& hits, const std::vector<TruthRow>& truth, const ProfileSource& source,
                                     const EffectivePopulation& population, const RunBelief& belief);

}  // namespace homeward::cli
