// What was seen of a pedigree's persons, as the sums over genes take it.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "homeward/population.hpp"
#include "likelihood/gene_graph.hpp"
#include "likelihood/state_space.hpp"

namespace homeward::detail {

/// Throws when there is not one observation per person, or a probability is out of range.
void check_observations(const Pedigree& pedigree, std::span<const ObservedGenotype> observed, const LocusModel& model,
                        const ObservationModel& observation);

/// By person; nullopt = untyped.
std::vector<std::optional<Evidence>> evidence_of(const GeneGraph& graph, const StateSpace& space,
                                                 std::span<const ObservedGenotype> observed, const ObservationModel& observation);

/// True when some person's observation is impossible whatever the pedigree, e.g. two alleles seen of an all-dropped copy.
bool impossible(const std::vector<std::optional<Evidence>>& evidence);

}  // namespace homeward::detail
