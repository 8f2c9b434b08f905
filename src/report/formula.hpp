// Closed forms in the terms of the field, and steps between repeats.
#pragma once

#include <optional>
#include <string>

#include "homeward/allele.hpp"
#include "homeward/panel.hpp"

namespace homeward {

/// The likelihood ratio of a child of one or two typed parents as geneticists write it, with p and q the frequencies of
/// the child's lower and higher allele: "1/(2p)", "(p+q)/(4pq)". It leaves mutation out where the genotypes fit; where
/// they do not, it names the sum that mutation makes. nullopt = untyped parent. METHODS, "Closed forms".
std::string parent_formula(Genotype child, std::optional<Genotype> father, std::optional<Genotype> mother);

/// Whole repeats between two alleles of the same decimal class (letters: 0 if equal); nullopt when no number of
/// whole-repeat steps leads from one to the other.
std::optional<int> whole_steps(Allele from, Allele to);

/// Fewest whole-repeat steps that explain the child's genotype, over both ways of assigning its alleles to the parents;
/// 0 = fits without mutation, -1 = no number of whole steps does. At least one parent is given.
int fewest_steps(Genotype child, std::optional<Genotype> father, std::optional<Genotype> mother);

/// "autosomal STR", "X SNP", "sex marker".
std::string locus_class(const Locus& locus);

}  // namespace homeward
