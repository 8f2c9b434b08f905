// Other places the child may have in a pedigree than the missing person's.
#pragma once

#include <string_view>
#include <vector>

#include "homeward/family.hpp"

namespace homeward {

/// A family whose missing place is another one: the same typed relatives, the child elsewhere.
struct AlternativePlace {
  std::string_view name;  ///< as candidates.tsv writes it (data-schemas/candidates.md)
  Family family;
};

/// Close places: child of one of the two parents only (`father_side`, `mother_side`), child of a full sib of either
/// (`father_second_degree`, `mother_second_degree`); of a missing person without parents in the pedigree its full sib
/// (`full_sib`). Founders are added where a sib needs parents. METHODS, "Close alternatives".
std::vector<AlternativePlace> alternative_places(const Family& family);

}  // namespace homeward
