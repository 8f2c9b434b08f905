// Compiling a family into scoring profiles, and the exact score of a child.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "homeward/family.hpp"
#include "homeward/population.hpp"
#include "homeward/results.hpp"

namespace homeward {

class ScanAlphabet;  // src/score/quantize.hpp

/// Scores of one locus by the child's GenotypeCode: log10 LR, entry 0 (untyped) = 0.0. -inf = impossible; never NaN or
/// +inf. `inconsistent[g]` != 0: g is impossible without mutation (silent alleles do not excuse a mismatch here).
/// `scan_best`: by scan code of the compiler's ScanAlphabet, the largest score of the genotypes that share the code;
/// `best`: the largest of all, at least 0 since an untyped child scores 0.
struct LocusScores {
  std::vector<double> log10_lr;
  std::vector<std::uint8_t> inconsistent;
  std::vector<double> scan_best;
  double best = 0.0;
};

/// What a linked pair of loci adds to the scores of its two loci, by the child's two genotypes: log10 of the joint LR less the
/// sum of the two. 0 where the child is untyped at one of them. -inf where only both together are impossible; never NaN or +inf.
struct LinkedScores {
  LocusIndex first = 0, second = 0;
  std::size_t n_second_codes = 0;
  std::vector<double> gain;  ///< by first code * n_second_codes + second code
  double best = 0.0;         ///< the largest of all, at least 0: by so much the scan's budget is wider
  double at(GenotypeCode first_code, GenotypeCode second_code) const { return gain[first_code * n_second_codes + second_code]; }
};

/// A family under one hypothesis, compiled: one column per locus of the effective population. A locus at which no
/// relative is typed, or whose data are impossible, has a null column: it scores 0 and does not count. Columns are shared
/// between families with equal relatives' genotypes.
struct ScoringProfile {
  std::vector<std::shared_ptr<const LocusScores>> columns;  ///< by locus of the effective population
  /// Of pedigrees, the linked pairs that matter; both columns of such a pair are there. Added after the loci, in this order.
  std::vector<std::shared_ptr<const LinkedScores>> linked;
};

/// One term of a family's likelihood ratio: LR = sum over terms of weight x product over loci.
struct ScoringTerm {
  Hypothesis hypothesis = Hypothesis::father_only;
  double weight = 1.0;  ///< weights of a family sum to 1
  ScoringProfile profile;
};

/// A compiled family: one term (father, mother, pedigree), two (parent of unknown sex: as father and as mother at 0.5
/// each, both `parent_only`), or three (couple, father alone, mother alone). A couple of whom one member is untyped at
/// every locus is the other member alone, weight 1.
struct CompiledFamily {
  std::vector<ScoringTerm> terms;
  std::vector<std::string> warnings;  ///< e.g. "locus X: the typed relatives exclude each other; LR undefined, locus not used"
  std::uint32_t n_half_known = 0;     ///< members' calls with one known allele (`15,?`): counted as untyped at that locus
};

/// Weights of the hypotheses of a registered couple. Must sum to 1.
struct CoupleWeights {
  double couple = 0.90, father_only = 0.05, mother_only = 0.05;
};

/// Compiles families against one effective population, which must outlive the compiler; keeps a bounded cache of shared
/// columns. compile() is thread-safe and its result does not depend on the cache.
/// Law, tested: at every locus sum over g of P(g|H2) LR(g) = 1 (with a silent allele: together with "no allele seen").
/// Loci that are not autosomal have null columns: the child's sex is no part of a GenotypeCode; warnings() names them.
class Compiler {
 public:
  /// Throws Error(usage) when the weights are negative or do not sum to 1 within 1e-9.
  Compiler(const EffectivePopulation& population, CoupleWeights weights);
  ~Compiler();
  Compiler(Compiler&&) noexcept;
  /// @param calls genotypes of the family's typed members at every locus of the population: calls[locus * n + k] for the
  ///              k-th member; members in the order of member_indexes(family).
  /// Throws ModelError when a member has an allele the population was not frozen with.
  /// Cost: single parents a look-up per locus once the cache is warm, couples about 10 ns per genotype code.
  CompiledFamily compile(const Family& family, std::span<const Genotype> calls, std::size_t n_members) const;
  /// Joint profile of a father and a mother registered apart (hypothesis undeclared_couple, weight 1).
  ScoringTerm compile_undeclared(std::span<const Genotype> father, std::span<const Genotype> mother) const;
  /// How the children's genotypes are folded into scan codes: a function of the population alone.
  const ScanAlphabet& alphabet() const;
  /// Loci this compiler never uses and why, as sentences.
  const std::vector<std::string>& warnings() const;

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

/// log10 of the family's LR for one child: exact double, loci added in the order of the population, terms mixed after the
/// product (METHODS, "Mixing hypotheses"). LR 0 is -inf; never NaN. A single term of weight 1 is the plain sum.
struct ExactScore {
  double log10_lr = 0;
  std::uint16_t n_loci = 0;                         ///< loci typed in the child and informative under `hypothesis`
  std::uint16_t n_inconsistent = 0;                 ///< of these, impossible without mutation under `hypothesis`
  Hypothesis hypothesis = Hypothesis::father_only;  ///< the term with the largest weight x LR; of equal ones the first
  std::vector<double> term_log10_lr;                ///< by term, before weighting; filled when asked
};
ExactScore exact_score(const CompiledFamily& family, const CodeBlock& block, std::size_t child, bool want_terms = false);

/// exact_score(...).log10_lr, the same bits, without the counts: what rescoring calls first.
double exact_log10_lr(const CompiledFamily& family, const CodeBlock& block, std::size_t child);

}  // namespace homeward
