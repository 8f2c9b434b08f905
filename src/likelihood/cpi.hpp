// The empirical decreasing step of Chinese casework, for loci that break Mendel's rules: a convention, not a model.
#pragma once

#include "homeward/population.hpp"

namespace homeward {

/// A paternity index and the fewest whole-repeat steps that lead to it; steps 0 = no whole-repeat step explains the locus.
struct EmpiricalIndex {
  double pi = 0.0;
  unsigned steps = 0;
};

/// PI of a parent and child who share no allele: rate 10^(1-s) (k_c/p_c + k_d/p_d) / 8 for a child c/d, s = fewest whole
/// repeats between a parental and a child's allele of one decimal class, k_x = number of the parent's two alleles at
/// distance s from x (both terms count when c = d). PI = rate when no whole-repeat step exists.
/// Its expectation under H2 is not 1: shown beside the likelihood ratio, never mixed into a ranking. METHODS, "Chinese
/// casework convention". Throws ModelError when an allele has no frequency, Error(failure) when the pair is consistent.
EmpiricalIndex empirical_duo_index(const LocusModel& model, Genotype parent, Genotype child, double rate);

/// PI of a tested parent when the other parent is known and consistent with the child: k rate / (4 10^(s-1) sum p_x) over
/// the child's alleles x that may come from the tested parent, k = number of (tested parent's allele, x) pairs at
/// distance s. Throws as above, and Error(failure) when the known parent shares no allele with the child.
EmpiricalIndex empirical_trio_index(const LocusModel& model, Genotype tested, Genotype known, Genotype child, double rate);

}  // namespace homeward
