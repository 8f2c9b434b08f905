// One locus of a family: likelihood ratios of every genotype the child may have.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "homeward/likelihood.hpp"
#include "homeward/pedigree.hpp"
#include "homeward/population.hpp"

namespace homeward {

/// P(genotype of alleles x, y | unrelated) at theta 0 with silent frequency s: Hardy-Weinberg, a/a read as a/a or a/silent.
inline double unrelated_probability(double s, double p_x, double p_y, bool homozygous) {
  const double q = (1.0 - s) * p_y;
  return homozygous ? q * q + 2.0 * q * s : 2.0 * (1.0 - s) * p_x * q;
}

/// The silent part of what a parent seen as a/a passes on: truly a/a with probability q / (q + 2s), q = (1 - s) p_a; else
/// a/silent, which passes the silent allele a half of the time.
inline double silent_share(double s, double p_a) { return s / ((1.0 - s) * p_a + 2.0 * s); }

/// What a parent passes on at a child's alleles x and y when a silent allele exists.
struct SilentGameteAt {
  double x = 0.0, y = 0.0, silent = 0.0;
};
/// P(child is seen as x/y | gametes). METHODS, "Typed parents with a silent allele".
inline double silent_child_probability(const SilentGameteAt& f, const SilentGameteAt& m, bool homozygous) {
  return homozygous ? f.y * m.y + f.y * m.silent + f.silent * m.y : f.x * m.y + f.y * m.x;
}

/// P(child = g | unrelated) by GenotypeCode at theta 0: Hardy-Weinberg, a/a read as a/a or a/silent; entry 0 is 1.
std::vector<double> unrelated_probabilities(const LocusModel& model);

/// LR(g) = P(child = g | typed parents) / P(child = g | unrelated) by GenotypeCode, entry 0 exactly 1; nullopt = untyped
/// parent. Closed forms at theta 0, with a silent allele too (METHODS, "Typed parents with a silent allele"); the pedigree
/// likelihood for theta > 0. Empty when the parents' own data have probability 0. At least one parent must be typed.
std::vector<double> parents_likelihood_ratios(const LocusModel& model, UntypedParent rule, std::optional<Genotype> father,
                                              std::optional<Genotype> mother);

/// The same for any pedigree: P(relatives, missing = g | H1) / P(relatives, an unrelated child = g | H2). H2 keeps the
/// relatives and the missing person, untyped, and adds a founder. At theta 0 that is P(relatives) P(g); with theta the
/// founder draws from the same urn (METHODS, "Theta"). Empty when the relatives' data have probability 0.
std::vector<double> pedigree_likelihood_ratios(const LocusModel& model, UntypedParent rule, const Pedigree& pedigree,
                                               PersonInPedigree missing, std::span<const ObservedGenotype> observed);

/// By GenotypeCode: 1 when the pedigree's data with missing = g are impossible without mutation; silent alleles do not excuse a
/// mismatch. Entry 0 is 0. Cost: that of a locus with the alleles the relatives show and two more.
std::vector<std::uint8_t> pedigree_inconsistent(const LocusModel& model, const Pedigree& pedigree, PersonInPedigree missing,
                                                std::span<const ObservedGenotype> observed);

/// A pedigree as one locus sees it under the rule for untyped parents.
struct LocusPedigree {
  Pedigree pedigree;
  PersonInPedigree missing = kNoParent;
  std::vector<ObservedGenotype> observed;
};

/// `half`: untyped founders with a single child are left out, again and again until none is left, and their gametes are
/// drawn straight from the population (METHODS, "Untyped parent"); the missing person always stays. `full`: as it is.
LocusPedigree apply_untyped_parent_rule(const Pedigree& pedigree, PersonInPedigree missing, std::span<const ObservedGenotype> observed,
                                        UntypedParent rule);

}  // namespace homeward
