#include "decide/parts.hpp"

#include <algorithm>
#include <cmath>

namespace homeward {

namespace {

std::shared_ptr<const LocusScores> mean_column(const LocusScores& a, const LocusScores& b) {
  auto mean = std::make_shared<LocusScores>(a);
  for (std::size_t g = 1; g < a.log10_lr.size(); ++g)
    mean->log10_lr[g] = std::log10((std::pow(10.0, a.log10_lr[g]) + std::pow(10.0, b.log10_lr[g])) / 2.0);
  return mean;
}

ScoringProfile mean_profile(const ScoringProfile& a, const ScoringProfile& b) {
  ScoringProfile mean;
  for (std::size_t locus = 0; locus < a.columns.size(); ++locus) {
    const auto& left = a.columns[locus];
    const auto& right = b.columns[locus];
    mean.columns.push_back(!left || !right || left->log10_lr == right->log10_lr ? left : mean_column(*left, *right));
  }
  return mean;
}

}  // namespace

std::vector<FamilyPart> family_parts(const CompiledFamily& family, bool leading_only) {
  const auto& terms = family.terms;
  if (terms.size() == 2 && terms[0].hypothesis == Hypothesis::parent_only) return {{mean_profile(terms[0].profile, terms[1].profile), 0.0}};
  std::vector<FamilyPart> parts;
  if (leading_only) {
    const auto leading = std::max_element(terms.begin(), terms.end(), [](const auto& l, const auto& r) { return l.weight < r.weight; });
    if (leading != terms.end()) parts.push_back({leading->profile, std::log10(leading->weight)});
    return parts;
  }
  for (const ScoringTerm& term : terms)
    if (term.weight > 0.0) parts.push_back({term.profile, std::log10(term.weight)});
  return parts;
}

}  // namespace homeward
