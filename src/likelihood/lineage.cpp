#include "likelihood/lineage.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace homeward {

namespace {

constexpr unsigned kMostDifferent = 2;  ///< loci that may differ, by one repeat each, before a lineage is excluded

bool known(const Genotype& g) { return g.typed() && !g.half_known(); }
bool one_allele(const Genotype& g) { return g.homozygous() && g.a.is_str(); }

/// Whole repeats between two alleles; nullopt when there is no whole number.
std::optional<unsigned> repeats_between(Allele a, Allele b) {
  if (!a.is_str() || !b.is_str() || a.bases() != b.bases()) return std::nullopt;
  return a.repeats() > b.repeats() ? a.repeats() - b.repeats() : b.repeats() - a.repeats();
}

/// DYS389II less DYS389I, as if it had been typed alone.
std::optional<Genotype> without_first(const Genotype& second, const Genotype& first) {
  if (!one_allele(first) || !one_allele(second) || second.a.repeats() <= first.a.repeats() || second.a.bases() != first.a.bases())
    return std::nullopt;
  const Allele rest(second.a.repeats() - first.a.repeats(), 0);
  return Genotype(rest, rest);
}

/// log of P(X = k) of a binomial.
double log_binomial(std::uint64_t k, std::uint64_t n, double p) {
  const auto kd = static_cast<double>(k), nd = static_cast<double>(n);
  return std::lgamma(nd + 1.0) - std::lgamma(kd + 1.0) - std::lgamma(nd - kd + 1.0) + kd * std::log(p) + (nd - kd) * std::log1p(-p);
}

double at_most(std::uint64_t x, std::uint64_t n, double p) {
  double sum = 0.0;
  for (std::uint64_t k = 0; k <= x; ++k) sum += std::exp(log_binomial(k, n, p));
  return sum;
}

}  // namespace

std::string_view to_string(LineageVerdict verdict) {
  switch (verdict) {
    case LineageVerdict::not_compared:
      return "not_compared";
    case LineageVerdict::cannot_exclude:
      return "cannot_exclude";
    case LineageVerdict::inconclusive:
      return "inconclusive";
    case LineageVerdict::excluded:
      return "excluded";
  }
  return "not_compared";
}

LineageComparison compare_lineage(std::span<const LineageCall> calls) {
  const auto first = std::find_if(calls.begin(), calls.end(), [](const LineageCall& call) { return call.locus == "DYS389I"; });
  LineageComparison result;
  bool by_one = true;
  for (const LineageCall& call : calls) {
    if (!known(call.a) || !known(call.b)) continue;
    ++result.n_loci;
    Genotype a = call.a, b = call.b;
    if (call.locus == "DYS389II" && first != calls.end() && known(first->a) && known(first->b)) {
      const auto rest_a = without_first(a, first->a), rest_b = without_first(b, first->b);
      if (rest_a && rest_b) {
        a = *rest_a;
        b = *rest_b;
      }
    }
    if (a == b) continue;
    ++result.n_different;
    const std::optional<unsigned> steps = one_allele(a) && one_allele(b) ? repeats_between(a.a, b.a) : std::nullopt;
    result.steps += steps.value_or(0);
    result.no_steps = result.no_steps || !steps;
    by_one = by_one && steps == 1U;
  }
  if (result.no_steps) result.steps = 0;
  if (result.n_loci == 0) return result;
  result.verdict = result.n_different == 0                          ? LineageVerdict::cannot_exclude
                   : by_one && result.n_different <= kMostDifferent ? LineageVerdict::inconclusive
                                                                    : LineageVerdict::excluded;
  return result;
}

CountedFrequency counted_frequency(std::uint64_t x, std::uint64_t n) {
  if (n == 0 || x >= n) return {};
  CountedFrequency result;
  result.estimate = (static_cast<double>(x) + 1.0) / (static_cast<double>(n) + 1.0);
  double low = 0.0, high = 1.0;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2.0;
    (at_most(x, n, middle) > 0.05 ? low : high) = middle;
  }
  result.upper_95 = high;
  return result;
}

}  // namespace homeward
