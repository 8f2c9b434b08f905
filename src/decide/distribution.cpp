#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "decide/lattice.hpp"
#include "decide/parts.hpp"
#include "decide/weights.hpp"
#include "homeward/error.hpp"
#include "score/columns.hpp"

namespace homeward {

namespace {

void normalise(std::vector<double>& weights) {
  weights[kUntyped] = 0.0;
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& w : weights) w /= total;
}

/// Frequencies of `truth` by allele index of `scored`; 0 where truth lacks the allele.
LocusModel with_frequencies_of(const LocusModel& scored, const LocusModel& truth) {
  LocusModel mixed = scored;
  mixed.silent = truth.silent;
  for (std::size_t i = 0; i < scored.frequencies.size(); ++i) {
    const auto index = truth.locus.index_of(scored.locus.alleles[i]);
    mixed.frequencies[i] = index ? truth.frequencies[*index] : 0.0;
  }
  return mixed;
}

std::int64_t floor_index(const TailGrid& grid) {
  // Two steps of margin: a matched split reaches one point below its score, and tails are read half a point away.
  const double slack = grid.rounding == Rounding::up ? -1e-9 : 0.0;
  return static_cast<std::int64_t>(std::floor(grid.floor / grid.step + slack)) - 2;
}

}  // namespace

GenotypeWeights unrelated_weights(const EffectivePopulation& population) {
  GenotypeWeights weights;
  for (const LocusModel& model : population.loci) {
    weights.push_back(unrelated_probabilities(model));
    normalise(weights.back());
  }
  return weights;
}

GenotypeWeights unrelated_weights(const EffectivePopulation& scored, const EffectivePopulation& truth) {
  GenotypeWeights weights;
  for (const LocusModel& model : scored.loci) {
    const LocusModel* other = truth.find(model.locus.name);
    weights.push_back(unrelated_probabilities(other != nullptr ? with_frequencies_of(model, *other) : model));
    normalise(weights.back());
  }
  return weights;
}

std::vector<double> child_weights(std::span<const double> log10_lr, const std::vector<double>& unrelated, double related) {
  if (related == 0.0) return unrelated;
  std::vector<double> weights(unrelated.size(), 0.0);
  double total = 0.0;
  for (std::size_t g = 1; g < unrelated.size(); ++g) total += weights[g] = unrelated[g] * std::pow(10.0, log10_lr[g]);
  // The law says total = 1, except for what a silent allele hides (taken out, as in the unrelated child) and theta's approximation.
  for (std::size_t g = 1; g < unrelated.size(); ++g) weights[g] = related * weights[g] / total + (1.0 - related) * unrelated[g];
  return weights;
}

ScoreDistribution score_distribution(const ScoringProfile& profile, const GenotypeWeights& unrelated, double related,
                                     std::span<const double> typed, const TailGrid& grid) {
  if (profile.columns.size() != unrelated.size() || typed.size() != unrelated.size())
    throw Error(ErrorKind::internal, "a score distribution needs weights and masks of the profile's loci");
  std::vector<LatticeColumn> columns;
  std::vector<double> probability;
  double possible = 1.0;
  for (std::size_t locus = 0; locus < typed.size(); ++locus) {
    if (!profile.columns[locus] || typed[locus] <= 0.0) continue;
    const std::vector<double>& scores = profile.columns[locus]->log10_lr;
    columns.push_back(lattice_column(scores, child_weights(scores, unrelated[locus], related), grid.step, grid.rounding, Precision::exact));
    probability.push_back(typed[locus]);
    possible *= 1.0 - typed[locus] * columns.back().impossible;
  }
  std::vector<LocusFactor> loci;
  for (std::size_t i = 0; i < columns.size(); ++i) loci.push_back({&columns[i], probability[i]});

  LatticeSum<double> sum;
  sum.convolve(loci, static_cast<std::int32_t>(floor_index(grid)), 1.0);
  ScoreDistribution result;
  result.grid_ = grid;
  result.first_ = sum.first();
  result.impossible_ = 1.0 - possible;
  result.tail_ = sum.mass();
  double above = 0.0;
  double highest_so_far = 0.0;  // split masses may be negative at single points; a tail never falls when more is added
  for (std::size_t k = result.tail_.size(); k-- > 0;) {
    above += result.tail_[k];
    result.tail_[k] = highest_so_far = std::max(highest_so_far, above);
  }
  return result;
}

double ScoreDistribution::highest() const {
  if (tail_.empty()) return -std::numeric_limits<double>::infinity();
  return static_cast<double>(first_ + static_cast<std::int64_t>(tail_.size()) - 1) * grid_.step;
}

double ScoreDistribution::tail(double log10_lr) const {
  const double x = std::max(log10_lr, grid_.floor) / grid_.step;
  const auto at = [&](std::int64_t index) {
    const std::int64_t k = std::max<std::int64_t>(index - first_, 0);
    return k < static_cast<std::int64_t>(tail_.size()) ? tail_[static_cast<std::size_t>(k)] : 0.0;
  };
  // Scores were moved down (up): count the points certainly (possibly) at or above x.
  if (grid_.rounding == Rounding::down) return at(static_cast<std::int64_t>(std::ceil(x - 1e-12)));
  if (grid_.rounding == Rounding::up) return at(static_cast<std::int64_t>(std::ceil(x - 1e-9)));
  // A matched point stands for the half steps about it: the tail at index k is the tail from k - 1/2 on.
  const double k = std::floor(x + 0.5);
  const double here = at(static_cast<std::int64_t>(k));
  const double next = at(static_cast<std::int64_t>(k) + 1);
  const double part = x + 0.5 - k;
  if (!(next > 0.0)) return here * (1.0 - part);
  return here * std::pow(next / here, part);
}

TailBounds tail_bounds(const ScoringProfile& profile, const GenotypeWeights& unrelated, double related, std::span<const double> typed,
                       double log10_lr, double relative) {
  constexpr double kFirstStep = 0.02, kLastStep = 1e-4;
  TailBounds bounds;
  for (double step = kFirstStep; step >= kLastStep; step /= 2.0) {
    bounds.step = step;
    bounds.lower = score_distribution(profile, unrelated, related, typed, {step, log10_lr, Rounding::down}).tail(log10_lr);
    bounds.upper = score_distribution(profile, unrelated, related, typed, {step, log10_lr, Rounding::up}).tail(log10_lr);
    if (bounds.upper <= (1.0 + relative) * bounds.lower) break;
  }
  return bounds;
}

double FamilyTail::at(double log10_lr) const {
  double sum = 0.0;
  for (const Part& part : parts_) sum += part.distribution.tail(log10_lr - part.shift);
  return std::min(sum, 1.0);
}

FamilyTail family_tail(const CompiledFamily& family, const GenotypeWeights& unrelated, double related, std::span<const double> typed,
                       const TailGrid& grid) {
  FamilyTail result;
  for (const FamilyPart& part : family_parts(family, related == kTrueChild)) {
    TailGrid shifted = grid;
    shifted.floor -= part.shift;
    result.parts_.push_back({score_distribution(part.profile, unrelated, related, typed, shifted), part.shift});
  }
  return result;
}

}  // namespace homeward
