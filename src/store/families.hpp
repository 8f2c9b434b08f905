// Who searches together: persons and families derived from what samples and pedigree tables declare.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "homeward/family.hpp"
#include "store/store_data.hpp"

namespace homeward::storage {

/// Why a family is not searchable, and where the newest of its declarations stands.
struct FamilyProblem {
  std::string family_id;  ///< to recognise it; never printed
  Refusal reason = Refusal::too_many_parents;
  std::string message;  ///< names lines, no ids
  std::uint32_t batch = 0;
  std::uint64_t line = 0;
};

/// A person whose AMEL contradicts the declared role or sex, or whose declared role contradicts the declared sex.
struct SexContradiction {
  std::uint32_t person = 0;
  bool by_amel = true;
};

/// Fills persons.role and persons.sex: role and sex as the samples declare, AMEL (X/X female, X/Y male) where no sex is
/// stated, a `parent` of known sex as father or mother. O(samples + typings).
std::vector<SexContradiction> derive_persons(StoreData& data);

/// Fills families, refused and the derived columns of relatives, over the whole store:
/// - a family with pedigree rows is that pedigree, one family a missing place;
/// - else fathers, mothers and parents of one family id and slot form a couple, or stand alone;
/// - a searching person without a family is a family of their own, named by the sample id.
/// A member without a slot belongs to every slot of the family. Requires derive_persons. O(n log n).
std::vector<FamilyProblem> derive_families(StoreData& data);

/// Families as a search sees them, ascending (id, slot).
std::vector<Family> families_of(const StoreData& data);

}  // namespace homeward::storage
