#include "homeward/results.hpp"

namespace homeward {

std::string_view to_string(Hypothesis hypothesis) {
  switch (hypothesis) {
    case Hypothesis::couple:
      return "couple";
    case Hypothesis::father_only:
      return "father_only";
    case Hypothesis::mother_only:
      return "mother_only";
    case Hypothesis::pedigree:
      return "pedigree";
    case Hypothesis::undeclared_couple:
      return "undeclared_couple";
    case Hypothesis::parent_only:
      return "parent_only";
  }
  return "unknown";
}

std::string_view to_string(SkipReason reason) { return reason == SkipReason::no_shared_locus ? "no_shared_locus" : "same_person"; }

SearchCounts& operator+=(SearchCounts& sum, const SearchCounts& part) {
  sum.pairs_total += part.pairs_total;
  sum.pairs_compared += part.pairs_compared;
  for (std::size_t reason = 0; reason < sum.pairs_skipped.size(); ++reason) sum.pairs_skipped[reason] += part.pairs_skipped[reason];
  sum.lookups += part.lookups;
  sum.survivors += part.survivors;
  sum.hits += part.hits;
  sum.undeclared_scored += part.undeclared_scored;
  sum.undeclared_hits += part.undeclared_hits;
  sum.cut_by_top_k += part.cut_by_top_k;
  return sum;
}

}  // namespace homeward
