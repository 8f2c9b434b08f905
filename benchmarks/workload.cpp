#include "workload.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/rng.hpp"
#include "homeward/error.hpp"
#include "homeward/import.hpp"

namespace homeward::bench {

namespace {

constexpr std::array<const char*, 24> kCoreLoci{"CSF1PO",  "D10S1248", "D12S391", "D13S317", "D16S539", "D18S51", "D19S433", "D1S1656",
                                                "D21S11",  "D22S1045", "D2S1338", "D2S441",  "D3S1358", "D5S818", "D6S1043", "D7S820",
                                                "D8S1179", "FGA",      "Penta D", "Penta E", "SE33",    "TH01",   "TPOX",    "vWA"};

Population random_tables() {
  Population population;
  population.id = "random";
  CounterRng rng(7, 0);
  for (std::size_t l = 0; l < kCoreLoci.size(); ++l) {
    LocusPopulation locus;
    locus.locus = kCoreLoci[l];
    const std::size_t n = 8 + rng.below(17);
    double total = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      locus.alleles.emplace_back(8 + static_cast<unsigned>(i), 0U);
      const double distance = (static_cast<double>(i) - static_cast<double>(n) / 2.0) / (static_cast<double>(n) / 5.0);
      locus.frequencies.push_back(0.002 + std::exp(-distance * distance / 2.0) * (0.3 + rng.uniform()));
      total += locus.frequencies.back();
    }
    for (double& p : locus.frequencies) p /= total;
    population.loci.push_back(std::move(locus));
  }
  return population;
}

AlleleIndex draw(const std::vector<double>& p, CounterRng& rng) {
  double u = rng.uniform();
  for (std::size_t i = 0; i + 1 < p.size(); ++i) {
    if (u < p[i]) return static_cast<AlleleIndex>(i);
    u -= p[i];
  }
  return static_cast<AlleleIndex>(p.size() - 1);
}

struct Person {
  std::vector<AlleleIndex> a, b;
};

Person unrelated(const EffectivePopulation& population, CounterRng& rng) {
  Person person;
  for (const LocusModel& model : population.loci) {
    person.a.push_back(draw(model.frequencies, rng));
    person.b.push_back(draw(model.frequencies, rng));
  }
  return person;
}

AlleleIndex passed_on(const Person& parent, std::size_t locus, std::size_t n_alleles, CounterRng& rng) {
  const AlleleIndex allele = rng.below(2) == 0 ? parent.a[locus] : parent.b[locus];
  return rng.below(500) != 0 ? allele : static_cast<AlleleIndex>((allele + 1U) % n_alleles);
}

Person child_of(const std::array<Person, 2>& parents, const EffectivePopulation& population, CounterRng& rng) {
  Person child;
  for (std::size_t l = 0; l < population.loci.size(); ++l) {
    const std::size_t n = population.loci[l].frequencies.size();
    child.a.push_back(passed_on(parents[0], l, n, rng));
    child.b.push_back(passed_on(parents[1], l, n, rng));
  }
  return child;
}

Family family_of(WorkShape shape, std::size_t number) {
  Family family;
  family.id = "F" + std::to_string(number);
  const auto first = static_cast<PersonIndex>(2 * number), second = static_cast<PersonIndex>(2 * number + 1);
  if (shape == WorkShape::pedigrees) {
    family.shape = FamilyShape::pedigree;
    family.pedigree = Pedigree({{"grandfather", kNoParent, kNoParent, Sex::male},
                                {"grandmother", kNoParent, kNoParent, Sex::female},
                                {"uncle", 0, 1, Sex::male},
                                {"father", 0, 1, Sex::male},
                                {"mother", kNoParent, kNoParent, Sex::female},
                                {"missing", 3, 4, Sex::unknown}});
    family.typed = {kNobody, second, first, kNobody, kNobody, kNobody};
    family.missing = 5;
    return family;
  }
  family.shape = shape == WorkShape::couples ? FamilyShape::couple : number % 2 == 0 ? FamilyShape::father : FamilyShape::mother;
  family.father = family.shape == FamilyShape::mother ? kNobody : first;
  family.mother = family.shape == FamilyShape::father ? kNobody : second;
  return family;
}

}  // namespace

EffectivePopulation core_population(const std::string& data_folder, std::string& source) {
  Population population;
  try {
    Population all = read_population("cn", data_folder);
    population = all;
    population.loci.clear();
    for (const char* name : kCoreLoci)
      if (const LocusPopulation* locus = all.find(name)) population.loci.push_back(*locus);
    source = "population cn, " + std::to_string(population.loci.size()) + " core loci";
  } catch (const Error& error) {
    population = random_tables();
    source = std::string("24 random tables (") + error.what() + ")";
  }
  std::vector<ObservedLocus> observed;
  for (const LocusPopulation& locus : population.loci) observed.push_back({locus.locus, locus.alleles});
  return freeze(population, observed, {}, UntypedParent::half);
}

