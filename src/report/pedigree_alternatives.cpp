#include "report/pedigree_alternatives.hpp"

#include <optional>
#include <utility>

namespace homeward {

namespace {

/// A family being changed: persons and who is typed stay in step.
class Change {
 public:
  explicit Change(const Family& family) : family_(family), persons_(family.pedigree.persons()) {}

  PedigreePerson& missing() { return persons_[static_cast<std::size_t>(family_.missing)]; }
  PersonInPedigree add(const char* id, PersonInPedigree father, PersonInPedigree mother, Sex sex) {
    persons_.push_back({id, father, mother, sex});
    family_.typed.push_back(kNobody);
    return static_cast<PersonInPedigree>(persons_.size()) - 1;
  }
  /// A full sib of a person; nullopt when the person's parents are gametes of the population.
  std::optional<PersonInPedigree> add_sib(PersonInPedigree person) {
    const auto self = static_cast<std::size_t>(person);
    if (persons_[self].father == kNoParent && persons_[self].mother == kNoParent) {
      const PersonInPedigree father = add("(father of the sibs)", kNoParent, kNoParent, Sex::male);
      const PersonInPedigree mother = add("(mother of the sibs)", kNoParent, kNoParent, Sex::female);
      persons_[self].father = father;
      persons_[self].mother = mother;
    }
    if (persons_[self].father < 0 || persons_[self].mother < 0) return std::nullopt;
    return add("(sib)", persons_[self].father, persons_[self].mother, persons_[self].sex);
  }
  void miss(PersonInPedigree person) { family_.missing = person; }
  Family take() {
    family_.pedigree = Pedigree(std::move(persons_));
    return std::move(family_);
  }

 private:
  Family family_;
  std::vector<PedigreePerson> persons_;
};

}  // namespace

std::vector<AlternativePlace> alternative_places(const Family& family) {
  std::vector<AlternativePlace> places;
  const PedigreePerson& missing = family.pedigree[static_cast<std::size_t>(family.missing)];
  if (missing.father < 0 || missing.mother < 0) {
    Change change(family);
    if (const auto sib = change.add_sib(family.missing)) {
      change.miss(*sib);
      places.push_back({"full_sib", change.take()});
    }
    return places;
  }
  for (const bool father : {true, false}) {
    Change other(family);
    (father ? other.missing().mother : other.missing().father) = kPopulationGamete;
    places.push_back({father ? "father_side" : "mother_side", other.take()});
  }
  for (const bool father : {true, false}) {
    Change change(family);
    if (const auto sib = change.add_sib(father ? missing.father : missing.mother)) {
      (father ? change.missing().father : change.missing().mother) = *sib;
      places.push_back({father ? "father_second_degree" : "mother_second_degree", change.take()});
    }
  }
  return places;
}

}  // namespace homeward
