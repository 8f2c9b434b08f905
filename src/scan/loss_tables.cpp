#include "scan/loss_tables.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>

namespace homeward {

namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

void raise_to(std::vector<double>& most, const std::vector<double>& scores) {
  for (std::size_t g = 0; g < scores.size(); ++g) most[g] = std::max(most[g], scores[g]);
}

}  // namespace

LossTables::LossTables(std::span<const std::size_t> code_counts, std::span<const BitLane> lanes)
    : lanes_(lanes), loci_(code_counts.size()) {
  for (std::size_t locus = 0; locus < loci_.size(); ++locus) {
    loci_[locus].first_row = n_rows_;
    loci_[locus].n_codes = code_counts[locus];
    loci_[locus].n_words = (code_counts[locus] + 63) / 64;
    n_rows_ += code_counts[locus];
  }
}

void LossTables::fill(std::size_t index) {
  LossLocus& locus = loci_[index];
  struct ColumnOf {
    const LocusScores* scores;
    bool homozygous;
  };
  std::vector<ColumnOf> columns;
  std::unordered_map<const LocusScores*, std::uint32_t> known;
  locus.column_of.resize(lanes_.size());
  for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
    const LocusScores* scores = lanes_[lane].scores->columns[index].get();
    locus.column_of[lane] = kUntypedLane;
    if (scores == nullptr) continue;
    const auto [entry, is_new] = known.try_emplace(scores, static_cast<std::uint32_t>(columns.size()));
    if (is_new) columns.push_back({scores, (lanes_[lane].homozygous[index / 64] >> (index % 64) & 1U) != 0});
    locus.column_of[lane] = entry->second;
  }

  std::vector<double> best(locus.n_codes, 0.0), homozygous(locus.n_codes, kNever), lost(locus.n_codes, kNever);
  for (const ColumnOf& column : columns) raise_to(column.homozygous ? homozygous : best, column.scores->log10_lr);
  locus.losses.assign(columns.size() * locus.n_words, 0);
  locus.bounds.assign(locus.n_codes, {});
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const LocusScores& scores = *columns[c].scores;
    std::uint64_t* bits = locus.losses.data() + c * locus.n_words;
    for (std::size_t g = 1; g < locus.n_codes; ++g) {
      if (scores.inconsistent[g] == 0 || scores.log10_lr[g] > best[g] - kLeastGap) continue;
      bits[g / 64] |= std::uint64_t{1} << (g % 64);
      lost[g] = std::max(lost[g], scores.log10_lr[g]);
      locus.bounds[g].counted = true;
    }
  }
  for (std::size_t g = 1; g < locus.n_codes; ++g) {
    Bound& bound = locus.bounds[g];
    bound.best = best[g];
    bound.gap = best[g] - lost[g];
    bound.extra = std::max(0.0, homozygous[g] - best[g]);
  }
}

const std::uint64_t* LossTables::losses(std::size_t locus, std::size_t lane) const {
  const std::uint32_t column = loci_[locus].column_of[lane];
  return column == kUntypedLane ? nullptr : loci_[locus].losses.data() + std::size_t{column} * loci_[locus].n_words;
}

}  // namespace homeward
