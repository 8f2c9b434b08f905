// One row of candidates.tsv: its facts, and the cells made from them.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/sha256.hpp"
#include "homeward/report.hpp"
#include "report/batch.hpp"
#include "report/close_alternatives.hpp"
#include "report/pair_terms.hpp"
#include "report/person_rows.hpp"
#include "score/family_check.hpp"
#include "score/point_scores.hpp"
#include "score/relation_scorer.hpp"

namespace homeward {

/// Rows of a pedigree up to this rank list the child's other places: each costs a compilation of the family.
inline constexpr std::uint64_t kOtherPlacesFor = 100;

/// What every thread of a table reads. References must outlive the rows.
struct TableContext {
  const TableInputs& inputs;
  const PersonRows& persons;
  const PointScores& points;
  const Compiler& compiler;
  const RelationScorer& relations;
  const FamilyCheck& family_check;
};

/// What a row is made from; valid while the row is written.
struct RowFacts {
  std::uint64_t rank = 0;
  const Candidate& candidate;
  const Family& family;
  const Family* family_b;  ///< the mother's, of an undeclared couple; else null
  TypedParents parents;
  std::span<const GenotypeCode> child;   ///< by locus of the population
  std::span<const PersonIndex> members;  ///< typed relatives of `family`, as member_indexes gives them
  std::span<const PairTerm> terms;       ///< all that are listed; those of the family's own LR first
  std::size_t n_own;                     ///< how many those are
  const PairTerm& lead;                  ///< the own term with the largest weighted LR
  bool family_contradicted = false;      ///< the DNA of the family's own members contradicts the declared relations
  Alternatives alternatives;             ///< to `lead`
  Verdict verdict;                       ///< how `lead` stands against them
  std::span<const PairTerm> own() const { return terms.first(n_own); }
};

/// Chances of a row; NaN = not computed.
struct RowChances {
  double posterior = std::numeric_limits<double>::quiet_NaN();
  double expected_chance_hits = std::numeric_limits<double>::quiet_NaN();
  double p_chance = std::numeric_limits<double>::quiet_NaN();
  double posterior_relative = std::numeric_limits<double>::quiet_NaN();
  double posterior_none = std::numeric_limits<double>::quiet_NaN();
};

/// The cell `alternatives`: every term of the pair, then the close alternatives to the leading one, as `name=log10 LR`, joined by ';'.
void put_alternatives(std::string& out, const TableContext& context, const RowFacts& row);
/// The cell `flags`: names of what speaks for caution, joined by ';'; "." for none.
void put_flags(std::string& out, const TableContext& context, const RowFacts& row);
/// The cells `posterior`, `expected_chance_hits`, `p_chance`, `posterior_relative` and `posterior_none`.
RowChances chances_of(const TableContext& context, const RowFacts& row);

/// Writes rows; keeps what it knows of the last family, so rows of one family should follow each other. One per thread.
class RowWriter {
 public:
  explicit RowWriter(const TableContext& context) : context_(context) {}
  /// Appends one row, newline included. Throws Error(failure) when the hit's score is not that of this store and model.
  void append(std::string& out, std::uint64_t rank, const Candidate& candidate);

 private:
  /// A term as the closed forms take it.
  struct PointTerm {
    Hypothesis hypothesis = Hypothesis::father_only;
    double log10_weight = 0.0;
    PersonIndex father = kNobody, mother = kNobody;
  };
  struct FamilyFacts {
    std::uint32_t index = kNoFamily;
    const Family* family = nullptr;
    std::vector<PersonIndex> members;
    TypedParents parents;
    std::vector<std::uint64_t> typed;  ///< bit per locus: some member is fully known there
    std::uint32_t newest_batch = 0;
    std::vector<PointTerm> points;  ///< empty when the family has to be compiled
    CompiledFamily compiled;        ///< filled when it has to be
    bool contradicted = false;      ///< of a pedigree: its members' DNA contradicts the declared relations
    /// Of a pedigree, when a listed row asked for them: the child in other places.
    std::optional<std::vector<std::pair<std::string_view, CompiledFamily>>> other_places;
  };
  void learn(std::uint32_t index, FamilyFacts& facts);
  void learn_terms(FamilyFacts& facts) const;
  void compile(FamilyFacts& facts) const;
  bool typed_somewhere(PersonIndex person) const;
  std::vector<Genotype> calls(const std::vector<PersonIndex>& members) const;
  /// Fills terms_ and n_terms_; returns how many of them are the family's own.
  std::size_t score(const Hit& hit);
  Alternatives alternatives_of(const RowFacts& row);
  void add_other_places(const RowFacts& row, Alternatives& list);
  void score_family(const FamilyFacts& facts, std::span<const GenotypeCode> child);
  void score_point(const PointTerm& term, std::span<const GenotypeCode> child);
  PairTerm& next_term();

  void put_identity(std::string& out, const RowFacts& row) const;
  void put_score(std::string& out, const RowFacts& row, const RowChances& chances) const;
  void put_loci(std::string& out, const RowFacts& row);
  void put_inconsistent(std::string& out, const RowFacts& row);
  void put_steps(std::string& out, const RowFacts& row) const;
  void put_origin(std::string& out, const RowFacts& row);
  void shown_relatives(const RowFacts& row);

  TableContext context_;
  FamilyFacts first_, second_;
  std::vector<PairTerm> terms_;  ///< scratch; the first n_terms_ are in use
  std::size_t n_terms_ = 0;
  std::vector<std::uint32_t> inconsistent_;  ///< scratch: loci, loudest first
  std::vector<PersonIndex> shown_;           ///< scratch
  PairKeyMaker keys_;
};

}  // namespace homeward
