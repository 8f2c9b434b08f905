#include "decide/family_chance.hpp"

#include <algorithm>
#include <cmath>

#include "decide/parts.hpp"

namespace homeward {

namespace {

// Masses are scaled up so that a tail of 1e-30 is still a normal single-precision number.
constexpr double kScale = 1e15;
// Shares of typed children closer than this count as equal: 0.3 % of a locus.
constexpr double kSameShare = 0.003;

}  // namespace

const ChanceCurve& FamilyChance::compute(const CompiledFamily& compiled, std::vector<ChanceCurve>& by_class) {
  family_.expected.clear();
  for (const FamilyPart& part : family_parts(compiled, hypotheses_ == Hypotheses::leading)) add_part(part.profile, part.shift, by_class);
  return family_;
}

std::vector<std::vector<std::size_t>> FamilyChance::alike(const std::vector<std::size_t>& loci) const {
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t c = 0; c < children_.classes.size(); ++c) {
    const std::vector<double>& typed = children_.classes[c].typed;
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const std::vector<std::size_t>& group) {
      const std::vector<double>& other = children_.classes[group.front()].typed;
      return std::all_of(loci.begin(), loci.end(), [&](std::size_t l) { return std::abs(typed[l] - other[l]) <= kSameShare; });
    });
    if (same != groups.end())
      same->push_back(c);
    else
      groups.push_back({c});
  }
  return groups;
}

void FamilyChance::add_part(const ScoringProfile& profile, double shift, std::vector<ChanceCurve>& by_class) {
  std::vector<std::size_t> loci;
  std::vector<std::shared_ptr<const LatticeColumn>> columns;
  for (std::size_t locus = 0; locus < profile.columns.size(); ++locus) {
    if (!profile.columns[locus]) continue;
    loci.push_back(locus);
    columns.push_back(lattices_.get(locus, profile.columns[locus]));
  }
  const std::vector<double> weight{0.0, 1.0}, weight_score{0.0, shift};
  const LatticeColumn shift_column = lattice_column(weight_score, weight, step_, Rounding::matched, Precision::bulk);

  for (const std::vector<std::size_t>& group : alike(loci)) {
    // The mean share over the group's children, so that the merged classes keep their total of typed loci.
    double n_children = 0.0;
    for (const std::size_t c : group) n_children += static_cast<double>(children_.classes[c].n_children);
    std::vector<LocusFactor> factors;
    double nothing_shared = 1.0;
    for (std::size_t i = 0; i < loci.size(); ++i) {
      double typed = 0.0;
      for (const std::size_t c : group) typed += children_.classes[c].typed[loci[i]] * static_cast<double>(children_.classes[c].n_children);
      typed /= n_children;
      if (typed <= 0.0) continue;
      factors.push_back({columns[i].get(), typed});
      nothing_shared *= 1.0 - typed;
    }
    if (factors.empty()) continue;
    if (shift != 0.0) factors.push_back({&shift_column, 1.0});
    const auto first = static_cast<std::int32_t>(std::floor(floor_ / step_ + 0.5));
    sum_.convolve(factors, first - 1, kScale);

    // Tail from the top; a pair without a shared locus scores 0 and is not compared.
    const auto size = std::max<std::int32_t>(0, sum_.first() + static_cast<std::int32_t>(sum_.mass().size()) - first);
    tail_.first = first;
    tail_.step = step_;
    tail_.expected.assign(static_cast<std::size_t>(size), 0.0);
    const auto untyped_at = static_cast<std::int32_t>(std::floor(shift / step_ + 0.5));
    double above = 0.0, highest = 0.0;
    for (std::int32_t k = size; k-- > 0;) {
      const std::int32_t index = first + k;
      if (index >= sum_.first()) above += static_cast<double>(sum_.mass()[static_cast<std::size_t>(index - sum_.first())]);
      if (index == untyped_at) above -= nothing_shared * kScale;
      tail_.expected[static_cast<std::size_t>(k)] = highest = std::max(highest, above / kScale);
    }
    for (const std::size_t c : group) by_class[c].add_scaled(tail_, static_cast<double>(children_.classes[c].n_children));
    family_.add_scaled(tail_, n_children);
  }
}

}  // namespace homeward