Workload make_workload(const EffectivePopulation& population, const WorkloadOptions& options) {
  Workload work;
  work.n_members = options.shape == WorkShape::duos ? 1 : 2;
  std::vector<Person> children;
  CounterRng rng(options.seed, 1);
  for (std::size_t i = 0; i < options.n_children; ++i) children.push_back(unrelated(population, rng));
  for (std::size_t f = 0; f < options.n_families; ++f) {
    Family family = family_of(options.shape, f);
    std::array<Person, 2> parents{unrelated(population, rng), unrelated(population, rng)};
    // Of a pedigree these are the grandparents; the typed are the grandmother and a son, the missing child's uncle.
    const bool pedigree = options.shape == WorkShape::pedigrees;
    Person father;
    if (pedigree) {
      father = child_of(parents, population, rng);
      parents[0] = child_of(parents, population, rng);
    }
    if (rng.uniform() < options.true_share) {
      Person& child = children[rng.below(children.size())];
      for (std::size_t l = 0; l < population.loci.size(); ++l) {
        const std::size_t n = population.loci[l].frequencies.size();
        child.a[l] = passed_on(pedigree ? father : parents[0], l, n, rng);
        if (options.shape == WorkShape::couples) child.b[l] = passed_on(parents[1], l, n, rng);
      }
    }
    std::vector<Genotype> calls;
    for (std::size_t l = 0; l < population.loci.size(); ++l) {
      const std::vector<Allele>& alleles = population.loci[l].locus.alleles;
      for (std::size_t k = 0; k < work.n_members; ++k) {
        const Person& member = parents[pedigree ? 1 - k : k];
        calls.push_back(rng.uniform() < options.missing ? Genotype{} : Genotype{alleles[member.a[l]], alleles[member.b[l]]});
      }
    }
    work.families.push_back(std::move(family));
    work.calls.push_back(std::move(calls));
  }
  work.children.n_children = children.size();
  for (std::size_t l = 0; l < population.loci.size(); ++l)
    for (const Person& child : children)
      work.children.codes.push_back(rng.uniform() < options.missing ? kUntyped : genotype_code(child.a[l], child.b[l]));
  return work;
}

Workload make_large_families(const EffectivePopulation& population, std::size_t n_families) {
  const std::vector<PedigreePerson> persons{{"grandfather", kNoParent, kNoParent, Sex::male},
                                            {"grandmother", kNoParent, kNoParent, Sex::female},
                                            {"maternal grandfather", kNoParent, kNoParent, Sex::male},
                                            {"maternal grandmother", kNoParent, kNoParent, Sex::female},
                                            {"father", 0, 1, Sex::male},
                                            {"uncle", 0, 1, Sex::male},
                                            {"mother", 2, 3, Sex::female},
                                            {"maternal uncle", 2, 3, Sex::male},
                                            {"sib", 4, 6, Sex::male},
                                            {"second sib", 4, 6, Sex::female},
                                            {"missing", 4, 6, Sex::female},
                                            {"spouse", kNoParent, kNoParent, Sex::male},
                                            {"child", 11, 10, Sex::male}};
  const std::vector<std::size_t> typed{0, 1, 2, 3, 5, 7, 8, 9, 11, 12};
  Workload work;
  work.n_members = typed.size();
  CounterRng rng(1, 2);
  for (std::size_t f = 0; f < n_families; ++f) {
    Family family;
    family.id = "T" + std::to_string(f);
    family.shape = FamilyShape::pedigree;
    family.pedigree = Pedigree(persons);
    family.missing = 10;
    family.typed.assign(persons.size(), kNobody);
    for (std::size_t k = 0; k < typed.size(); ++k) family.typed[typed[k]] = static_cast<PersonIndex>(f * typed.size() + k);
    std::vector<Person> people;
    for (const PedigreePerson& person : persons) {
      const auto parent = [&](PersonInPedigree p) { return people[static_cast<std::size_t>(p)]; };
      people.push_back(person.father == kNoParent ? unrelated(population, rng)
                                                  : child_of({parent(person.father), parent(person.mother)}, population, rng));
    }
    std::vector<Genotype> calls;
    for (std::size_t l = 0; l < population.loci.size(); ++l)
      for (const std::size_t member : typed)
        calls.emplace_back(population.loci[l].locus.alleles[people[member].a[l]], population.loci[l].locus.alleles[people[member].b[l]]);
    work.families.push_back(std::move(family));
    work.calls.push_back(std::move(calls));
  }
  return work;
}

}  // namespace homeward::bench
