// Likelihoods of typed relatives at one locus under any pedigree.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "homeward/observation.hpp"
#include "homeward/pedigree.hpp"
#include "homeward/population.hpp"

namespace homeward {

/// A likelihood as value x 2^exponent: never underflows, however large the pedigree. Scaling by powers of two is exact.
struct ScaledLikelihood {
  double value = 0.0;
  long exponent = 0;
  double plain() const;  ///< as a double; 0 when below its range
};

/// value of a / b: NaN when both are 0 (the data contradict both hypotheses), 0 or +inf when one is.
double likelihood_ratio(const ScaledLikelihood& a, const ScaledLikelihood& b);
/// log10 of the same, exact where the ratio itself would leave the range of a double. -inf, +inf, NaN likewise.
double log10_likelihood_ratio(const ScaledLikelihood& a, const ScaledLikelihood& b);

/// P(all observations | pedigree, model) at one locus: the sum over unobserved alleles of founder probabilities x
/// transmissions x observation (METHODS, "Likelihood"). Heterozygotes count both orders. Exact: theta > 0, silent
/// allele, drop-out, X (model.locus.chromosome; males have one allele, written a == b), loops through inbreeding.
/// @param observed  one entry per person of the pedigree, same order.
/// Autosomes and X. A silent allele counts as one more allele of the theta urn; drop-in alleles come from the visible
/// frequencies. Cost: METHODS, "Cost": about n^2 to n^3 operations for n alleles; with theta > 0 times the number of
/// set partitions of the founder alleles that stay unobserved.
/// Thread-safe. Throws ModelError when an observed allele is not in the locus's list or the model is out of range,
/// Error(input) for an unsound pedigree or impossible data form, Error(failure) when a combination is not supported,
/// saying which.
double pedigree_likelihood(const Pedigree& pedigree, std::span<const ObservedGenotype> observed, const LocusModel& model,
                           const ObservationModel& observation);
/// The same without underflow.
ScaledLikelihood scaled_pedigree_likelihood(const Pedigree& pedigree, std::span<const ObservedGenotype> observed, const LocusModel& model,
                                            const ObservationModel& observation);

/// For every genotype code g of the missing person: P(observations of the others, missing = g | pedigree), by
/// GenotypeCode (entry 0 = untyped: P(observations)). One pass, not one per genotype. `missing = g` means observed as g
/// by `Observation::genotype`: with a silent allele a/a includes a/silent, with a typing error every true genotype
/// counts. What `observed` says of the missing person is ignored. An X-chromosomal male has homozygous codes only.
/// With a silent allele entry 0 exceeds the sum of the others by P(observations, no allele seen).
std::vector<double> missing_genotype_likelihoods(const Pedigree& pedigree, PersonInPedigree missing,
                                                 std::span<const ObservedGenotype> observed, const LocusModel& model,
                                                 const ObservationModel& observation);

/// One locus of a linked pair.
struct LinkedLocus {
  std::span<const ObservedGenotype> observed;
  const LocusModel& model;
};

/// Joint P(observations at two linked loci | pedigree): sum over inheritance vectors v1, v2 of 2^-m x product over the m
/// meioses of rho (different) or 1 - rho (same) x P(obs1 | v1) P(obs2 | v2). Linkage equilibrium and unknown phase in
/// founders; mutation independent of recombination; rho the same in both sexes (METHODS, "Linked loci").
/// Cost 2^m likelihoods per locus: throws Error(failure) when more than 20 meioses matter.
/// @param rho recombination fraction, 0 to 0.5.
ScaledLikelihood linked_pair_likelihood(const Pedigree& pedigree, const LinkedLocus& first, const LinkedLocus& second, double rho,
                                        const ObservationModel& observation);

/// Tables of linked pairs are made for at most so many meioses.
inline constexpr std::size_t kMostMeiosesOfTable = 12;

/// P(missing = (g1, g2) | observations of the others at both loci, pedigree), row by row: entry g1 * n + g2 with n the number of
/// genotype codes at the second locus. Entries with g1 = 0 or g2 = 0 are the sums over that locus. What is observed of the
/// missing person is ignored. Empty when the others' data have probability 0. Autosomal loci, theta 0. Cost: 2^m sums per
/// locus for m meioses, and 2^m operations per entry.
/// Throws as linked_pair_likelihood, and Error(failure) for theta, X, or more than kMostMeiosesOfTable meioses.
std::vector<double> linked_missing_probabilities(const Pedigree& pedigree, PersonInPedigree missing, const LinkedLocus& first,
                                                 const LinkedLocus& second, double rho);

}  // namespace homeward
