#include "likelihood/untyped_parent.hpp"

#include <utility>

namespace homeward {

ReducedPedigree leave_out_single_child_founders(const Pedigree& pedigree, const std::vector<bool>& kept) {
  std::vector<int> children(pedigree.size(), 0);
  for (const PedigreePerson& person : pedigree.persons()) {
    if (person.father >= 0) ++children[static_cast<std::size_t>(person.father)];
    if (person.mother >= 0) ++children[static_cast<std::size_t>(person.mother)];
  }
  std::vector<PersonInPedigree> place(pedigree.size(), kPopulationGamete);
  ReducedPedigree reduced;
  for (std::size_t i = 0; i < pedigree.size(); ++i) {
    if (pedigree.founder(static_cast<PersonInPedigree>(i)) && !kept[i] && children[i] == 1) continue;
    place[i] = static_cast<PersonInPedigree>(reduced.original.size());
    reduced.original.push_back(static_cast<PersonInPedigree>(i));
  }
  std::vector<PedigreePerson> persons;
  for (const PersonInPedigree i : reduced.original) {
    PedigreePerson person = pedigree[static_cast<std::size_t>(i)];
    if (person.father >= 0) person.father = place[static_cast<std::size_t>(person.father)];
    if (person.mother >= 0) person.mother = place[static_cast<std::size_t>(person.mother)];
    persons.push_back(std::move(person));
  }
  reduced.pedigree = Pedigree(std::move(persons));
  return reduced;
}

}  // namespace homeward
