// The `half` convention: an untyped founder with a single child is left out of a pedigree.
#pragma once

#include <vector>

#include "homeward/pedigree.hpp"

namespace homeward {

/// A pedigree without some of its persons; `original[i]` is the index of its person i in the pedigree it came from.
struct ReducedPedigree {
  Pedigree pedigree;
  std::vector<PersonInPedigree> original;
};

/// Leaves out every founder with exactly one child for whom `kept` is false; the child's gamete from that founder is
/// then drawn straight from the population (kPopulationGamete). `kept`: typed persons and the missing one.
/// METHODS, "Untyped parent".
ReducedPedigree leave_out_single_child_founders(const Pedigree& pedigree, const std::vector<bool>& kept);

}  // namespace homeward
