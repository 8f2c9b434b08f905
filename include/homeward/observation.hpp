// What was seen of a person at one locus, and how observations arise from true genotypes.
#pragma once

#include <cstdint>

#include "homeward/allele.hpp"

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

}  // namespace homeward
