// What a candidate may be instead of what its leading hypothesis claims.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "homeward/results.hpp"
#include "score/relation_scorer.hpp"

namespace homeward {

/// One relation a pair may have instead, and its log10 LR against unrelated.
struct Alternative {
  std::string_view name;  ///< as candidates.tsv writes it (data-schemas/candidates.md)
  double log10_lr = 0.0;
  bool same_person = false;
};

/// At most seven, in the order they are written.
class Alternatives {
 public:
  void add(std::string_view name, double log10_lr, bool same_person = false) { list_[n_++] = {name, log10_lr, same_person}; }
  const Alternative* begin() const { return list_.data(); }
  const Alternative* end() const { return list_.data() + n_; }
  bool empty() const { return n_ == 0; }

 private:
  std::array<Alternative, 7> list_;
  std::size_t n_ = 0;
};

/// How a candidate stands against those of its alternatives that are likelier than unrelated.
enum class Standing : std::uint8_t {
  clear,       ///< ten times likelier than each alternative
  within_10x,  ///< likeliest, but an alternative comes within a factor of ten
  better,      ///< an alternative is likelier than what is claimed
  same_person  ///< likeliest of all: child and tested person are one person, typed twice
};
struct Verdict {
  Standing standing = Standing::clear;
  std::string_view relation;  ///< the likeliest alternative; empty when none is likelier than unrelated
};

/// The close alternatives of METHODS, "Close alternatives", for a child of typed parents. `lead`: couple, undeclared_couple,
/// father_only or mother_only. Codes by locus of the population; a parent that `lead` does not claim may be empty.
Alternatives close_alternatives(const RelationScorer& scorer, Hypothesis lead, std::span<const GenotypeCode> father,
                                std::span<const GenotypeCode> mother, std::span<const GenotypeCode> child);

/// @param lead_log10_lr of the leading hypothesis alone.
Verdict stand(double lead_log10_lr, const Alternatives& alternatives);

/// "within_10x:full_sib", "better:second_degree", "same_person"; empty when clear.
std::string flag_text(const Verdict& verdict);

}  // namespace homeward
