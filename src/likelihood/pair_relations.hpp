// Two typed persons at one locus under each close relation they may have: closed forms.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "homeward/allele.hpp"
#include "homeward/pedigree.hpp"
#include "homeward/population.hpp"

namespace homeward {

/// A genotype as a pair of allele indexes of the locus, in any order.
struct AllelePair {
  AlleleIndex a = 0, b = 0;
  bool homozygous() const { return a == b; }
};

/// Probability that a second typing of the same person reads as the genotype of somebody else: what "the same person"
/// grants a locus that differs (METHODS, "Close alternatives").
inline constexpr double kRetypingDisagreement = 0.01;

/// Likelihood ratios of one locus for a tested person and a child: P(both | relation) / P(both | unrelated founders).
struct PairRatios {
  double parent = 1.0;         ///< the tested person is the child's parent
  double full_sib = 1.0;       ///< ... the child's full sib
  double second_degree = 1.0;  ///< ... a full sib of the child's true parent (METHODS: stands for half sib and grandparent too)
  double same_person = 1.0;    ///< ... the child itself, typed twice
};

/// Likelihood ratios of one locus for a tested couple and a child, against three unrelated founders. What the other member
/// is says the name's second half.
struct CoupleRatios {
  double father_second_degree = 1.0;  ///< father: full sib of the true father; the mother is the mother
  double mother_second_degree = 1.0;  ///< mother: full sib of the true mother; the father is the father
  double grandparents = 1.0;          ///< both: the parents of the child's true father
};

/// Whether close relations are computed with the model's theta.
enum class CoAncestry { of_model, ignored };

/// The close relations of two typed persons at one locus. Theta 0: exact with mutation and silent allele, as the pedigree
/// likelihood of the same pedigree. Theta > 0: IBD states with the urn of METHODS equation 20, without mutation.
/// Construction O(n^3), each call a few dozen multiplications. Thread-safe.
class PairRelations {
 public:
  PairRelations(const LocusModel& model, UntypedParent rule, CoAncestry co_ancestry = CoAncestry::of_model);
  /// @param side sex of the parent whose place the tested person has: male for a father.
  PairRatios ratios(AllelePair tested, AllelePair child, Sex side) const;
  /// Either member may be untyped. Theta must be 0.
  CoupleRatios couple(std::optional<AllelePair> father, std::optional<AllelePair> mother, AllelePair child) const;

 private:
  using State = std::size_t;
  /// One true ordered genotype (first, second) that reads as seen.
  struct Ordered {
    State first = 0, second = 0;
  };
  struct Orders {
    std::array<Ordered, 3> of;
    std::size_t n = 0;
    double probability = 0.0;  ///< of the genotype seen, for a founder at theta 0
    const Ordered* begin() const { return of.data(); }
    const Ordered* end() const { return of.data() + n; }
  };
  /// What the allele x of one person and y of another have in common; one cache line.
  struct Cell {
    std::array<double, 2> sibs;  ///< P(x, y): gametes of one untyped father; of one untyped mother
    std::array<std::array<double, 2>, 2>
        nephew;                     ///< [side][from grandfather, grandmother]: P(x to the tested, y to the child through its parent)
    std::array<double, 2> meiosis;  ///< [side]: M[x][y]
  };
  /// P(the child's gamete from one side) at the child's two alleles and at the silent one.
  using Gamete = std::array<double, 3>;

  const Cell& cell(State x, State y) const { return cells_[x * n_ + y]; }
  Orders orders(AllelePair seen) const;
  Gamete population_gamete(const std::array<State, 3>& at, std::size_t side) const;
  Gamete parent_gamete(const Orders& tested, const std::array<State, 3>& at, std::size_t side) const;
  Gamete nephew_gamete(const Orders& tested, const std::array<State, 3>& at, std::size_t side) const;
  PairRatios urn_ratios(const Orders& tested, const Orders& child) const;
  double same_person(const Orders& tested, const Orders& child, double probability_given_tested) const;

  std::size_t n_ = 0;  ///< states: visible alleles, then the silent one
  bool has_silent_ = false;
  double theta_ = 0.0;
  std::vector<double> p_;                      ///< founder probabilities by state
  std::array<std::vector<double>, 2> passed_;  ///< [sex]: sum_i p_i M[i, x], what an untyped founder passes on
  std::array<std::vector<double>, 2> other_;   ///< [side]: gamete of the child's other, untyped parent
  std::vector<Cell> cells_;
  std::array<std::vector<double>, 2> twice_;  ///< [sex of the first]: (M_sex M_male)[x, y], grandparent to child
};

}  // namespace homeward
