#include "lr_rows.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/text.hpp"

namespace homeward::cli {

namespace {

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Inf" : "-Inf";
  return fmt::format("{:.15g}", value);
}

/// Also below the range of a double: a product over many loci of a large family.
std::string likelihood(const ScaledLikelihood& p) {
  const double plain = p.plain();
  if (p.value == 0.0 || std::isnormal(plain)) return number(plain);
  const double log10_p = std::log10(p.value) + static_cast<double>(p.exponent) * std::log10(2.0);
  const double whole = std::floor(log10_p);
  return fmt::format("{:.12f}e{}", std::pow(10.0, log10_p - whole), static_cast<long>(whole));
}

}  // namespace

std::string lr_header() { return "case\tlocus\tp_h1\tp_h2\tlr\tlog10_lr\tflag\n"; }

std::string lr_row(const std::string& case_id, const CaseRow& row, double lr) {
  return fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\n", escaped(case_id), escaped(row.locus), likelihood(row.p_h1), likelihood(row.p_h2),
                     number(lr), number(row.log10_lr), to_string(row.flag));
}

std::string lr_total(const std::string& case_id, const CaseRow& total) {
  return fmt::format("{}\t{}\t.\t.\t{}\t{}\t{}\n", escaped(case_id), escaped(total.locus), number(std::pow(10.0, total.log10_lr)),
                     number(total.log10_lr), to_string(total.flag));
}

}  // namespace homeward::cli
