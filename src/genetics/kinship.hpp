// How two persons of a pedigree are related: probabilities of sharing alleles by descent.
#pragma once

#include <vector>

#include "homeward/pedigree.hpp"

namespace homeward {

/// Kinship coefficients of all pairs of a pedigree: the probability that an allele of one and an allele of the other, drawn
/// at random, descend from the same founder allele. phi[i * n + j], n persons; founders unrelated and not inbred.
/// Requires a pedigree without own-ancestor defects. O(n^2).
std::vector<double> kinship_coefficients(const Pedigree& pedigree);

/// How many alleles two persons share by descent (k0 + k1 + k2 = 1).
struct SharedByDescent {
  double k0 = 1.0, k1 = 0.0, k2 = 0.0;
};

/// What a pedigree says of two of its persons.
enum class DeclaredRelation : std::uint8_t {
  unrelated,  ///< no common ancestor in the pedigree
  parent_child,
  full_sib,
  second_degree,  ///< half sibs, grandparent and grandchild, uncle or aunt and nephew or niece
  further,        ///< related otherwise
  inbred          ///< one of the two has related parents: three numbers do not say how they are related
};

struct PairInPedigree {
  DeclaredRelation relation = DeclaredRelation::unrelated;
  SharedByDescent shared;
};
/// @param phi of kinship_coefficients().
PairInPedigree pair_in_pedigree(const Pedigree& pedigree, const std::vector<double>& phi, PersonInPedigree a, PersonInPedigree b);

}  // namespace homeward
