#include "likelihood/parents.hpp"

#include <numeric>
#include <utility>

#include "homeward/error.hpp"

namespace homeward {

namespace {

std::pair<AlleleIndex, AlleleIndex> indexes_of(const LocusModel& model, Genotype genotype) {
  if (!genotype.typed() || genotype.half_known())
    throw Error(ErrorKind::failure,
                "locus " + model.locus.name + ": a parent's gamete needs both alleles of the parent; pass an untyped parent instead");
  const auto i = model.locus.index_of(genotype.a);
  const auto j = model.locus.index_of(genotype.b);
  if (!i || !j)
    throw ModelError(model.locus.name, "a parent has an allele that is not in the frequency table; add it by the rare-allele rule first");
  return {*i, *j};
}

const TransitionMatrix& matrix_of(const LocusModel& model, Sex sex) {
  if (sex == Sex::unknown)
    throw Error(ErrorKind::failure, "locus " + model.locus.name + ": the sex of a parent is needed to choose the mutation matrix");
  return sex == Sex::male ? model.male : model.female;
}

void require_plain(const LocusModel& model) {
  if (model.theta != 0.0 || model.silent != 0.0 || model.locus.chromosome != Chromosome::autosomal)
    throw Error(ErrorKind::failure,
                "locus " + model.locus.name +
                    ": the closed forms hold for theta 0 without a silent allele on an autosome; use the pedigree likelihood");
}

}  // namespace

std::vector<double> parent_gamete(const LocusModel& model, Genotype parent, Sex sex) {
  const auto [a, b] = indexes_of(model, parent);
  const TransitionMatrix& m = matrix_of(model, sex);
  std::vector<double> t(model.frequencies.size());
  for (std::size_t x = 0; x < t.size(); ++x) t[x] = parent_gamete_at(m, a, b, static_cast<AlleleIndex>(x));
  return t;
}

std::vector<double> untyped_parent_gamete(const LocusModel& model, Sex sex, UntypedParent rule) {
  if (rule == UntypedParent::half) return model.frequencies;
  const TransitionMatrix& m = matrix_of(model, sex);
  std::vector<double> t(model.frequencies.size(), 0.0);
  for (std::size_t i = 0; i < t.size(); ++i)
    for (std::size_t x = 0; x < t.size(); ++x) t[x] += model.frequencies[i] * m(i, x);
  return t;
}

std::vector<double> child_likelihood_ratios(const LocusModel& model, std::span<const double> from_father,
                                            std::span<const double> from_mother) {
  require_plain(model);
  const std::size_t n = model.frequencies.size();
  std::vector<double> father(n);
  std::vector<double> mother(n);
  for (std::size_t x = 0; x < n; ++x) {
    father[x] = from_father[x] / model.frequencies[x];
    mother[x] = from_mother[x] / model.frequencies[x];
  }
  std::vector<double> lr(genotype_code_count(n), 1.0);
  for (std::size_t x = 0; x < n; ++x)
    for (std::size_t y = x; y < n; ++y)
      lr[genotype_code(static_cast<AlleleIndex>(x), static_cast<AlleleIndex>(y))] =
          child_likelihood_ratio({father[x], father[y]}, {mother[x], mother[y]});
  return lr;
}

std::vector<std::uint8_t> inconsistent_without_mutation(const LocusModel& model, std::optional<Genotype> father,
                                                        std::optional<Genotype> mother) {
  const std::size_t n = model.frequencies.size();
  const auto passes = [&](const std::optional<Genotype>& parent) {
    std::vector<AlleleIndex> alleles(n);
    std::iota(alleles.begin(), alleles.end(), AlleleIndex{0});
    if (!parent) return alleles;
    const auto [a, b] = indexes_of(model, *parent);
    return std::vector<AlleleIndex>{a, b};
  };
  const std::vector<AlleleIndex> from_father = passes(father);
  const std::vector<AlleleIndex> from_mother = passes(mother);
  std::vector<std::uint8_t> inconsistent(genotype_code_count(n), 1);
  inconsistent[kUntyped] = 0;
  for (const AlleleIndex x : from_father)
    for (const AlleleIndex y : from_mother) inconsistent[genotype_code(x, y)] = 0;
  return inconsistent;
}

}  // namespace homeward
