// One pair under each of its hypotheses, with the parts that the sums are made of.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "homeward/report.hpp"

namespace homeward {

/// One term of a pair's likelihood ratio at one child.
struct PairTerm {
  Hypothesis hypothesis = Hypothesis::father_only;
  double log10_weight = 0.0;
  double log10_lr = 0.0;           ///< the sum of by_locus and of what linked pairs add
  std::vector<double> by_locus;    ///< log10 LR, 0 where not used
  std::vector<std::uint8_t> used;  ///< child typed and column there
  std::vector<std::uint8_t> inconsistent;
  struct LinkedGain {
    LocusIndex first = 0, second = 0;
    double gain = 0.0;
  };
  std::vector<LinkedGain> linked;  ///< pairs of loci typed in the child
  double weighted() const { return log10_weight + log10_lr; }
  /// Empties it for `n_loci` loci; keeps its memory.
  void reset(Hypothesis of, double weight_log10, std::size_t n_loci);
};

/// Terms of a compiled family at the child's codes. The two halves of `parent_only` are named father_only and mother_only.
std::vector<PairTerm> pair_terms(const std::vector<ScoringTerm>& terms, std::span<const GenotypeCode> child);

/// One term of it, into memory that is there already; `parent_only` keeps its name.
void evaluate_term(const ScoringTerm& term, std::span<const GenotypeCode> child, PairTerm& out);
/// Names the two halves of `parent_only`.
void name_single_parents(std::span<PairTerm> terms);

/// The term with the largest weighted likelihood ratio; the first of equals, as exact_score chooses.
std::size_t leading_term(std::span<const PairTerm> terms);

/// log10 of the weighted sum over terms.
double mixed_log10(std::span<const PairTerm> terms);

/// The lowest mixed log10 LR over all ways to leave out one locus: how much hangs on a single locus.
double lowest_without_one_locus(std::span<const PairTerm> terms);

/// The child's codes at the loci of the population; what is not fully known counts as untyped.
std::vector<GenotypeCode> child_codes(const EffectivePopulation& population, std::span<const Genotype> calls);

/// Of a parent of unknown sex: father_only or mother_only, whichever is likelier.
Hypothesis likelier_parent(const CompiledFamily& family, const EffectivePopulation& population, std::span<const Genotype> child_calls);

}  // namespace homeward
