// Small random populations, genotypes and families for property tests. Everything follows from the seed.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/rng.hpp"
#include "homeward/family.hpp"
#include "homeward/population.hpp"

namespace homeward::testing {

struct PopulationShape {
  std::size_t n_loci = 8;
  std::size_t min_alleles = 2, max_alleles = 20;
  MutationModel mutation = MutationModel::stepwise;
  double theta = 0.0;
  double silent = 0.0;
  UntypedParent untyped_parent = UntypedParent::half;
};

/// STR loci with a few microvariants; frequencies from nearly even to very uneven.
inline EffectivePopulation random_population(const PopulationShape& shape, CounterRng& rng) {
  Population population;
  population.id = "random";
  population.theta = shape.theta;
  std::vector<ObservedLocus> observed;
  for (std::size_t l = 0; l < shape.n_loci; ++l) {
    LocusPopulation locus;
    locus.locus = "L" + std::to_string(l + 1);
    locus.silent = shape.silent;
    locus.mutation.model = shape.mutation;
    locus.mutation.rate_male = 0.001 + 0.004 * rng.uniform();
    locus.mutation.rate_female = 0.0005 + 0.001 * rng.uniform();
    const std::size_t n = shape.min_alleles + rng.below(shape.max_alleles - shape.min_alleles + 1);
    const double skew = 3.0 * rng.uniform();
    double total = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      locus.alleles.emplace_back(8 + static_cast<unsigned>(i / 2), i % 2 == 0 || shape.mutation == MutationModel::onestep ? 0U : 3U);
      if (shape.mutation == MutationModel::onestep) locus.alleles.back() = Allele(8 + static_cast<unsigned>(i), 0U);
      locus.frequencies.push_back(std::exp(-skew * 2.0 * rng.uniform()) + 0.001);
      total += locus.frequencies.back();
    }
    for (double& p : locus.frequencies) p /= total;
    observed.push_back({locus.locus, locus.alleles});
    population.loci.push_back(std::move(locus));
  }
  return freeze(population, observed, {}, shape.untyped_parent);
}

inline Allele draw_allele(const LocusModel& model, CounterRng& rng) {
  double u = rng.uniform();
  for (std::size_t i = 0; i + 1 < model.frequencies.size(); ++i) {
    if (u < model.frequencies[i]) return model.locus.alleles[i];
    u -= model.frequencies[i];
  }
  return model.locus.alleles.back();
}

inline Genotype draw_genotype(const LocusModel& model, CounterRng& rng) { return {draw_allele(model, rng), draw_allele(model, rng)}; }

/// Genotypes of `n_members` unrelated persons, calls[locus * n_members + k]; a share `missing` is untyped.
inline std::vector<Genotype> draw_calls(const EffectivePopulation& population, std::size_t n_members, double missing, CounterRng& rng) {
  std::vector<Genotype> calls;
  for (const LocusModel& model : population.loci)
    for (std::size_t k = 0; k < n_members; ++k) calls.push_back(rng.uniform() < missing ? Genotype{} : draw_genotype(model, rng));
  return calls;
}

/// A child of the first two members (one: the other gamete is drawn), without mutation; untyped where a parent is.
inline Genotype child_of(const LocusModel& model, const Genotype* parents, std::size_t n_parents, CounterRng& rng) {
  const auto gamete = [&](std::size_t k) {
    if (k >= n_parents || !parents[k].typed()) return draw_allele(model, rng);
    return rng.below(2) == 0 ? parents[k].a : parents[k].b;
  };
  const Allele first = gamete(0);
  return {first, gamete(1)};
}

inline Family family_of(FamilyShape shape) {
  Family family;
  family.id = "F";
  family.shape = shape;
  family.father = shape == FamilyShape::mother ? kNobody : 0;
  family.mother = shape == FamilyShape::mother ? 0 : shape == FamilyShape::couple ? 1 : kNobody;
  return family;
}

/// Two full siblings of the missing person and their grandmother on the father's side are typed; the parents are not.
inline Family pedigree_family() {
  Family family;
  family.id = "P";
  family.shape = FamilyShape::pedigree;
  family.pedigree = Pedigree({{"grandfather", kNoParent, kNoParent, Sex::male},
                              {"grandmother", kNoParent, kNoParent, Sex::female},
                              {"father", 0, 1, Sex::male},
                              {"mother", kNoParent, kNoParent, Sex::female},
                              {"sister", 2, 3, Sex::female},
                              {"brother", 2, 3, Sex::male},
                              {"missing", 2, 3, Sex::unknown}});
  family.typed = {kNobody, 0, kNobody, kNobody, 1, 2, kNobody};
  family.missing = 6;
  return family;
}

}  // namespace homeward::testing
