// What a family can expect of a database: strangers and its own child, on one scale.
#pragma once

#include <vector>

#include "decide/family_chance.hpp"

namespace homeward {

/// One per thread; keeps its memory.
class FamilyOutlook {
 public:
  FamilyOutlook(const ChildClasses& children, ColumnLattices& strangers, ColumnLattices& own, double step, double min_log10_lr)
      : strangers_(children, strangers, step, min_log10_lr, Hypotheses::all),
        own_(children, own, step, min_log10_lr, Hypotheses::leading),
        by_class_(children.classes.size()) {
    for (const ChildClass& c : children.classes) n_children_ += static_cast<double>(c.n_children);
  }

  void look_at(const CompiledFamily& family) {
    strangers_curve_ = &strangers_.compute(family, by_class_);
    own_curve_ = &own_.compute(family, by_class_);
  }
  /// Expected unrelated children at or above.
  const ChanceCurve& strangers() const { return *strangers_curve_; }
  /// P(the true child reaches it), averaged over the children's classes.
  double own(double log10_lr) const { return n_children_ > 0.0 ? own_curve_->at(log10_lr) / n_children_ : 0.0; }
  double stands_out_from(double tolerated) const { return strangers_curve_->where(tolerated); }
  double n_children() const { return n_children_; }

 private:
  FamilyChance strangers_, own_;
  std::vector<ChanceCurve> by_class_;  // of no use here
  const ChanceCurve* strangers_curve_ = nullptr;
  const ChanceCurve* own_curve_ = nullptr;
  double n_children_ = 0.0;
};

}  // namespace homeward
