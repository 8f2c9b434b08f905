// The table of `lr`: one row per locus and a total.
#pragma once

#include <string>

#include "likelihood/case_likelihood.hpp"

namespace homeward::cli {

/// "case locus p_h1 p_h2 lr log10_lr flag", tab-separated, with LF.
std::string lr_header();
/// One row. Numbers with 15 significant digits; -Inf, Inf, NaN.
std::string lr_row(const std::string& case_id, const CaseRow& row, double lr);
/// A total without likelihoods of its own ("." in their place): the LR is 10 to the sum of the loci's log10 LR.
std::string lr_total(const std::string& case_id, const CaseRow& total);

}  // namespace homeward::cli
