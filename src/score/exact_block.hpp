// Exact scores of all children of a block: what `--exhaustive` runs, without any bound.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "homeward/scoring_profile.hpp"

namespace homeward {

struct ScoredChild {
  std::uint32_t child = 0;
  double log10_lr = 0.0;
};

/// exact_score, the same bits, for a child whose codes lie together, by locus: quicker where children come in no order.
ExactScore exact_score_of(const CompiledFamily& family, std::span<const GenotypeCode> codes);

/// Scores blocks of children; keeps its scratch memory between calls. One per thread.
class ExactBlock {
 public:
  /// Appends the children whose exact log10 LR is >= min_log10_lr, ascending by child. The scores are the same bits as
  /// exact_score gives; no quantised bound decides about a child. A minimum of -inf returns everybody.
  void score(const CompiledFamily& family, const CodeBlock& block, double min_log10_lr, std::vector<ScoredChild>& out);

 private:
  std::vector<double> sums_;  ///< [term][child of the tile]
};

}  // namespace homeward
