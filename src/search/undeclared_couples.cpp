#include "search/undeclared_couples.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "likelihood/parents.hpp"

namespace homeward {

namespace {

bool single_parent(const Family& family) { return family.shape == FamilyShape::father || family.shape == FamilyShape::mother; }
Sex sex_of(const Family& family) { return family.shape == FamilyShape::father ? Sex::male : Sex::female; }
PersonIndex parent_of(const Family& family) { return family.shape == FamilyShape::father ? family.father : family.mother; }

std::vector<double> divided(std::vector<double> gamete, const std::vector<double>& frequencies) {
  for (std::size_t i = 0; i < gamete.size(); ++i) gamete[i] /= frequencies[i];
  return gamete;
}

/// A child can come from these genotypes without mutation. An untyped parent gives anything.
bool consistent(Genotype child, Genotype father, Genotype mother) {
  const auto gives = [](Genotype parent, Allele allele) { return !parent.typed() || parent.a == allele || parent.b == allele; };
  return (gives(father, child.a) && gives(mother, child.b)) || (gives(father, child.b) && gives(mother, child.a));
}

}  // namespace

UndeclaredCouples::UndeclaredCouples(const ProfileSource& source, const EffectivePopulation& population, const LocusEncoder& encoder,
                                     const Compiler& compiler)
    : source_(source), population_(population), compiler_(compiler), closed_form_(population.theta == 0.0) {
  for (const LocusModel& model : population.loci) closed_form_ = closed_form_ && model.silent == 0.0;

  const std::vector<Family>& families = source.families();
  row_.assign(families.size(), kNoFamily);
  std::vector<PersonIndex> parents;
  for (const Family& family : families)
    if (single_parent(family)) parents.push_back(parent_of(family));
  std::sort(parents.begin(), parents.end());
  parents.erase(std::unique(parents.begin(), parents.end()), parents.end());
  for (std::size_t f = 0; f < families.size(); ++f)
    if (single_parent(families[f]))
      row_[f] = static_cast<std::uint32_t>(std::lower_bound(parents.begin(), parents.end(), parent_of(families[f])) - parents.begin());

  ProfileBlock block;
  source.read(parents, block);
  n_rows_ = parents.size();
  genotypes_ = encoder.genotypes(block);
  for (Genotype& genotype : genotypes_)
    if (genotype.half_known()) genotype = Genotype{};
  codes_ = encoder.codes(block).codes;

  for (auto& table : ratios_) table.resize(population.loci.size());
  if (!closed_form_) return;
  for (std::size_t locus = 0; locus < population.loci.size(); ++locus) {
    const LocusModel& model = population.loci[locus];
    const std::size_t n_codes = genotype_code_count(model.frequencies.size());
    for (auto& table : ratios_) table[locus].resize(n_codes);
    for (const Sex sex : {Sex::male, Sex::female})
      ratios_[sex == Sex::male ? 0 : 1][locus][kUntyped] =
          divided(untyped_parent_gamete(model, sex, population.untyped_parent), model.frequencies);
    for (std::size_t f = 0; f < families.size(); ++f) {
      if (row_[f] == kNoFamily) continue;
      const std::size_t cell = locus * n_rows_ + row_[f];
      std::vector<double>& row = ratios_[families[f].shape == FamilyShape::father ? 0 : 1][locus][codes_[cell]];
      if (row.empty()) row = divided(parent_gamete(model, genotypes_[cell], sex_of(families[f])), model.frequencies);
    }
  }
  products_hold_ = moderate_ratios();
}

/// Every factor is 0 or lies within 1e-36 and 1e36, since every ratio is 0 or within their square roots (and a half).
bool UndeclaredCouples::moderate_ratios() const {
  for (const auto& table : ratios_)
    for (const auto& locus : table)
      for (const std::vector<double>& row : locus)
        for (const double ratio : row)
          if (ratio != 0.0 && !(ratio > 1e-17 && ratio < 1e17)) return false;
  return true;
}

struct UndeclaredCouples::ChildLoci {
  std::vector<std::uint32_t> locus;  ///< loci the child is typed at, in population order
  std::vector<Genotype> genotype;
  std::vector<AlleleIndex> x, y;
};

/// Some families' parents beside one child, n loci each.
struct UndeclaredCouples::Parents {
  std::size_t n = 0;
  std::vector<double> x, y;  ///< [parent * n + locus]: ratios at the child's alleles
  std::vector<std::uint8_t> typed;
  std::vector<std::uint8_t> whole;  ///< by parent: typed at every locus of the child
  std::vector<PersonIndex> person;
};

UndeclaredCouples::Parents UndeclaredCouples::parents_at(std::span<const std::uint32_t> families, const ChildLoci& child, Sex sex) const {
  Parents parents;
  parents.n = child.locus.size();
  parents.x.reserve(families.size() * parents.n);
  parents.y.reserve(families.size() * parents.n);
  parents.typed.reserve(families.size() * parents.n);
  for (const std::uint32_t family : families) {
    bool whole = true;
    for (std::size_t k = 0; k < parents.n; ++k) {
      const GenotypeCode code = codes_[child.locus[k] * n_rows_ + row_[family]];
      const std::vector<double>& row = ratios(child.locus[k], sex, code);
      parents.x.push_back(row[child.x[k]]);
      parents.y.push_back(row[child.y[k]]);
      parents.typed.push_back(code != kUntyped ? 1 : 0);
      whole = whole && code != kUntyped;
    }
    parents.whole.push_back(whole ? 1 : 0);
    parents.person.push_back(parent_of(source_.families()[family]));
  }
  return parents;
}

namespace {

constexpr std::size_t kTogether = 8;  ///< factors multiplied before the product's size is looked at

/// LR of one locus. Nobody typed: a one-sided locus, LR 1 whatever the rule for untyped parents.
double locus_factor(double fx, double fy, double mx, double my, bool any_typed) { return any_typed ? (fx * my + fy * mx) / 2.0 : 1.0; }

}  // namespace

bool UndeclaredCouples::may_reach(const Parents& f, std::size_t i, const Parents& m, std::size_t j, double min_log10_lr,
                                  double cutoff) const {
  const std::size_t n = f.n;
  const double* fx = f.x.data() + i * n;
  const double* fy = f.y.data() + i * n;
  const double* mx = m.x.data() + j * n;
  const double* my = m.y.data() + j * n;
  if (products_hold_ && (f.whole[i] | m.whole[j]) != 0) {
    double product = 1.0;
    bool sure = true;
    for (std::size_t k = 0; k < n; k += kTogether) {
      double part = 1.0;
      for (std::size_t l = k; l < std::min(n, k + kTogether); ++l) part *= (fx[l] * my[l] + fy[l] * mx[l]) / 2.0;
      if (part == 0.0) return !(min_log10_lr > -std::numeric_limits<double>::infinity());
      product *= part;
      sure = sure && part > 1e-90 && part < 1e90 && product > 1e-100 && product < 1e100;
    }
    // Rounding moves the product by less than 1e-13 of itself.
    if (sure) return product >= cutoff;
  }
  double product = 1.0;
  long exponent = 0;
  for (std::size_t k = 0; k < n; ++k) {
    product *= locus_factor(fx[k], fy[k], mx[k], my[k], (f.typed[i * n + k] | m.typed[j * n + k]) != 0);
    if (k % kTogether == kTogether - 1) {
      int shift = 0;
      product = std::frexp(product, &shift);
      exponent += shift;
    }
  }
  const double estimate = std::log10(product) + static_cast<double>(exponent) * 0.30102999566398120;
  return estimate >= min_log10_lr - 1e-6;
}

std::uint64_t UndeclaredCouples::score(PersonIndex child_index, std::span<const GenotypeCode> codes, std::span<const std::uint32_t> fathers,
                                       std::span<const std::uint32_t> mothers, double min_log10_lr, std::vector<Hit>& hits) const {
  std::uint64_t scored = 0;
  const std::vector<Family>& families = source_.families();
  if (!closed_form_) {
    for (const std::uint32_t f : fathers)
      for (const std::uint32_t m : mothers) {
        if (parent_of(families[f]) == parent_of(families[m])) continue;
        ++scored;
        score_compiled(child_index, codes, f, m, min_log10_lr, hits);
      }
    return scored;
  }

  ChildLoci child;
  for (std::uint32_t locus = 0; locus < codes.size(); ++locus) {
    if (codes[locus] == kUntyped) continue;
    const Locus& where = population_.loci[locus].locus;
    const Genotype genotype = where.genotype_of(codes[locus]);
    child.locus.push_back(locus);
    child.genotype.push_back(genotype);
    child.x.push_back(*where.index_of(genotype.a));
    child.y.push_back(*where.index_of(genotype.b));
  }
  const Parents f = parents_at(fathers, child, Sex::male);
  const Parents m = parents_at(mothers, child, Sex::female);
  const std::size_t n = child.locus.size();
  const double cutoff = std::pow(10.0, min_log10_lr - 1e-6);
  for (std::size_t i = 0; i < fathers.size(); ++i) {
    for (std::size_t j = 0; j < mothers.size(); ++j) {
      if (f.person[i] == m.person[j]) continue;
      ++scored;
      // A cheap product first; only couples within rounding of the threshold get the ordered sum.
      if (!may_reach(f, i, m, j, min_log10_lr, cutoff)) continue;

      Hit hit;
      for (std::size_t k = 0; k < n; ++k) {
        const std::size_t fk = i * n + k;
        const std::size_t mk = j * n + k;
        if ((f.typed[fk] | m.typed[mk]) == 0) continue;
        ++hit.n_loci;
        hit.log10_lr += std::log10(locus_factor(f.x[fk], f.y[fk], m.x[mk], m.y[mk], true));
        const std::size_t base = child.locus[k] * n_rows_;
        if (!consistent(child.genotype[k], genotypes_[base + row_[fathers[i]]], genotypes_[base + row_[mothers[j]]])) ++hit.n_inconsistent;
      }
      if (hit.log10_lr < min_log10_lr) continue;
      hit.child = child_index;
      hit.family = fathers[i];
      hit.family_b = mothers[j];
      hit.hypothesis = Hypothesis::undeclared_couple;
      hits.push_back(hit);
    }
  }
  return scored;
}

void UndeclaredCouples::score_compiled(PersonIndex child, std::span<const GenotypeCode> codes, std::uint32_t father, std::uint32_t mother,
                                       double min_log10_lr, std::vector<Hit>& hits) const {
  const std::size_t n_loci = population_.loci.size();
  std::vector<Genotype> f(n_loci), m(n_loci);
  for (std::size_t locus = 0; locus < n_loci; ++locus) {
    f[locus] = genotypes_[locus * n_rows_ + row_[father]];
    m[locus] = genotypes_[locus * n_rows_ + row_[mother]];
  }
  CompiledFamily joint;
  joint.terms.push_back(compiler_.compile_undeclared(f, m));
  CodeBlock one;
  one.n_children = 1;
  one.codes.assign(codes.begin(), codes.end());
  const ExactScore score = exact_score(joint, one, 0);
  if (score.n_loci == 0 || score.log10_lr < min_log10_lr) return;
  hits.push_back({score.log10_lr, child, father, mother, score.n_loci, score.n_inconsistent, Hypothesis::undeclared_couple});
}

}  // namespace homeward
