// A small world of children and families of every simple shape, for the tests of the search.
#pragma once

#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "catch_compat.hpp"
#include "homeward/search.hpp"

namespace search_test {

using namespace homeward;

struct World {
  std::unique_ptr<MemorySource> source;
  EffectivePopulation population;
};

inline Population toy_population(std::size_t n_loci) {
  Population population;
  population.id = "toy";
  for (std::size_t l = 0; l < n_loci; ++l) {
    LocusPopulation locus;
    locus.locus = "L" + std::to_string(l);
    const std::size_t n = l == 0 ? 2 : 4 + (l * 7) % 20;
    double total = 0.0;
    for (std::size_t a = 0; a < n; ++a) {
      locus.alleles.emplace_back(static_cast<unsigned>(8 + a), 0U);
      locus.frequencies.push_back(1.0 + static_cast<double>((a * 13 + l) % 7));
      total += locus.frequencies.back();
    }
    for (double& f : locus.frequencies) f /= total;
    population.loci.push_back(locus);
  }
  return population;
}

/// Children, single fathers, single mothers, parents of unknown sex, couples and one-parent-untyped couples; a third of
/// the children descend from a family; kits differ, so that some pairs share no locus.
inline World make_world(std::uint64_t seed, std::size_t n_loci, int n_children, int n_families) {
  std::mt19937_64 random(seed);
  const Population table = toy_population(n_loci);
  const auto uniform = [&] { return static_cast<double>(random() >> 11U) * 0x1.0p-53; };
  const auto draw_allele = [&](std::size_t l) {
    double u = uniform();
    std::size_t a = 0;
    while (a + 1 < table.loci[l].alleles.size() && (u -= table.loci[l].frequencies[a]) > 0) ++a;
    return table.loci[l].alleles[a];
  };
  const auto person = [&] {
    std::vector<Genotype> g;
    for (std::size_t l = 0; l < n_loci; ++l) g.emplace_back(draw_allele(l), draw_allele(l));
    return g;
  };
  const auto transmit = [&](Genotype g) {
    const Allele allele = random() % 2 == 0 ? g.a : g.b;
    return uniform() < 0.02 ? Allele(allele.repeats() + 1, 0) : allele;  // may add an allele the table lacks
  };

  std::vector<PersonInfo> persons;
  std::vector<std::vector<Genotype>> typed;
  std::vector<Family> families;
  const auto add = [&](Role role, Sex sex, std::vector<Genotype> genotypes) {
    const int kit = static_cast<int>(random() % 4);
    for (std::size_t l = 0; l < n_loci; ++l)
      if (uniform() < 0.1 || (kit == 1 && l % 2 == 0) || (kit == 2 && l % 2 == 1)) genotypes[l] = Genotype{};
    persons.push_back({"P" + std::to_string(random() % 1000000) + "-" + std::to_string(persons.size()), role, sex, "", 0});
    typed.push_back(std::move(genotypes));
    return static_cast<PersonIndex>(persons.size() - 1);
  };
  std::vector<std::pair<std::vector<Genotype>, std::vector<Genotype>>> parents;
  for (int f = 0; f < n_families; ++f) {
    const auto father = person();
    const auto mother = person();
    Family family;
    family.id = "F" + std::to_string(random() % 100000) + "-" + std::to_string(f);
    switch (f % 5) {
      case 0:
        family.shape = FamilyShape::father;
        family.father = add(Role::father, Sex::male, father);
        break;
      case 1:
        family.shape = FamilyShape::mother;
        family.mother = add(Role::mother, Sex::female, mother);
        break;
      case 2:
        family.shape = FamilyShape::parent;
        family.father = add(Role::parent, Sex::unknown, father);
        break;
      case 3:
        family.shape = FamilyShape::couple;
        family.father = add(Role::father, Sex::male, father);
        family.mother = add(Role::mother, Sex::female, mother);
        break;
      default: {  // both parents, registered apart
        family.shape = FamilyShape::father;
        family.father = add(Role::father, Sex::male, father);
        Family other;
        other.id = "G" + std::to_string(f);
        other.shape = FamilyShape::mother;
        other.mother = add(Role::mother, Sex::female, mother);
        families.push_back(other);
      }
    }
    families.push_back(family);
    parents.emplace_back(father, mother);
  }
  for (int c = 0; c < n_children; ++c) {
    std::vector<Genotype> genotypes = person();
    if (c % 3 == 0) {
      const auto& [father, mother] = parents[random() % parents.size()];
      for (std::size_t l = 0; l < n_loci; ++l) genotypes[l] = Genotype(transmit(father[l]), transmit(mother[l]));
    }
    add(Role::child, Sex::unknown, genotypes);
  }
  // One child is, by mistake, also registered as a searching father.
  Family self;
  self.id = "SELF";
  self.shape = FamilyShape::father;
  self.father = static_cast<PersonIndex>(persons.size() - 1);
  families.push_back(self);

  World world;
  std::vector<Locus> loci;
  ProfileBlock block;
  block.n_persons = persons.size();
  block.n_loci = n_loci;
  for (std::size_t l = 0; l < n_loci; ++l) {
    loci.push_back({"L" + std::to_string(l), LocusKind::str, Chromosome::autosomal, {}});
    for (const auto& genotypes : typed) block.calls.push_back(genotypes[l]);
  }
  world.source = std::make_unique<MemorySource>(loci, persons, block, families);
  std::vector<ObservedLocus> observed;
  const auto alleles = world.source->observed_alleles();
  for (std::size_t l = 0; l < n_loci; ++l) observed.push_back({loci[l].name, alleles[l]});
  world.population = freeze(table, observed, {}, UntypedParent::half);
  return world;
}

/// All hits of a result.
inline std::vector<Hit> drain(SearchResult& result) {
  std::vector<Hit> hits(result.hits->size());
  const std::size_t n = result.hits->next(hits.data(), hits.size());
  CHECK(n == hits.size());
  return hits;
}

}  // namespace search_test
