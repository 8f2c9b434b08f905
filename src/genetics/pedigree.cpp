#include "homeward/pedigree.hpp"

#include <algorithm>
#include <map>

namespace homeward {

std::optional<PersonInPedigree> Pedigree::find(std::string_view id) const {
  for (std::size_t i = 0; i < persons_.size(); ++i)
    if (persons_[i].id == id) return static_cast<PersonInPedigree>(i);
  return std::nullopt;
}

std::vector<std::string> Pedigree::defects() const {
  std::vector<std::string> defects;
  std::map<std::string, int> seen;
  const auto in_range = [&](PersonInPedigree p) { return p >= kPopulationGamete && p < static_cast<PersonInPedigree>(persons_.size()); };
  for (const PedigreePerson& person : persons_) {
    if (++seen[person.id] == 2) defects.push_back("person " + person.id + " appears more than once");
    if (!in_range(person.father) || !in_range(person.mother)) {
      defects.push_back("person " + person.id + " has a parent that is not in the pedigree");
      continue;
    }
    if ((person.father == kNoParent) != (person.mother == kNoParent))
      defects.push_back("person " + person.id + " has one parent only; give both, or none, or * for a gamete of the population");
    if (person.father >= 0 && persons_[person.father].sex == Sex::female)
      defects.push_back("person " + person.id + ": the father " + persons_[person.father].id + " is female");
    if (person.mother >= 0 && persons_[person.mother].sex == Sex::male)
      defects.push_back("person " + person.id + ": the mother " + persons_[person.mother].id + " is male");
  }
  // Own ancestor: whoever is never reached when parents are taken away first.
  if (parents_first().size() != persons_.size()) {
    const std::vector<PersonInPedigree> sound = parents_first();
    for (std::size_t i = 0; i < persons_.size(); ++i)
      if (std::find(sound.begin(), sound.end(), static_cast<PersonInPedigree>(i)) == sound.end())
        defects.push_back("person " + persons_[i].id + " descends from a person who is their own ancestor");
  }
  return defects;
}

std::vector<PersonInPedigree> Pedigree::parents_first() const {
  std::vector<PersonInPedigree> order;
  std::vector<bool> placed(persons_.size(), false);
  const auto ready = [&](PersonInPedigree p) { return p < 0 || (static_cast<std::size_t>(p) < placed.size() && placed[p]); };
  for (bool progress = true; progress;) {
    progress = false;
    for (std::size_t i = 0; i < persons_.size(); ++i) {
      if (placed[i] || !ready(persons_[i].father) || !ready(persons_[i].mother)) continue;
      placed[i] = true;
      order.push_back(static_cast<PersonInPedigree>(i));
      progress = true;
    }
  }
  return order;
}

}  // namespace homeward
