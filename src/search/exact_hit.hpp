// The exact score of a pair that the scan could not discard.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "homeward/results.hpp"
#include "search/family_tile.hpp"

namespace homeward {

/// Whether a child is typed at one of the loci of `mask`.
bool shares_a_locus(std::span<const GenotypeCode> codes, const LocusMask& mask);

/// The hit of family `k` of a tile and a child, when its exact log10 LR reaches the threshold, the two share a locus and the
/// child is no member of the family.
/// @param codes the child's, by locus of the population
/// @param child kNobody when it is not in the source
std::optional<Hit> exact_hit(const FamilyTile& tile, std::uint32_t k, const Family& family, std::span<const GenotypeCode> codes,
                             PersonIndex child, double min_log10_lr);

}  // namespace homeward
