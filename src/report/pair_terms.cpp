#include "report/pair_terms.hpp"

#include <algorithm>
#include <cmath>

#include "score/mix.hpp"

namespace homeward {

namespace {

PairTerm evaluate(const ScoringTerm& term, std::span<const GenotypeCode> child) {
  PairTerm result;
  result.hypothesis = term.hypothesis;
  const std::size_t n = term.profile.columns.size();
  result.by_locus.assign(n, 0.0);
  result.used.assign(n, 0);
  result.inconsistent.assign(n, 0);
  for (std::size_t locus = 0; locus < n; ++locus) {
    const LocusScores* column = term.profile.columns[locus].get();
    if (column == nullptr || child[locus] == kUntyped) continue;
    result.used[locus] = 1;
    result.by_locus[locus] = column->log10_lr[child[locus]];
    result.inconsistent[locus] = column->inconsistent[child[locus]];
    result.log10_lr += result.by_locus[locus];
  }
  result.log10_weight = std::log10(term.weight);
  return result;
}

double mix(const std::vector<double>& weighted) { return weighted.size() == 1 ? weighted[0] : mix_terms(weighted.data(), weighted.size()); }

}  // namespace

std::vector<PairTerm> pair_terms(const std::vector<ScoringTerm>& terms, std::span<const GenotypeCode> child) {
  std::vector<PairTerm> result;
  for (const ScoringTerm& term : terms) {
    result.push_back(evaluate(term, child));
    if (term.hypothesis == Hypothesis::parent_only)
      result.back().hypothesis = result.size() == 1 ? Hypothesis::father_only : Hypothesis::mother_only;
  }
  return result;
}

std::size_t leading_term(const std::vector<PairTerm>& terms) {
  const auto less = [](const PairTerm& a, const PairTerm& b) { return a.weighted() < b.weighted(); };
  return static_cast<std::size_t>(std::max_element(terms.begin(), terms.end(), less) - terms.begin());
}

double mixed_log10(const std::vector<PairTerm>& terms) {
  std::vector<double> weighted;
  for (const PairTerm& term : terms) weighted.push_back(term.weighted());
  return mix(weighted);
}

double lowest_without_one_locus(const std::vector<PairTerm>& terms) {
  // An impossible locus makes a term's sum -infinity; the rest of its sum is kept apart so that the locus can be left out.
  struct Parts {
    double finite = 0.0;
    std::size_t impossible = 0;
  };
  std::vector<Parts> parts;
  for (const PairTerm& term : terms) {
    Parts sum{term.log10_weight, 0};
    for (const double value : term.by_locus) {
      const bool impossible = std::isinf(value);
      sum.impossible += impossible;
      sum.finite += impossible ? 0.0 : value;
    }
    parts.push_back(sum);
  }
  double lowest = mixed_log10(terms);
  bool any = false;
  std::vector<double> weighted(terms.size());
  for (std::size_t locus = 0; locus < terms[0].by_locus.size(); ++locus) {
    bool used = false;
    for (std::size_t i = 0; i < terms.size(); ++i) {
      const double value = terms[i].by_locus[locus];
      used |= terms[i].used[locus] != 0;
      const bool impossible = std::isinf(value);
      const bool still = parts[i].impossible > (impossible ? 1U : 0U);
      weighted[i] = still ? -std::numeric_limits<double>::infinity() : parts[i].finite - (impossible ? 0.0 : value);
    }
    if (!used) continue;
    const double without = mix(weighted);
    lowest = any ? std::min(lowest, without) : without;
    any = true;
  }
  return lowest;
}

std::vector<GenotypeCode> child_codes(const EffectivePopulation& population, std::span<const Genotype> calls) {
  std::vector<GenotypeCode> codes;
  for (std::size_t locus = 0; locus < population.loci.size(); ++locus)
    codes.push_back(calls[locus].half_known() ? kUntyped : population.loci[locus].locus.code_of(calls[locus]).value_or(kUntyped));
  return codes;
}

Hypothesis likelier_parent(const CompiledFamily& family, const EffectivePopulation& population, std::span<const Genotype> child_calls) {
  const std::vector<PairTerm> terms = pair_terms(family.terms, child_codes(population, child_calls));
  return terms[leading_term(terms)].hypothesis;
}

}  // namespace homeward
