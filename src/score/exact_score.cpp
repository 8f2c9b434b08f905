#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "homeward/error.hpp"
#include "homeward/scoring_profile.hpp"
#include "score/exact_block.hpp"
#include "score/mix.hpp"

namespace homeward {

namespace {

constexpr std::size_t kMaxTerms = 8;

/// @param code the child's code by locus
template <class Code>
double term_sum(const ScoringTerm& term, const Code& code) {
  double sum = 0.0;
  for (std::size_t locus = 0; locus < term.profile.columns.size(); ++locus)
    if (const LocusScores* column = term.profile.columns[locus].get()) sum += column->log10_lr[code(locus)];
  for (const auto& pair : term.profile.linked) sum += pair->at(code(pair->first), code(pair->second));
  return sum;
}

struct Terms {
  std::array<double, kMaxTerms> log10_lr{};
  std::array<double, kMaxTerms> weighted{};
  double mixed = 0.0;
};

template <class Code>
Terms score_terms(const CompiledFamily& family, const Code& code) {
  if (family.terms.empty() || family.terms.size() > kMaxTerms)
    throw Error(ErrorKind::internal, "a compiled family has 1 to 8 terms, not " + std::to_string(family.terms.size()));
  Terms terms;
  if (is_plain(family)) {
    terms.mixed = terms.weighted[0] = terms.log10_lr[0] = term_sum(family.terms[0], code);
    return terms;
  }
  for (std::size_t i = 0; i < family.terms.size(); ++i) {
    terms.log10_lr[i] = term_sum(family.terms[i], code);
    terms.weighted[i] = std::log10(family.terms[i].weight) + terms.log10_lr[i];
  }
  terms.mixed = mix_terms(terms.weighted.data(), family.terms.size());
  return terms;
}

template <class Code>
ExactScore score_of(const CompiledFamily& family, const Code& code_of, bool want_terms) {
  const Terms terms = score_terms(family, code_of);
  const std::size_t n = family.terms.size();
  const auto best = static_cast<std::size_t>(
      std::max_element(terms.weighted.begin(), terms.weighted.begin() + static_cast<std::ptrdiff_t>(n)) - terms.weighted.begin());
  ExactScore score;
  score.log10_lr = terms.mixed;
  score.hypothesis = family.terms[best].hypothesis;
  const auto& columns = family.terms[best].profile.columns;
  for (std::size_t locus = 0; locus < columns.size(); ++locus) {
    const GenotypeCode code = code_of(locus);
    if (code == kUntyped || !columns[locus]) continue;
    ++score.n_loci;
    score.n_inconsistent = static_cast<std::uint16_t>(score.n_inconsistent + columns[locus]->inconsistent[code]);
  }
  if (want_terms) score.term_log10_lr.assign(terms.log10_lr.begin(), terms.log10_lr.begin() + static_cast<std::ptrdiff_t>(n));
  return score;
}

auto codes_of(const CodeBlock& block, std::size_t child) {
  return [&block, child](std::size_t locus) { return block.codes[locus * block.n_children + child]; };
}

}  // namespace

double exact_log10_lr(const CompiledFamily& family, const CodeBlock& block, std::size_t child) {
  return score_terms(family, codes_of(block, child)).mixed;
}

ExactScore exact_score(const CompiledFamily& family, const CodeBlock& block, std::size_t child, bool want_terms) {
  return score_of(family, codes_of(block, child), want_terms);
}

ExactScore exact_score_of(const CompiledFamily& family, std::span<const GenotypeCode> codes) {
  return score_of(
      family, [codes](std::size_t locus) { return codes[locus]; }, false);
}

}  // namespace homeward
