// The same person typed twice: identical and near-identical profiles.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "homeward/family.hpp"
#include "homeward/population.hpp"

namespace homeward {

/// What a locus where two typings differ looks like.
enum class TypingDifference : std::uint8_t {
  dropout = 1,     ///< one shows a single allele that the other has too
  one_step = 2,    ///< one allele shared, the other a repeat apart
  one_allele = 3,  ///< one allele shared
  both_alleles = 4
};

struct DuplicatePair {
  PersonIndex a = 0, b = 0;   ///< a < b
  double log10_lr = 0.0;      ///< same person (or an identical twin) against unrelated people (METHODS, "Identity")
  double log10_lr_sib = 0.0;  ///< against full sibs
  std::uint32_t n_loci = 0, n_identical = 0;
  std::vector<std::pair<std::uint32_t, TypingDifference>> differences;  ///< locus of the population, kind
};

/// Chances that a typing of the loci of a person shows something else.
struct IdentityModel {
  double error_rate = 0.01;  ///< of a genotype, any other genotype by its frequency
};

/// Every pair of persons with log10_lr >= min_log10_lr that agree wholly at four loci that are neighbours, or every other one, in the
/// population's table, and at half of their loci at least. So at n loci in a row typed in both, a pair with fewer than n / 4 differences is
/// never missed (METHODS, "Identity"). Ascending (a, b). Loci where a typing is half known do not count. Memory: calls of all persons, four
/// bytes a locus, and the pairs. Not thread-safe (source).
std::vector<DuplicatePair> find_duplicates(const ProfileSource& source, const EffectivePopulation& population, const IdentityModel& model,
                                           double min_log10_lr);

}  // namespace homeward
