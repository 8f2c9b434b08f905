// Expected chance hits of one family, by class of children.
#pragma once

#include <vector>

#include "decide/column_lattices.hpp"
#include "homeward/chance.hpp"

namespace homeward {

/// Which hypotheses of a family count: all for strangers, the leading one for its own child.
enum class Hypotheses : std::uint8_t { all, leading };

/// One per thread; keeps its memory.
class FamilyChance {
 public:
  FamilyChance(const ChildClasses& children, ColumnLattices& lattices, double step, double min_log10_lr, Hypotheses hypotheses)
      : children_(children), lattices_(lattices), step_(step), floor_(min_log10_lr), hypotheses_(hypotheses) {}

  /// Adds the family's expected hits to `by_class`. @return their sum, valid until the next call.
  const ChanceCurve& compute(const CompiledFamily& compiled, std::vector<ChanceCurve>& by_class);

 private:
  void add_part(const ScoringProfile& profile, double shift, std::vector<ChanceCurve>& by_class);
  /// Classes that are typed alike at the profile's loci need one convolution.
  std::vector<std::vector<std::size_t>> alike(const std::vector<std::size_t>& loci) const;

  const ChildClasses& children_;
  ColumnLattices& lattices_;
  double step_;
  double floor_;
  Hypotheses hypotheses_;
  LatticeSum<float> sum_;
  ChanceCurve tail_, family_;
};

}  // namespace homeward
