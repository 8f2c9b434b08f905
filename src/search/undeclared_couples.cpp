#include "search/undeclared_couples.hpp"

#include <algorithm>
#include <cmath>

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
      ratios_[sex == Sex::male ? 0 : 1][locus][kUntyped] = divided(untyped_parent_gamete(model, sex, population.untyped_parent), model.frequencies);
    for (std::size_t f = 0; f < families.size(); ++f) {
      if (row_[f] == kNoFamily) continue;
      const std::size_t cell = locus * n_rows_ + row_[f];
      std::vector<double>& row = ratios_[families[f].shape == FamilyShape::father ? 0 : 1][locus][codes_[cell]];
      if (row.empty()) row = divided(parent_gamete(model, genotypes_[cell], sex_of(families[f])), model.frequencies);
    }
  }
}

struct UndeclaredCouples::ChildLoci {
  std::vector<std::uint32_t> locus;  ///< loci the child is typed at, in population order
  std::vector<Genotype> genotype;
  std::vector<AlleleIndex> x, y;
};

struct UndeclaredCouples::Parent {
  std::vector<double> x, y;  ///< ratios at the child's alleles
  std::vector<std::uint8_t> typed;
};

UndeclaredCouples::Parent UndeclaredCouples::parent_at(std::uint32_t family, const ChildLoci& child, Sex sex) const {
  Parent parent;
  for (std::size_t k = 0; k < child.locus.size(); ++k) {
    const GenotypeCode code = codes_[child.locus[k] * n_rows_ + row_[family]];
    const std::vector<double>& row = ratios(child.locus[k], sex, code);
    parent.x.push_back(row[child.x[k]]);
    parent.y.push_back(row[child.y[k]]);
    parent.typed.push_back(code != kUntyped ? 1 : 0);
  }
  return parent;
}

std::uint64_t UndeclaredCouples::score(PersonIndex child_index, std::span<const GenotypeCode> codes, std::span<const std::uint32_t> fathers,
                                       std::span<const std::uint32_t> mothers, double min_log10_lr, std::vector<Hit>& hits) const {
  std::uint64_t scored = 0;
  const std::vector<Family>& families = source_.families();
  const auto same_person = [&](std::uint32_t f, std::uint32_t m) { return parent_of(families[f]) == parent_of(families[m]); };
  if (!closed_form_) {
    for (const std::uint32_t f : fathers)
      for (const std::uint32_t m : mothers) {
        if (same_person(f, m)) continue;
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
  std::vector<Parent> father_rows, mother_rows;
  for (const std::uint32_t f : fathers) father_rows.push_back(parent_at(f, child, Sex::male));
  for (const std::uint32_t m : mothers) mother_rows.push_back(parent_at(m, child, Sex::female));

  const std::size_t n = child.locus.size();
  const auto factor = [](const Parent& f, const Parent& m, std::size_t k) {
    // Nobody typed: a one-sided locus, LR 1 whatever the rule for untyped parents.
    return (f.typed[k] | m.typed[k]) != 0 ? (f.x[k] * m.y[k] + f.y[k] * m.x[k]) / 2.0 : 1.0;
  };
  for (std::size_t i = 0; i < fathers.size(); ++i) {
    for (std::size_t j = 0; j < mothers.size(); ++j) {
      if (same_person(fathers[i], mothers[j])) continue;
      ++scored;
      const Parent& f = father_rows[i];
      const Parent& m = mother_rows[j];
      // A cheap product first, its exponent kept apart; only couples within rounding of the threshold get the ordered sum.
      double product = 1.0;
      long exponent = 0;
      for (std::size_t k = 0; k < n; ++k) {
        product *= factor(f, m, k);
        if ((k & 7U) == 7U) {
          int shift = 0;
          product = std::frexp(product, &shift);
          exponent += shift;
        }
      }
      const double estimate = std::log10(product) + static_cast<double>(exponent) * 0.30102999566398120;
      if (!(estimate >= min_log10_lr - 1e-6)) continue;

      Hit hit;
      for (std::size_t k = 0; k < n; ++k) {
        if ((f.typed[k] | m.typed[k]) == 0) continue;
        ++hit.n_loci;
        hit.log10_lr += std::log10(factor(f, m, k));
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
