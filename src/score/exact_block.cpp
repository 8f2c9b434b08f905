#include "score/exact_block.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "score/mix.hpp"

namespace homeward {

namespace {

/// Children scored together: their sums stay in the first-level cache while a column is read.
constexpr std::size_t kTile = 512;

void add_column(const LocusScores& column, const GenotypeCode* codes, std::size_t n, double* sums) {
  const double* scores = column.log10_lr.data();
  for (std::size_t i = 0; i < n; ++i) sums[i] += scores[codes[i]];
}

void add_linked(const LinkedScores& pair, const GenotypeCode* first, const GenotypeCode* second, std::size_t n, double* sums) {
  for (std::size_t i = 0; i < n; ++i) sums[i] += pair.at(first[i], second[i]);
}

}  // namespace

void ExactBlock::score(const CompiledFamily& family, const CodeBlock& block, double min_log10_lr, std::vector<ScoredChild>& out) {
  const std::size_t n_terms = family.terms.size();
  const bool plain = is_plain(family);
  sums_.resize(n_terms * kTile);
  // The mixture of n terms is at most the largest plus log10 n: below that the logarithms need not be taken.
  const double mixing_gain = std::log10(static_cast<double>(n_terms)) + 1e-6;
  for (std::size_t first = 0; first < block.n_children; first += kTile) {
    const std::size_t n = std::min(kTile, block.n_children - first);
    for (std::size_t t = 0; t < n_terms; ++t) {
      double* sums = sums_.data() + t * kTile;
      std::fill_n(sums, n, 0.0);
      const auto& columns = family.terms[t].profile.columns;
      for (std::size_t locus = 0; locus < columns.size(); ++locus)
        if (columns[locus]) add_column(*columns[locus], block.codes.data() + locus * block.n_children + first, n, sums);
      for (const auto& pair : family.terms[t].profile.linked)
        add_linked(*pair, block.codes.data() + pair->first * block.n_children + first,
                   block.codes.data() + pair->second * block.n_children + first, n, sums);
      if (plain) continue;
      const double log10_weight = std::log10(family.terms[t].weight);
      for (std::size_t i = 0; i < n; ++i) sums[i] = log10_weight + sums[i];
    }
    for (std::size_t i = 0; i < n; ++i) {
      double log10_lr = sums_[i];
      if (!plain) {
        for (std::size_t t = 1; t < n_terms; ++t) log10_lr = std::max(log10_lr, sums_[t * kTile + i]);
        if (log10_lr + mixing_gain < min_log10_lr) continue;
        log10_lr = mix_terms(sums_.data() + i, n_terms, kTile);
      }
      if (log10_lr >= min_log10_lr) out.push_back({static_cast<std::uint32_t>(first + i), log10_lr});
    }
  }
}

}  // namespace homeward
