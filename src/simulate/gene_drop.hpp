// True genotypes: founders from the population, children through the mutation matrices.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/rng.hpp"
#include "homeward/pedigree.hpp"
#include "homeward/population.hpp"
#include "homeward/simulate.hpp"

namespace homeward {

inline constexpr AlleleIndex kSilentAllele = 0xFFFF;

/// Both allele copies of a person at one locus, paternal first; kSilentAllele where silent.
struct TrueGenotype {
  AlleleIndex paternal = 0;
  AlleleIndex maternal = 0;
};

/// Mutation bookkeeping of gene drops.
struct DropCounts {
  std::uint64_t transmissions = 0, mutations = 0;
  double expected_mutations = 0.0;
};

/// One locus prepared for sampling: cumulative founder frequencies and cumulative matrix rows.
class LocusDropper {
 public:
  explicit LocusDropper(const LocusModel& model);
  AlleleIndex founder_allele(CounterRng& rng) const;
  /// A gamete of a parent: one of the two copies at even odds, then its row of the matrix of the parent's sex. A silent
  /// copy does not mutate.
  AlleleIndex gamete(TrueGenotype parent, Sex sex, CounterRng& rng, DropCounts& counts) const;
  std::size_t n_alleles() const { return founders_.size(); }

 private:
  /// Row i of a matrix: `stay[i]` = M[i][i], `moves[i * n + j]` = sum over k <= j, k != i of M[i][k].
  struct Matrix {
    std::vector<double> stay, moves;
  };
  static Matrix prepare(const TransitionMatrix& matrix);

  std::vector<double> founders_;  ///< cumulative frequencies of the visible alleles
  double silent_ = 0.0;
  Matrix male_, female_;
};

/// Who is who in one simulated family: parents before children in `pedigree`.
struct UnitPedigree {
  Pedigree pedigree;
  PersonInPedigree child = kNoParent;   ///< kNoParent: no child of this family is in the data
  PersonInPedigree father = kNoParent;  ///< tested and registered as father
  PersonInPedigree mother = kNoParent;
  bool father_related = false, mother_related = false;  ///< by `relation`, to the child
};

/// Which tested persons a family has.
enum class Tested : std::uint8_t { father, mother, both };

/// Draws the sexes and sides that the relation leaves open, and builds the pedigree. nullopt relation: unrelated founders.
/// Of two tested persons, one (drawn) is the relative and the other its unrelated spouse; parents and grandparents both are, but with
/// probability `one_parent` one of two parents (drawn) is not the child's.
UnitPedigree draw_unit_pedigree(std::optional<Relation> relation, Tested tested, double one_parent, UntypedParent untyped_parent,
                                CounterRng& rng);

/// Families whose typed members are neither a parent nor a couple. Simulated in turn, in this order.
enum class PedigreeKind : std::uint8_t {
  grandparents,       ///< both parents of the father
  grandmother_uncle,  ///< the father's mother and a brother of the father
  full_sibs,          ///< two full sibs
  father_and_sib,     ///< the father and a full sib
  half_sib,           ///< a half sib by the mother, and that sib's father
  grandmother_aunt,   ///< the mother's mother and a sister of the mother
  own_children        ///< two children of the missing person, and their other parent
};
inline constexpr std::size_t kPedigreeKinds = 7;

/// One simulated family of relatives: parents before children.
struct RelativesPedigree {
  Pedigree pedigree;
  std::vector<PersonInPedigree> typed;
  std::vector<const char*> roles;  ///< of the typed, words of `role` in a profile file
  PersonInPedigree missing = kNoParent;
};
/// Sexes that the kind leaves open are drawn. Untyped parents stay in the pedigree: a pedigree table names them.
RelativesPedigree draw_relatives(PedigreeKind kind, CounterRng& rng);

/// The pedigree genes are dropped in: under `half`, an untyped founder with one child is replaced by a gamete of the population
/// (METHODS, "Untyped parent"). Same persons, same places.
Pedigree as_generated(const RelativesPedigree& family, UntypedParent untyped_parent);

/// Genotypes of everybody of a pedigree at every locus: out[locus * persons + person].
void drop_genes(const std::vector<LocusDropper>& loci, const Pedigree& pedigree, CounterRng& rng, std::vector<TrueGenotype>& out,
                DropCounts& counts);

}  // namespace homeward
