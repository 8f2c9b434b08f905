#include "bench_source.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/rng.hpp"

namespace homeward::cli {

namespace {

constexpr double kMissing = 0.02;
constexpr std::size_t kFamiliesPerChildFound = 50;
constexpr std::array<std::string_view, 24> kLoci{"CSF1PO",  "D10S1248", "D12S391", "D13S317", "D16S539", "D18S51", "D19S433", "D1S1656",
                                                 "D21S11",  "D22S1045", "D2S1338", "D2S441",  "D3S1358", "D5S818", "D6S1043", "D7S820",
                                                 "D8S1179", "FGA",      "Penta D", "Penta E", "SE33",    "TH01",   "TPOX",    "vWA"};

using Gametes = std::array<std::vector<Allele>, 2>;

Allele draw(const LocusModel& model, CounterRng& rng) {
  double u = rng.uniform();
  for (std::size_t i = 0; i + 1 < model.frequencies.size(); ++i) {
    if (u < model.frequencies[i]) return model.locus.alleles[i];
    u -= model.frequencies[i];
  }
  return model.locus.alleles.back();
}

Gametes draw_person(const EffectivePopulation& population, CounterRng& rng) {
  Gametes person;
  for (const LocusModel& model : population.loci)
    for (std::vector<Allele>& gamete : person) gamete.push_back(draw(model, rng));
  return person;
}

std::vector<Allele> passed_on(const Gametes& parent, CounterRng& rng) {
  std::vector<Allele> gamete;
  for (std::size_t locus = 0; locus < parent[0].size(); ++locus) gamete.push_back(parent[rng.below(2)][locus]);
  return gamete;
}

}  // namespace

EffectivePopulation bench_population(Population population) {
  const auto unwanted = [](const LocusPopulation& locus) { return std::find(kLoci.begin(), kLoci.end(), locus.locus) == kLoci.end(); };
  if (static_cast<std::size_t>(std::count_if(population.loci.begin(), population.loci.end(), unwanted)) < population.loci.size())
    population.loci.erase(std::remove_if(population.loci.begin(), population.loci.end(), unwanted), population.loci.end());
  std::vector<ObservedLocus> observed;
  for (const LocusPopulation& locus : population.loci) observed.push_back({locus.locus, locus.alleles});
  return freeze(population, observed, {}, UntypedParent::half);
}

MemorySource bench_source(const EffectivePopulation& population, const BenchSize& size, std::uint64_t seed) {
  CounterRng rng(seed, 0);
  std::vector<Gametes> people;
  std::vector<PersonInfo> persons;
  const auto add = [&](std::string id, Role role, Sex sex) {
    people.push_back(draw_person(population, rng));
    persons.push_back({std::move(id), role, sex, "", 1});
    return static_cast<PersonIndex>(persons.size() - 1);
  };
  for (std::size_t i = 0; i < size.children; ++i) add("C" + std::to_string(i), Role::child, Sex::unknown);
  std::vector<Family> families;
  for (std::size_t i = 0; i < size.families; ++i) {
    Family family;
    family.id = "F" + std::to_string(10'000'000 + i);
    family.shape = size.couples ? FamilyShape::couple : i % 2 == 0 ? FamilyShape::father : FamilyShape::mother;
    if (family.shape != FamilyShape::mother) family.father = add(family.id + "f", Role::father, Sex::male);
    if (family.shape != FamilyShape::father) family.mother = add(family.id + "m", Role::mother, Sex::female);
    if (i % kFamiliesPerChildFound == 0 && size.children > 0) {
      Gametes& child = people[rng.below(size.children)];
      if (family.father != kNobody) child[0] = passed_on(people[family.father], rng);
      if (family.mother != kNobody) child[1] = passed_on(people[family.mother], rng);
    }
    families.push_back(std::move(family));
  }
  std::vector<Locus> loci;
  ProfileBlock profiles;
  profiles.n_persons = persons.size();
  profiles.n_loci = population.loci.size();
  for (std::size_t locus = 0; locus < population.loci.size(); ++locus) {
    const Locus& model = population.loci[locus].locus;
    loci.push_back({model.name, model.kind, model.chromosome, {}});
    for (const Gametes& person : people)
      profiles.calls.push_back(rng.uniform() < kMissing ? Genotype{} : Genotype{person[0][locus], person[1][locus]});
  }
  return {std::move(loci), std::move(persons), std::move(profiles), std::move(families)};
}

std::vector<std::vector<GenotypeCode>> bench_codes(const MemorySource& source, const EffectivePopulation& population) {
  ProfileBlock profiles;
  source.read(source.children(), profiles);
  std::vector<std::vector<GenotypeCode>> codes(profiles.n_persons, std::vector<GenotypeCode>(population.loci.size(), kUntyped));
  for (std::size_t locus = 0; locus < population.loci.size(); ++locus)
    for (std::size_t i = 0; i < profiles.n_persons; ++i)
      codes[i][locus] = population.loci[locus].locus.code_of(profiles.calls[locus * profiles.n_persons + i]).value_or(kUntyped);
  return codes;
}

}  // namespace homeward::cli
