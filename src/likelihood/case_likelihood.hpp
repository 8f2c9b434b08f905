// Likelihood ratios of a stated case, locus by locus.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "homeward/case.hpp"
#include "homeward/likelihood.hpp"

namespace homeward {

/// What a row of the result says beside its numbers.
enum class CaseFlag : std::uint8_t {
  none = 0,
  one_sided = 1,  ///< nobody in question shows an allele, or nobody beside: the locus says nothing of the relationship
  undefined = 2   ///< both likelihoods are 0: the data contradict both hypotheses, the LR has no value
};
std::string_view to_string(CaseFlag flag);  ///< ".", "one_sided", "undefined"

/// One locus of a case, or its total.
struct CaseRow {
  std::string locus;
  ScaledLikelihood p_h1, p_h2;
  double log10_lr = 0.0;  ///< -inf: impossible under H1; NaN: undefined
  CaseFlag flag = CaseFlag::none;
  double lr() const { return likelihood_ratio(p_h1, p_h2); }
};

/// Rows in the case's order of loci, and the total over all of them (linked pairs enter it jointly; its flag is always none). Throws as
/// pedigree_likelihood, and Error(input) when H1 and H2 lack a typed person.
struct CaseResult {
  std::vector<CaseRow> loci;
  CaseRow total;
};
CaseResult evaluate_case(const Case& stated);

/// The persons a case is about: those with different parents under H1 and H2 who have no child (under H1) of whom that is
/// true as well. Ascending; empty when the hypotheses do not differ.
std::vector<std::string> persons_in_question(const Case& stated);

}  // namespace homeward
