// Digests tell whether what an earlier search compared is still the same, and nothing else.
#include <algorithm>
#include <numeric>

#include "catch_compat.hpp"
#include "genetics/typing_digest.hpp"

using namespace homeward;

namespace {

struct Person {
  std::string id;
  Role role;
  std::vector<std::pair<std::string, Genotype>> typed;
};

MemorySource source_of(const std::vector<std::string>& loci, const std::vector<Person>& persons, const std::vector<Family>& families) {
  std::vector<Locus> panel;
  for (const std::string& name : loci) panel.push_back({name, LocusKind::str, Chromosome::autosomal, {}});
  std::vector<PersonInfo> infos;
  ProfileBlock block;
  block.n_persons = persons.size();
  block.n_loci = loci.size();
  block.calls.resize(persons.size() * loci.size());
  for (std::size_t i = 0; i < persons.size(); ++i) {
    infos.push_back({persons[i].id, persons[i].role, Sex::unknown, "", 0});
    for (const auto& [locus, genotype] : persons[i].typed)
      block.calls[static_cast<std::size_t>(std::find(loci.begin(), loci.end(), locus) - loci.begin()) * persons.size() + i] = genotype;
  }
  return {panel, infos, block, families};
}

Genotype genotype(unsigned a, unsigned b) { return {Allele(a, 0), Allele(b, 0)}; }

}  // namespace

TEST_CASE("a typing's digest follows the calls, not the order of loci or persons") {
  const Person child{"C", Role::child, {{"TH01", genotype(6, 9)}, {"FGA", genotype(20, 20)}}};
  const Person other{"D", Role::child, {{"FGA", genotype(6, 9)}, {"TH01", genotype(20, 20)}}};
  const auto before = typing_digests(source_of({"TH01", "FGA"}, {child, other}, {}));
  CHECK(before[0] != before[1]);
  const auto after = typing_digests(source_of({"vWA", "FGA", "D3S1358", "TH01"}, {other, child}, {}));
  CHECK(after == std::vector<std::uint64_t>{before[1], before[0]});

  std::vector<std::uint64_t> changed{before[0]};
  for (const auto& typed : std::vector<std::vector<std::pair<std::string, Genotype>>>{
           {{"TH01", genotype(6, 9)}},
           {{"TH01", genotype(6, 9)}, {"FGA", genotype(20, 21)}},
           {{"TH01", genotype(6, 9)}, {"FGA", genotype(19, 20)}},
           {{"TH01", genotype(9, 9)}, {"FGA", genotype(20, 20)}},
           {{"TH01", genotype(6, 9)}, {"FGA", genotype(20, 20)}, {"vWA", genotype(6, 9)}},
           {}})
    changed.push_back(typing_digests(source_of({"TH01", "FGA", "vWA"}, {{"C", Role::child, typed}}, {}))[0]);
  std::sort(changed.begin(), changed.end());
  CHECK(std::adjacent_find(changed.begin(), changed.end()) == changed.end());
}

TEST_CASE("a family's digest follows its shape and its members") {
  const std::vector<Person> persons{
      {"A", Role::father, {{"TH01", genotype(6, 9)}}}, {"B", Role::father, {{"TH01", genotype(6, 9)}}}, {"M", Role::mother, {}}};
  Family family;
  family.id = "F";
  family.father = 0;
  const auto digest = [&](const std::vector<Person>& who) {
    const MemorySource source = source_of({"TH01"}, who, {family});
    return family_digests(source, typing_digests(source))[0];
  };
  std::vector<std::uint64_t> digests{digest(persons)};
  CHECK(digest(persons) == digests[0]);
  std::vector<Person> retyped = persons;
  retyped[0].typed[0].second = genotype(6, 8);
  digests.push_back(digest(retyped));
  family.father = 1;  // the same calls, somebody else
  digests.push_back(digest(persons));
  family.father = 0;
  family.shape = FamilyShape::parent;
  digests.push_back(digest(persons));
  family.shape = FamilyShape::couple;
  family.mother = 2;
  digests.push_back(digest(persons));
  std::swap(family.father, family.mother);
  digests.push_back(digest(persons));
  std::sort(digests.begin(), digests.end());
  CHECK(std::adjacent_find(digests.begin(), digests.end()) == digests.end());
}
