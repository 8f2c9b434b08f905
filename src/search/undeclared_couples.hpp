// Parents who registered apart: every child's single fathers and single mothers, scored jointly.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "homeward/family.hpp"
#include "homeward/population.hpp"
#include "homeward/results.hpp"
#include "homeward/scoring_profile.hpp"
#include "search/locus_encoder.hpp"

namespace homeward {

/// Joint log10 LR of a father and a mother registered as two families (METHODS, "Undeclared couples"): with
/// r[x] = P(x from this parent) / p[x], the LR of a child {x, y} at one locus is (r_f[x] r_m[y] + r_f[y] r_m[x]) / 2.
/// Exact for theta 0 without silent alleles; otherwise every joint profile is compiled, which is slow and equally exact.
/// Thread-safe after construction. Memory: one row of ratios per distinct parental genotype.
class UndeclaredCouples {
 public:
  UndeclaredCouples(const ProfileSource& source, const EffectivePopulation& population, const LocusEncoder& encoder,
                    const Compiler& compiler);

  /// Appends a hit for every (father, mother) whose joint log10 LR reaches the threshold. `fathers` and `mothers` are
  /// indexes of families of shape father and mother, `codes` the child's codes by locus of the population.
  /// Returns the number of couples scored.
  std::uint64_t score(PersonIndex child, std::span<const GenotypeCode> codes, std::span<const std::uint32_t> fathers,
                      std::span<const std::uint32_t> mothers, double min_log10_lr, std::vector<Hit>& hits) const;

 private:
  struct Parents;
  struct ChildLoci;
  /// Ratios of the families' parents at a child's two alleles per locus, and whether they are typed there.
  Parents parents_at(std::span<const std::uint32_t> families, const ChildLoci& child, Sex sex) const;
  /// False only when the ordered sum of logarithms is certainly below the threshold.
  bool may_reach(const Parents& f, std::size_t i, const Parents& m, std::size_t j, double min_log10_lr, double cutoff) const;
  bool moderate_ratios() const;
  void score_compiled(PersonIndex child, std::span<const GenotypeCode> codes, std::uint32_t father, std::uint32_t mother,
                      double min_log10_lr, std::vector<Hit>& hits) const;
  const std::vector<double>& ratios(std::size_t locus, Sex sex, GenotypeCode code) const {
    return ratios_[sex == Sex::male ? 0 : 1][locus][code];
  }

  const ProfileSource& source_;
  const EffectivePopulation& population_;
  const Compiler& compiler_;
  bool closed_form_;
  bool products_hold_ = false;      ///< eight factors multiply without over- or underflow
  std::vector<std::uint32_t> row_;  ///< by family: its row in genotypes_, or kNoFamily
  std::size_t n_rows_ = 0;
  std::vector<Genotype> genotypes_;  ///< [locus * n_rows + row]
  std::vector<GenotypeCode> codes_;  ///< the same as codes
  /// [sex][locus][parent's code][allele]: P(allele from parent) / p; code 0: the untyped parent's gamete. Empty if nobody has the code.
  std::vector<std::vector<std::vector<double>>> ratios_[2];
};

}  // namespace homeward
