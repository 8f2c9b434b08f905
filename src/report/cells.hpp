// Cells of tab-separated tables: one spelling of every number, in every locale.
#pragma once

#include <string>
#include <string_view>

#include "homeward/allele.hpp"

namespace homeward {

/// Log10 of a likelihood ratio with 4 decimals; "." = not computed (NaN), "-Inf" = an LR of 0. Never "-0.0000".
void put_log10(std::string& out, double log10_value);

/// A likelihood ratio as `%.4e`, from its log10 so that no LR over- or underflows; "0" for -infinity, "." for NaN.
void put_lr(std::string& out, double log10_lr);

/// A probability, frequency or rate with 6 significant digits; "." for NaN.
void put_real(std::string& out, double value);

void put_number(std::string& out, long long value);

/// As to_string(Allele).
void put_allele(std::string& out, Allele allele);

/// An id or text from outside, safe in a table and on a terminal; "." when empty.
void put_text(std::string& out, std::string_view text);

/// A text cell for a spreadsheet: one that a spreadsheet would take for a formula gets a leading apostrophe.
std::string guarded_for_spreadsheet(std::string_view cell);

}  // namespace homeward
