// A family's LR as parts whose tails are added.
#pragma once

#include <vector>

#include "homeward/scoring_profile.hpp"

namespace homeward {

/// One hypothesis of a family: the tail of `profile` at log10 t - shift.
struct FamilyPart {
  ScoringProfile profile;
  double shift = 0.0;  ///< log10 of the weight
};

/// The parts of METHODS, "Tails of a mixture". `leading_only`: the hypothesis of the largest weight alone. A parent of unknown sex is one
/// part: at each locus the mean of the father's and the mother's LR, exact while at most one locus is inconsistent.
std::vector<FamilyPart> family_parts(const CompiledFamily& family, bool leading_only);

}  // namespace homeward
