// Genotype weights of a child at one locus of a family.
#pragma once

#include <span>
#include <vector>

namespace homeward {

/// related x P(g | H1) + (1 - related) x P(g | H2) by GenotypeCode, with P(g | H1) = P(g | H2) LR(g) scaled to sum to 1.
std::vector<double> child_weights(std::span<const double> log10_lr, const std::vector<double>& unrelated, double related);

}  // namespace homeward
