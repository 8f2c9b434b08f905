// Likelihoods of typed relatives at one locus under any pedigree.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "homeward/pedigree.hpp"
#include "homeward/population.hpp"

namespace homeward {

/// What was seen of one person at one locus.
enum class Observation : std::uint8_t {
  untyped,   ///< nothing: sums over every genotype
  genotype,  ///< both alleles seen (a/a may be a/silent when the model has a silent allele)
  set        ///< a partial profile: the set of alleles seen (0, 1 or 2 alleles), read through drop-out and drop-in
};

struct ObservedGenotype {
  Observation kind = Observation::untyped;
  Genotype genotype;  ///< for `set`: {x} is (empty, x), {} is (empty, empty)
};

/// How observations arise from true genotypes. E1 / E2: SNP typing error (METHODS).
enum class ErrorModel : std::uint8_t { none = 0, e1 = 1, e2 = 2 };
struct ObservationModel {
  ErrorModel error = ErrorModel::none;
  double error_rate = 0.0;
  double dropout = 0.0;  ///< per allele copy, for observations of kind `set`
  double dropin = 0.0;   ///< probability of one extra allele, for observations of kind `set`
};

/// P(all observations | pedigree, model) at one locus: the sum over unobserved alleles of founder probabilities x
/// transmissions x observation (METHODS, "Likelihood"). Heterozygotes count both orders. Exact: theta > 0, silent
/// allele, drop-out, X (model.locus.chromosome; males have one allele, written a == b), loops through inbreeding.
/// Never underflows to 0 for possible data. Cost: METHODS, "Cost". Thread-safe. Throws Error(failure) when a
/// combination is not supported, saying which.
double pedigree_likelihood(const Pedigree& pedigree, std::span<const ObservedGenotype> observed, const LocusModel& model,
                           const ObservationModel& observation);

/// For every genotype code g of the missing person: P(observations of the others, missing = g | pedigree), by
/// GenotypeCode (entry 0 = untyped: P(observations)). One pass, not one per genotype.
std::vector<double> missing_genotype_likelihoods(const Pedigree& pedigree, PersonInPedigree missing,
                                                 std::span<const ObservedGenotype> observed, const LocusModel& model,
                                                 const ObservationModel& observation);

}  // namespace homeward
