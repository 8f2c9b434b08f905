// Exact distributions of the score of a family: how a true child scores, how an unrelated one does, how a near relative.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "homeward/population.hpp"
#include "homeward/scoring_profile.hpp"

namespace homeward {

/// P(child's genotype = code | unrelated, typed at the locus), by locus of the population and GenotypeCode; entry 0 is 0 and each
/// locus sums to 1: with a silent allele the outcome "no allele seen" is taken out, since such a child is untyped there.
using GenotypeWeights = std::vector<std::vector<double>>;

/// Hardy-Weinberg at the population's frequencies (METHODS, "Chance hits"). With theta > 0 an unrelated child still counts as drawn
/// from the table: the family's own alleles, which theta makes likelier, are left out.
GenotypeWeights unrelated_weights(const EffectivePopulation& population);
/// The same children drawn from another table: codes are those of `scored`, frequencies those of `truth`. An allele that `truth`
/// lacks has weight 0; a locus that `truth` lacks keeps the weights of `scored`. Each locus sums to 1 again.
GenotypeWeights unrelated_weights(const EffectivePopulation& scored, const EffectivePopulation& truth);

/// How a score is put on the lattice. `down` and `up` move every score of every locus down or up to the next multiple of the
/// step, so their tails are below and above the exact one: proofs. `matched` splits each score over three neighbouring
/// points so that mass, mean and variance stay what they are: an estimate whose error falls with the cube of the step.
enum class Rounding : std::uint8_t { down, up, matched };

/// Where a distribution is computed: multiples of `step` (log10 units). `floor`: tails are asked at or above it only; partial sums
/// that cannot reach it any more are dropped, which changes no tail and saves most of the work.
struct TailGrid {
  double step = 0.02;
  double floor = 0.0;
  Rounding rounding = Rounding::matched;
};

/// Whose score it is. `related` is the probability, locus by locus, that the child's genotype is that of the family's own child,
/// else of an unrelated one: 1 the true child, 0 an unrelated child, 1/2 the child of a full sib of the true parent, 1/4 of a
/// half sib (METHODS, "Close relatives").
inline constexpr double kTrueChild = 1.0, kUnrelatedChild = 0.0, kChildOfFullSib = 0.5, kChildOfHalfSib = 0.25;

/// P(log10 LR >= x) for x >= the grid's floor. Loci are independent; scores of -inf (LR 0) never reach anything and are no
/// part of the lattice, but of the whole: `impossible()`.
class ScoreDistribution {
 public:
  /// Non-increasing in x. Between the points of a `matched` lattice log-linear; exact steps for `down` and `up`. Below the grid's
  /// floor it says what it says at the floor. Relative precision holds down to the smallest normal double: all terms of
  /// `down` and `up` are positive, so nothing cancels.
  double tail(double log10_lr) const;
  double impossible() const { return impossible_; }
  double highest() const;  ///< the largest log10 LR on the lattice; -inf when nothing reaches the floor

 private:
  friend ScoreDistribution score_distribution(const ScoringProfile&, const GenotypeWeights&, double, std::span<const double>,
                                              const TailGrid&);
  TailGrid grid_;
  std::int64_t first_ = 0;    ///< lattice index of tail_[0]
  std::vector<double> tail_;  ///< P(lattice score >= index)
  double impossible_ = 0.0;
};

/// @param typed by locus of the population, the probability that the child is typed there: 0 and 1 for a known child (a mask),
///              between them for a class of children. A locus with a null column counts as untyped.
/// Cost: per locus, distinct scores x points between the floor's reach and the top; about 0.2 ms for 20 STR loci at step 0.02.
/// Thread-safe. Throws Error(internal) when sizes do not fit.
ScoreDistribution score_distribution(const ScoringProfile& profile, const GenotypeWeights& unrelated, double related,
                                     std::span<const double> typed, const TailGrid& grid);

/// A tail with a proof.
struct TailBounds {
  double lower = 0.0, upper = 0.0;  ///< P(log10 LR >= x) lies between
  double step = 0.0;                ///< of the grid that gave them
};
/// Halves the step from 0.02 until upper <= (1 + relative) lower, or the step falls below 1e-4: a score with much mass exactly at
/// x keeps the bounds apart. Cost: up to a second for 24 loci.
TailBounds tail_bounds(const ScoringProfile& profile, const GenotypeWeights& unrelated, double related, std::span<const double> typed,
                       double log10_lr, double relative = 0.01);

/// The tail of a whole family, whose LR is a weighted sum over hypotheses (METHODS, "Tails of a mixture").
class FamilyTail {
 public:
  /// Unrelated and near-relative children: the sum over hypotheses of P(w_i LR_i >= t); a parent of unknown sex counts as one
  /// hypothesis whose LR is the mean of both sexes locus by locus. The true child: P(w_i LR_i >= t) under the hypothesis of the
  /// largest weight, i.e. when the registration is right. At most 1.
  double at(double log10_lr) const;

 private:
  friend FamilyTail family_tail(const CompiledFamily&, const GenotypeWeights&, double, std::span<const double>, const TailGrid&);
  struct Part {
    ScoreDistribution distribution;
    double shift = 0.0;  ///< added to the score: log10 of the weight
  };
  std::vector<Part> parts_;
};
FamilyTail family_tail(const CompiledFamily& family, const GenotypeWeights& unrelated, double related, std::span<const double> typed,
                       const TailGrid& grid);

}  // namespace homeward
