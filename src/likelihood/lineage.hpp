// Haplotypes that are inherited whole: how two compare, and what a match is worth by counting.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "homeward/allele.hpp"

namespace homeward {

/// One locus of a Y haplotype in two persons; alleles as reported. A locus of two copies holds an unordered pair.
struct LineageCall {
  std::string_view locus;
  Genotype a, b;
};

enum class LineageVerdict : std::uint8_t {
  not_compared,    ///< no locus is typed in both
  cannot_exclude,  ///< no difference
  inconclusive,    ///< one or two loci differ, by one repeat each: mutation, or two lineages
  excluded
};
std::string_view to_string(LineageVerdict verdict);

struct LineageComparison {
  unsigned n_loci = 0;       ///< typed in both
  unsigned n_different = 0;  ///< of these
  unsigned steps = 0;        ///< whole repeats between the two, summed over the loci that differ; 0 with `no_steps`
  bool no_steps = false;     ///< some difference is no whole number of repeats, or of a locus of two copies
  LineageVerdict verdict = LineageVerdict::not_compared;
};

/// Compares two Y haplotypes (METHODS, "Lineage markers"). DYS389II contains DYS389I: where both are typed in both persons the
/// difference of the two is compared. Half-known calls count as untyped.
LineageComparison compare_lineage(std::span<const LineageCall> calls);

/// What x of n reference haplotypes equal to the one in question say of its frequency.
struct CountedFrequency {
  double estimate = 1.0;  ///< (x + 1) / (n + 1)
  double upper_95 = 1.0;  ///< one-sided 95 % bound of Clopper and Pearson: P(X <= x | n, p) = 0.05
};
/// O(x log(1/precision)). n = 0: both are 1, a match is worth nothing.
CountedFrequency counted_frequency(std::uint64_t x, std::uint64_t n);

}  // namespace homeward
