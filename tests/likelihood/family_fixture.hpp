// Small loci and pedigrees for the likelihood tests.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "homeward/likelihood.hpp"

namespace homeward::fixture {

inline void set_mutation(LocusModel& model, const MutationParameters& parameters) {
  std::vector<double> visible = model.frequencies;
  for (double& p : visible) p *= 1.0 - model.silent;
  model.mutation = parameters;
  model.male = mutation_matrix(parameters, parameters.rate_male, true, model.locus.alleles, visible, model.locus.name);
  model.female = mutation_matrix(parameters, parameters.rate_female, false, model.locus.alleles, visible, model.locus.name);
}

inline MutationParameters mutation(MutationModel kind, double male = 0.002, double female = 0.0005) {
  MutationParameters parameters;
  parameters.model = kind;
  parameters.rate_male = male;
  parameters.rate_female = female;
  return parameters;
}

inline LocusModel locus(std::vector<Allele> alleles, std::vector<double> frequencies,
                        const MutationParameters& parameters = mutation(MutationModel::none), double silent = 0.0, double theta = 0.0) {
  LocusModel model;
  model.locus.name = "L";
  model.locus.alleles = std::move(alleles);
  model.frequencies = std::move(frequencies);
  model.floored.assign(model.frequencies.size(), false);
  model.silent = silent;
  model.theta = theta;
  set_mutation(model, parameters);
  return model;
}

/// 74 alleles like SE33's: a ladder of whole repeats and one of .2 microvariants, uneven frequencies.
inline LocusModel long_ladder(const MutationParameters& parameters, double theta = 0.0, unsigned n = 74) {
  std::vector<Allele> alleles;
  std::vector<double> frequencies;
  double total = 0.0;
  for (unsigned i = 0; i < n; ++i) {
    alleles.emplace_back(8 + i / 2, i % 2 == 0 ? 0 : 2);
    frequencies.push_back(1.0 + (i * 37) % 23);
    total += frequencies.back();
  }
  for (double& p : frequencies) p /= total;
  return locus(std::move(alleles), std::move(frequencies), parameters, 0.0, theta);
}

/// A pedigree from rows (id, father, mother, sex); "0" = founder, "*" = gamete of the population.
struct Row {
  const char *id, *father, *mother;
  char sex;
};
inline Pedigree pedigree(const std::vector<Row>& rows) {
  std::vector<PedigreePerson> persons;
  const auto place = [&](const std::string& id) -> PersonInPedigree {
    if (id == "0") return kNoParent;
    if (id == "*") return kPopulationGamete;
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (id == rows[i].id) return static_cast<PersonInPedigree>(i);
    return kNoParent;
  };
  for (const Row& row : rows) persons.push_back({row.id, place(row.father), place(row.mother), row.sex == 'M' ? Sex::male : Sex::female});
  return Pedigree(std::move(persons));
}

inline ObservedGenotype seen(Allele a, Allele b) { return {Observation::genotype, Genotype(a, b)}; }

/// Genotypes by person id.
using Typed = std::map<std::string, Genotype>;
inline std::vector<ObservedGenotype> observe(const Pedigree& pedigree, const Typed& typed) {
  std::vector<ObservedGenotype> observed(pedigree.size());
  for (const auto& [id, genotype] : typed) observed[static_cast<std::size_t>(*pedigree.find(id))] = {Observation::genotype, genotype};
  return observed;
}

inline double likelihood(const Pedigree& family, const Typed& typed, const LocusModel& model) {
  return pedigree_likelihood(family, observe(family, typed), model, {});
}

inline const std::vector<Row> kTrio{{"FA", "0", "0", 'M'}, {"MO", "0", "0", 'F'}, {"CH", "FA", "MO", 'M'}};
inline const std::vector<Row> kUnrelated{{"FA", "0", "0", 'M'}, {"MO", "0", "0", 'F'}, {"CH", "0", "0", 'M'}};
inline const std::vector<Row> kSibs{{"FA", "0", "0", 'M'}, {"MO", "0", "0", 'F'}, {"SIB", "FA", "MO", 'F'}, {"CH", "FA", "MO", 'M'}};

/// Ten persons over three generations; FA, MO and the grandmothers may be untyped.
inline const std::vector<Row> kTen{
    {"PGF", "0", "0", 'M'},    {"PGM", "0", "0", 'F'},    {"MGF", "0", "0", 'M'},    {"MGM", "0", "0", 'F'},   {"FA", "PGF", "PGM", 'M'},
    {"UN", "PGF", "PGM", 'M'}, {"MO", "MGF", "MGM", 'F'}, {"AU", "MGF", "MGM", 'F'}, {"SIB", "FA", "MO", 'F'}, {"CH", "FA", "MO", 'M'}};

}  // namespace homeward::fixture
