// Closed forms for a child of typed parents: theta 0, no silent allele, autosomal.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "homeward/pedigree.hpp"
#include "homeward/population.hpp"

namespace homeward {

/// P(the allele a child receives from this parent = x) by AlleleIndex. METHODS, "Likelihood": t[x] = (M[a,x] + M[b,x]) / 2.
struct ParentGametes {
  std::vector<double> t;
};

/// Gamete of a typed parent a/b of the given sex (male: the father's matrix, female: the mother's).
/// Throws ModelError when an allele is not in the locus's state space, Error(failure) when the genotype is not fully
/// known or the sex is unknown. O(n).
std::vector<double> parent_gamete(const LocusModel& model, Genotype parent, Sex sex);

/// One entry of it: P(a parent with alleles a and b passes on x), `matrix` the parent's. The same bits as parent_gamete.
inline double parent_gamete_at(const TransitionMatrix& matrix, AlleleIndex a, AlleleIndex b, AlleleIndex x) {
  return (matrix(a, x) + matrix(b, x)) / 2.0;
}

/// Gamete of an untyped parent: the population (`half`), or the population passed through the mutation matrix (`full`:
/// sum_i p_i M[i, x]). METHODS, "Untyped parent". O(n) or O(n^2).
std::vector<double> untyped_parent_gamete(const LocusModel& model, Sex sex, UntypedParent rule);

/// P(child = g | parents) / P(child = g | unrelated) by GenotypeCode; entry 0 (untyped) is exactly 1. With u = t / p:
/// LR({x, y}) = (u_f[x] u_m[y] + u_f[y] u_m[x]) / 2, homozygotes included; an untyped parent under `half` has u = 1.
/// Throws Error(failure) for theta > 0, a silent allele or a sex chromosome: those need pedigree_likelihood. O(n^2).
std::vector<double> child_likelihood_ratios(const LocusModel& model, std::span<const double> from_father,
                                            std::span<const double> from_mother);

/// What a parent gives at the two alleles x <= y of a child, divided by the alleles' frequencies.
struct GameteRatios {
  double x = 1.0, y = 1.0;
};
/// One entry of child_likelihood_ratios, the same bits.
inline double child_likelihood_ratio(const GameteRatios& father, const GameteRatios& mother) {
  return (father.x * mother.y + father.y * mother.x) / 2.0;
}

/// By GenotypeCode: 1 when the child's genotype is impossible without mutation (identity matrices, no silent allele)
/// given the typed parents; nullopt = untyped parent. Entry 0 is 0. Throws as parent_gamete. O(n^2).
std::vector<std::uint8_t> inconsistent_without_mutation(const LocusModel& model, std::optional<Genotype> father,
                                                        std::optional<Genotype> mother);

}  // namespace homeward
