#include "homeward/results.hpp"

namespace homeward {

std::string_view to_string(Hypothesis hypothesis) {
  switch (hypothesis) {
    case Hypothesis::couple: return "couple";
    case Hypothesis::father_only: return "father_only";
    case Hypothesis::mother_only: return "mother_only";
    case Hypothesis::pedigree: return "pedigree";
    case Hypothesis::undeclared_couple: return "undeclared_couple";
    case Hypothesis::parent_only: return "parent_only";
  }
  return "unknown";
}

std::string_view to_string(SkipReason reason) {
  return reason == SkipReason::no_shared_locus ? "no_shared_locus" : "same_person";
}

}  // namespace homeward
