// Simulated families of relatives other than a parent or a couple.
#include <algorithm>

#include "simulate/gene_drop.hpp"

namespace homeward {

namespace {

/// Persons in the order they are added, named by what they are.
class Relatives {
 public:
  PersonInPedigree founder(const char* id, Sex sex) { return add(id, kNoParent, kNoParent, sex); }
  PersonInPedigree add(const char* id, PersonInPedigree father, PersonInPedigree mother, Sex sex) {
    persons_.push_back({id, father, mother, sex});
    return static_cast<PersonInPedigree>(persons_.size() - 1);
  }
  void type(PersonInPedigree person, const char* role) {
    family_.typed.push_back(person);
    family_.roles.push_back(role);
  }
  void miss(PersonInPedigree person) { family_.missing = person; }
  RelativesPedigree take() {
    family_.pedigree = Pedigree(std::move(persons_));
    return std::move(family_);
  }

 private:
  std::vector<PedigreePerson> persons_;
  RelativesPedigree family_;
};

Sex any_sex(CounterRng& rng) { return rng.below(2) == 0 ? Sex::male : Sex::female; }

/// Grandparents on one side, both parents, the missing child; and a full sib of that side's parent.
void with_grandparents(PedigreeKind kind, CounterRng& rng, Relatives& family) {
  const bool paternal = kind != PedigreeKind::grandmother_aunt;
  const PersonInPedigree grandfather = family.founder("grandfather", Sex::male);
  const PersonInPedigree grandmother = family.founder("grandmother", Sex::female);
  const PersonInPedigree parent = family.add(paternal ? "father" : "mother", grandfather, grandmother, paternal ? Sex::male : Sex::female);
  const PersonInPedigree spouse = family.founder(paternal ? "mother" : "father", paternal ? Sex::female : Sex::male);
  if (kind == PedigreeKind::grandparents) family.type(grandfather, "grandparent");
  family.type(grandmother, "grandparent");
  if (kind == PedigreeKind::grandmother_uncle) family.type(family.add("uncle", grandfather, grandmother, Sex::male), "avuncular");
  if (kind == PedigreeKind::grandmother_aunt) family.type(family.add("aunt", grandfather, grandmother, Sex::female), "avuncular");
  family.miss(family.add("missing", paternal ? parent : spouse, paternal ? spouse : parent, any_sex(rng)));
}

}  // namespace

RelativesPedigree draw_relatives(PedigreeKind kind, CounterRng& rng) {
  Relatives family;
  if (kind == PedigreeKind::grandparents || kind == PedigreeKind::grandmother_uncle || kind == PedigreeKind::grandmother_aunt) {
    with_grandparents(kind, rng, family);
    return family.take();
  }
  if (kind == PedigreeKind::own_children) {
    const Sex sex = any_sex(rng);
    const PersonInPedigree missing = family.founder("missing", sex);
    const PersonInPedigree spouse = family.founder("spouse", sex == Sex::male ? Sex::female : Sex::male);
    const auto [father, mother] = sex == Sex::male ? std::pair(missing, spouse) : std::pair(spouse, missing);
    family.type(spouse, "spouse");
    for (const char* name : {"first", "second"}) family.type(family.add(name, father, mother, any_sex(rng)), "relative");
    family.miss(missing);
    return family.take();
  }
  const PersonInPedigree father = family.founder("father", Sex::male);
  const PersonInPedigree mother = family.founder("mother", Sex::female);
  if (kind == PedigreeKind::full_sibs)
    for (const char* name : {"first", "second"}) family.type(family.add(name, father, mother, any_sex(rng)), "sibling");
  if (kind == PedigreeKind::father_and_sib) {
    family.type(father, "father");
    family.type(family.add("sib", father, mother, any_sex(rng)), "sibling");
  }
  if (kind == PedigreeKind::half_sib) {
    const PersonInPedigree stepfather = family.founder("stepfather", Sex::male);
    family.type(stepfather, "spouse");
    family.type(family.add("half", stepfather, mother, any_sex(rng)), "half-sibling");
  }
  family.miss(family.add("missing", father, mother, any_sex(rng)));
  return family.take();
}

Pedigree as_generated(const RelativesPedigree& family, UntypedParent untyped_parent) {
  if (untyped_parent == UntypedParent::full) return family.pedigree;
  std::vector<PedigreePerson> persons = family.pedigree.persons();
  for (std::size_t i = 0; i < persons.size(); ++i) {
    const auto self = static_cast<PersonInPedigree>(i);
    if (persons[i].father >= 0 || self == family.missing || std::count(family.typed.begin(), family.typed.end(), self) != 0) continue;
    const auto is_child = [&](const PedigreePerson& other) { return other.father == self || other.mother == self; };
    if (std::count_if(persons.begin(), persons.end(), is_child) != 1) continue;
    PedigreePerson& child = *std::find_if(persons.begin(), persons.end(), is_child);
    (child.father == self ? child.father : child.mother) = kPopulationGamete;
  }
  return Pedigree(std::move(persons));
}

}  // namespace homeward
