#include "search/exact_hit.hpp"

#include <algorithm>

#include "score/exact_block.hpp"

namespace homeward {

namespace {

bool is_member(PersonIndex person, const Family& family) {
  if (person == kNobody) return false;
  return person == family.father || person == family.mother ||
         std::find(family.typed.begin(), family.typed.end(), person) != family.typed.end();
}

}  // namespace

bool shares_a_locus(std::span<const GenotypeCode> codes, const LocusMask& mask) {
  for (std::size_t locus = 0; locus < codes.size(); ++locus)
    if (codes[locus] != kUntyped && (mask[locus / 64] >> (locus % 64) & 1U) != 0) return true;
  return false;
}

std::optional<Hit> exact_hit(const FamilyTile& tile, std::uint32_t k, const Family& family, std::span<const GenotypeCode> codes,
                             PersonIndex child, double min_log10_lr) {
  const ExactScore score = exact_score_of(tile.compiled[k], codes);
  if (!(score.log10_lr >= min_log10_lr)) return std::nullopt;
  if (score.n_loci == 0 && !shares_a_locus(codes, tile.masks[k])) return std::nullopt;
  if (is_member(child, family)) return std::nullopt;
  Hit hit;
  hit.log10_lr = score.log10_lr;
  hit.child = child;
  hit.family = tile.first + k;
  hit.n_loci = score.n_loci;
  hit.n_inconsistent = score.n_inconsistent;
  hit.hypothesis = score.hypothesis;
  return hit;
}

}  // namespace homeward
