// Compiling a family into scoring profiles, and their quantised shadow.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "homeward/family.hpp"
#include "homeward/population.hpp"
#include "homeward/results.hpp"

namespace homeward {

/// Scores of one locus by the child's GenotypeCode: log10 LR, entry 0 (untyped) = 0.0. -inf = impossible.
/// `inconsistent[g]` != 0: g is impossible without mutation.
struct LocusScores {
  std::vector<double> log10_lr;
  std::vector<std::uint8_t> inconsistent;
};

/// A family under one hypothesis, compiled: one column per locus of the effective population. A locus at which no
/// relative is typed has a null column: it scores 0 and does not count. Columns are shared between families with equal
/// relatives' genotypes.
struct ScoringProfile {
  std::vector<std::shared_ptr<const LocusScores>> columns;  ///< by locus of the effective population
};

/// One term of a family's likelihood ratio: LR = sum over terms of weight x product over loci.
struct ScoringTerm {
  Hypothesis hypothesis = Hypothesis::father_only;
  double weight = 1.0;  ///< weights of a family sum to 1
  ScoringProfile profile;
};

/// A compiled family: one term (father, mother, pedigree), two (parent of unknown sex: father and mother at 0.5 each), or
/// three (couple, father alone, mother alone).
struct CompiledFamily {
  std::vector<ScoringTerm> terms;
  std::vector<std::string> warnings;  ///< e.g. "locus X: the typed relatives exclude each other; LR undefined, locus not used"
};

/// Weights of the hypotheses of a registered couple. Must sum to 1.
struct CoupleWeights {
  double couple = 0.90, father_only = 0.05, mother_only = 0.05;
};

/// Compiles families against one effective population; keeps a cache of shared columns. compile() is thread-safe.
/// Law, tested: at every locus sum over g of P(g|H2) LR(g) = 1.
class Compiler {
 public:
  Compiler(const EffectivePopulation& population, CoupleWeights weights);
  ~Compiler();
  Compiler(Compiler&&) noexcept;
  /// @param calls genotypes of the family's typed members at every locus of the population: calls[locus * n + k] for the
  ///              k-th member; members in the order of member_indexes(family).
  CompiledFamily compile(const Family& family, std::span<const Genotype> calls, std::size_t n_members) const;
  /// Joint profile of a father and a mother registered apart (hypothesis undeclared_couple, weight 1).
  ScoringTerm compile_undeclared(std::span<const Genotype> father, std::span<const Genotype> mother) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Typed members of a family, in the order Compiler::compile expects: father, mother; or the pedigree's typed persons.
std::vector<PersonIndex> member_indexes(const Family& family);

/// Child genotype codes of one block, locus-major over the loci of the effective population: codes[locus * n + i].
struct CodeBlock {
  std::size_t n_children = 0;
  std::vector<GenotypeCode> codes;
};

/// log10 of the family's LR for one child: exact double, fixed locus order, terms mixed after the product.
struct ExactScore {
  double log10_lr = 0;
  std::uint16_t n_loci = 0;
  std::uint16_t n_inconsistent = 0;
  Hypothesis hypothesis = Hypothesis::father_only;
  std::vector<double> term_log10_lr;  ///< by term, filled when asked
};
ExactScore exact_score(const CompiledFamily& family, const CodeBlock& block, std::size_t child, bool want_terms = false);

}  // namespace homeward
