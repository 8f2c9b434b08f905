#include "score/linked_scores.hpp"

#include <algorithm>
#include <cmath>

#include "score/columns.hpp"

namespace homeward {

namespace {

/// Differences this small are rounding: linkage has no part in them.
constexpr double kNoGain = 1e-9;

}  // namespace

std::shared_ptr<const LinkedScores> linked_scores(const EffectivePopulation& population, const LinkedLoci& pair, const Pedigree& pedigree,
                                                  PersonInPedigree missing, std::span<const ObservedGenotype> at_first,
                                                  std::span<const ObservedGenotype> at_second, const LocusScores& first,
                                                  const LocusScores& second) {
  // The rule for untyped parents looks at both loci: whoever is typed at one of them stays.
  std::vector<ObservedGenotype> either(at_first.begin(), at_first.end());
  for (std::size_t i = 0; i < either.size(); ++i)
    if (either[i].kind == Observation::untyped) either[i] = at_second[i];
  const LocusPedigree kept = apply_untyped_parent_rule(pedigree, missing, either, population.untyped_parent);
  std::vector<ObservedGenotype> kept_first, kept_second;
  for (const PedigreePerson& person : kept.pedigree.persons()) {
    const auto place = static_cast<std::size_t>(*pedigree.find(person.id));
    kept_first.push_back(at_first[place]);
    kept_second.push_back(at_second[place]);
  }
  const LocusModel& model1 = population.loci[pair.first];
  const LocusModel& model2 = population.loci[pair.second];
  const std::vector<double> joint =
      linked_missing_probabilities(kept.pedigree, kept.missing, {kept_first, model1}, {kept_second, model2}, pair.rho);
  if (joint.empty()) return nullptr;

  const std::vector<double> unrelated1 = unrelated_probabilities(model1), unrelated2 = unrelated_probabilities(model2);
  auto scores = std::make_shared<LinkedScores>();
  scores->first = pair.first;
  scores->second = pair.second;
  scores->n_second_codes = unrelated2.size();
  scores->gain.assign(joint.size(), 0.0);
  bool any = false;
  for (std::size_t i = 1; i < unrelated1.size(); ++i)
    for (std::size_t j = 1; j < unrelated2.size(); ++j) {
      // What one locus excludes, both exclude.
      if (std::isinf(first.log10_lr[i]) || std::isinf(second.log10_lr[j])) continue;
      const std::size_t cell = i * unrelated2.size() + j;
      const double gain = std::log10(joint[cell] / (unrelated1[i] * unrelated2[j])) - first.log10_lr[i] - second.log10_lr[j];
      any = any || std::abs(gain) > kNoGain;
      scores->gain[cell] = gain;
      scores->best = std::max(scores->best, gain);
    }
  return any ? scores : nullptr;
}

}  // namespace homeward
