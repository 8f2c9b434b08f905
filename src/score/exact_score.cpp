#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "homeward/error.hpp"
#include "homeward/scoring_profile.hpp"
#include "score/mix.hpp"

namespace homeward {

namespace {

constexpr std::size_t kMaxTerms = 8;

double term_sum(const ScoringTerm& term, const CodeBlock& block, std::size_t child) {
  double sum = 0.0;
  for (std::size_t locus = 0; locus < term.profile.columns.size(); ++locus)
    if (const LocusScores* column = term.profile.columns[locus].get())
      sum += column->log10_lr[block.codes[locus * block.n_children + child]];
  return sum;
}

struct Terms {
  std::array<double, kMaxTerms> log10_lr{};
  std::array<double, kMaxTerms> weighted{};
  double mixed = 0.0;
};

Terms score_terms(const CompiledFamily& family, const CodeBlock& block, std::size_t child) {
  if (family.terms.empty() || family.terms.size() > kMaxTerms)
    throw Error(ErrorKind::internal, "a compiled family has 1 to 8 terms, not " + std::to_string(family.terms.size()));
  Terms terms;
  for (std::size_t i = 0; i < family.terms.size(); ++i) {
    terms.log10_lr[i] = term_sum(family.terms[i], block, child);
    terms.weighted[i] = std::log10(family.terms[i].weight) + terms.log10_lr[i];
  }
  terms.mixed = is_plain(family) ? terms.log10_lr[0] : mix_terms(terms.weighted.data(), family.terms.size());
  return terms;
}

}  // namespace

double exact_log10_lr(const CompiledFamily& family, const CodeBlock& block, std::size_t child) {
  return score_terms(family, block, child).mixed;
}

ExactScore exact_score(const CompiledFamily& family, const CodeBlock& block, std::size_t child, bool want_terms) {
  const Terms terms = score_terms(family, block, child);
  const std::size_t n = family.terms.size();
  const auto best = static_cast<std::size_t>(
      std::max_element(terms.weighted.begin(), terms.weighted.begin() + static_cast<std::ptrdiff_t>(n)) - terms.weighted.begin());
  ExactScore score;
  score.log10_lr = terms.mixed;
  score.hypothesis = family.terms[best].hypothesis;
  const auto& columns = family.terms[best].profile.columns;
  for (std::size_t locus = 0; locus < columns.size(); ++locus) {
    const GenotypeCode code = block.codes[locus * block.n_children + child];
    if (code == kUntyped || !columns[locus]) continue;
    ++score.n_loci;
    score.n_inconsistent = static_cast<std::uint16_t>(score.n_inconsistent + columns[locus]->inconsistent[code]);
  }
  if (want_terms) score.term_log10_lr.assign(terms.log10_lr.begin(), terms.log10_lr.begin() + static_cast<std::ptrdiff_t>(n));
  return score;
}

}  // namespace homeward
