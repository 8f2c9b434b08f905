// Which genotypes of the missing person a pedigree allows without mutation.
#include "score/columns.hpp"

namespace homeward {

namespace {

/// A locus with the alleles that somebody shows and two that nobody shows. Without mutation the unseen alleles are alike: the
/// first stands for any of them, and both for any two that differ.
struct FewAlleles {
  LocusModel model;                ///< no mutation, silent allele or theta
  std::vector<std::size_t> place;  ///< by allele of the full locus
  std::size_t second_unseen = 0;

  GenotypeCode code(std::size_t x, std::size_t y) const {
    const std::size_t other = x != y && place[x] == place[y] ? second_unseen : place[y];
    return genotype_code(static_cast<AlleleIndex>(place[x]), static_cast<AlleleIndex>(other));
  }
};

FewAlleles few_alleles(const LocusModel& full, std::span<const ObservedGenotype> observed) {
  const std::size_t n = full.frequencies.size();
  std::vector<bool> shown(n, false);
  for (const ObservedGenotype& person : observed)
    for (const Allele allele : {person.genotype.a, person.genotype.b})
      if (const auto index = full.locus.index_of(allele)) shown[*index] = true;
  FewAlleles few;
  few.model.locus = {full.locus.name, full.locus.kind, full.locus.chromosome, {}};
  few.place.resize(n);
  std::size_t n_unseen = 0, first_unseen = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t next = few.model.frequencies.size();
    if (!shown[i]) ++n_unseen;
    if (!shown[i] && n_unseen == 1) first_unseen = next;
    if (!shown[i] && n_unseen == 2) few.second_unseen = next;
    few.place[i] = shown[i] ? next : first_unseen;
    if (!shown[i] && n_unseen > 2) continue;
    few.model.locus.alleles.push_back(full.locus.alleles[i]);
    few.model.frequencies.push_back(full.frequencies[i]);
  }
  few.model.mutation.model = MutationModel::none;
  few.model.male = few.model.female = TransitionMatrix::identity(few.model.frequencies.size());
  return few;
}

}  // namespace

std::vector<std::uint8_t> pedigree_inconsistent(const LocusModel& model, const Pedigree& pedigree, PersonInPedigree missing,
                                                std::span<const ObservedGenotype> observed) {
  const FewAlleles few = few_alleles(model, observed);
  const std::vector<double> likelihood = missing_genotype_likelihoods(pedigree, missing, observed, few.model, {});
  const std::size_t n = model.frequencies.size();
  std::vector<std::uint8_t> inconsistent(genotype_code_count(n), 0);
  for (std::size_t y = 0; y < n; ++y)
    for (std::size_t x = 0; x <= y; ++x)
      inconsistent[genotype_code(static_cast<AlleleIndex>(x), static_cast<AlleleIndex>(y))] = likelihood[few.code(x, y)] > 0.0 ? 0 : 1;
  return inconsistent;
}

}  // namespace homeward
