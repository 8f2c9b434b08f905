// The allele states one likelihood sums over, and what an observation says about them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "homeward/observation.hpp"
#include "homeward/population.hpp"

namespace homeward::detail {

using State = std::uint16_t;

/// How the true alleles of one person weigh, given what was seen: P(seen | genes). One gene (an X-chromosomal male):
/// weights by position in `domain`; two genes: a symmetric table, row by row.
struct Evidence {
  std::vector<State> domain;  ///< ascending; every other state has weight 0
  std::vector<double> weights;
  bool one_gene = false;
  double weight(State x) const;
  double weight(State x, State y) const;
};

/// Allele states: the locus's alleles, in allele order, then the silent allele if there is one. Alleles that nobody shows
/// are joined into one state where that is exact: when every matrix sends them to each other allele with the same
/// probability (none, equal, proportional). Checked for both sexes, never assumed.
class StateSpace {
 public:
  enum class Lumping { allowed, off };
  StateSpace(const LocusModel& model, std::span<const ObservedGenotype> observed, Lumping lumping);
  std::size_t size() const { return frequencies_.size(); }
  const std::vector<double>& frequencies() const { return frequencies_; }  ///< by state, the silent allele included
  double transmission(bool male, State from, State to) const { return (male ? male_ : female_)[from * size() + to]; }
  /// P(seen | true genes) for an observed person. `copies`: 1 for an X-chromosomal male, else 2.
  Evidence evidence(const ObservedGenotype& seen, int copies, const ObservationModel& observation) const;

 private:
  State state_of(Allele allele) const;
  bool silent(State state) const { return has_silent_ && state + 1U == size(); }
  double outcome_of_dropout(std::span<const State> copies, std::span<const State> seen, double dropout) const;
  double outcome_of_set(std::span<const State> copies, std::span<const State> seen, const ObservationModel& observation) const;
  Evidence genotype_evidence(State x, State y, int copies) const;
  Evidence error_evidence(State x, State y, const ObservationModel& observation) const;
  Evidence set_evidence(std::span<const State> seen, int copies, const ObservationModel& observation) const;

  const LocusModel& model_;
  bool has_silent_ = false;
  std::vector<State> state_of_allele_;
  std::vector<double> frequencies_;
  std::vector<double> dropin_;  ///< visible frequencies by state, unscaled
  std::vector<double> male_, female_;
};

}  // namespace homeward::detail
