// What scoring two linked loci together adds to scoring them one by one.
#pragma once

#include <memory>
#include <span>

#include "homeward/likelihood.hpp"
#include "homeward/scoring_profile.hpp"

namespace homeward {

/// The gains of one linked pair for one family (METHODS, "Linked loci"): by the child's two genotypes, log10 of the joint LR less
/// the scores of the two loci. Null where linkage changes nothing, as between parent and child, or where the relatives' data
/// are impossible. theta must be 0. Throws Error(failure) when more than kMostMeiosesOfTable meioses matter.
/// @param at_first, at_second  by person of `pedigree`: what was seen at the two loci; `first`, `second`: the two loci's columns.
std::shared_ptr<const LinkedScores> linked_scores(const EffectivePopulation& population, const LinkedLoci& pair, const Pedigree& pedigree,
                                                  PersonInPedigree missing, std::span<const ObservedGenotype> at_first,
                                                  std::span<const ObservedGenotype> at_second, const LocusScores& first,
                                                  const LocusScores& second);

}  // namespace homeward
