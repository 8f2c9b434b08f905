#include "report/pair_terms.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "homeward/error.hpp"
#include "score/mix.hpp"

namespace homeward {

namespace {

constexpr std::size_t kMostTerms = 8;  ///< of one family; exact_score holds to the same bound

double mix(const double* weighted, std::size_t n) { return n == 1 ? weighted[0] : mix_terms(weighted, n); }

void require_few(std::span<const PairTerm> terms) {
  if (terms.empty() || terms.size() > kMostTerms)
    throw Error(ErrorKind::internal, "a pair has 1 to 8 terms, not " + std::to_string(terms.size()));
}

}  // namespace

void PairTerm::reset(Hypothesis of, double weight_log10, std::size_t n_loci) {
  hypothesis = of;
  log10_weight = weight_log10;
  log10_lr = 0.0;
  by_locus.assign(n_loci, 0.0);
  used.assign(n_loci, 0);
  inconsistent.assign(n_loci, 0);
  linked.clear();
}

void evaluate_term(const ScoringTerm& term, std::span<const GenotypeCode> child, PairTerm& out) {
  const std::size_t n = term.profile.columns.size();
  out.reset(term.hypothesis, std::log10(term.weight), n);
  for (std::size_t locus = 0; locus < n; ++locus) {
    const LocusScores* column = term.profile.columns[locus].get();
    if (column == nullptr || child[locus] == kUntyped) continue;
    out.used[locus] = 1;
    out.by_locus[locus] = column->log10_lr[child[locus]];
    out.inconsistent[locus] = column->inconsistent[child[locus]];
    out.log10_lr += out.by_locus[locus];
  }
  for (const auto& pair : term.profile.linked) {
    if (child[pair->first] == kUntyped || child[pair->second] == kUntyped) continue;
    out.linked.push_back({pair->first, pair->second, pair->at(child[pair->first], child[pair->second])});
    out.log10_lr += out.linked.back().gain;
  }
}

void name_single_parents(std::span<PairTerm> terms) {
  for (std::size_t i = 0; i < terms.size(); ++i)
    if (terms[i].hypothesis == Hypothesis::parent_only) terms[i].hypothesis = i == 0 ? Hypothesis::father_only : Hypothesis::mother_only;
}

std::vector<PairTerm> pair_terms(const std::vector<ScoringTerm>& terms, std::span<const GenotypeCode> child) {
  std::vector<PairTerm> result(terms.size());
  for (std::size_t i = 0; i < terms.size(); ++i) evaluate_term(terms[i], child, result[i]);
  name_single_parents(result);
  return result;
}

std::size_t leading_term(std::span<const PairTerm> terms) {
  const auto less = [](const PairTerm& a, const PairTerm& b) { return a.weighted() < b.weighted(); };
  return static_cast<std::size_t>(std::max_element(terms.begin(), terms.end(), less) - terms.begin());
}

double mixed_log10(std::span<const PairTerm> terms) {
  require_few(terms);
  std::array<double, kMostTerms> weighted{};
  for (std::size_t i = 0; i < terms.size(); ++i) weighted[i] = terms[i].weighted();
  return mix(weighted.data(), terms.size());
}

double lowest_without_one_locus(std::span<const PairTerm> terms) {
  require_few(terms);
  // An impossible locus makes a term's sum -infinity; the rest of its sum is kept apart so that the locus can be left out.
  struct Parts {
    double finite = 0.0;
    std::size_t impossible = 0;
    void add(double value, int sign) {
      if (std::isinf(value))
        impossible += static_cast<std::size_t>(sign);
      else
        finite += sign * value;
    }
    double sum() const { return impossible > 0 ? -std::numeric_limits<double>::infinity() : finite; }
  };
  std::array<Parts, kMostTerms> parts;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    parts[i].finite = terms[i].log10_weight;
    for (const double value : terms[i].by_locus) parts[i].add(value, 1);
    for (const PairTerm::LinkedGain& pair : terms[i].linked) parts[i].add(pair.gain, 1);
  }
  double lowest = mixed_log10(terms);
  bool any = false;
  std::array<double, kMostTerms> weighted{};
  for (std::size_t locus = 0; locus < terms[0].by_locus.size(); ++locus) {
    bool used = false;
    for (std::size_t i = 0; i < terms.size(); ++i) {
      used |= terms[i].used[locus] != 0;
      Parts rest = parts[i];
      rest.add(terms[i].by_locus[locus], -1);
      for (const PairTerm::LinkedGain& pair : terms[i].linked)
        if (pair.first == locus || pair.second == locus) rest.add(pair.gain, -1);
      weighted[i] = rest.sum();
    }
    if (!used) continue;
    const double without = mix(weighted.data(), terms.size());
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
