#include "store/families.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "store/consensus.hpp"

namespace homeward::storage {

namespace {

constexpr std::int32_t kNotInPedigree = -3;

bool searching(Role role) { return role != Role::unknown && role != Role::child && role != Role::control; }
bool parental(Role role) { return role == Role::father || role == Role::mother || role == Role::parent; }
Role role_of(const StoreData& d, std::uint32_t person) { return static_cast<Role>(d.persons.role[person]); }
Sex sex_of(const StoreData& d, std::uint32_t person) { return static_cast<Sex>(d.persons.sex[person]); }

/// Sex by amelogenin of every person, from the consensus over typings.
std::vector<Sex> amel_sex(const StoreData& d) {
  std::vector<Sex> sex(d.persons.id.size(), Sex::unknown);
  for (std::size_t locus = 0; locus < d.str_panel.name.size(); ++locus) {
    if (d.str_panel.name[locus] != "AMEL") continue;
    std::vector<Genotype> kept(sex.size());
    for (std::size_t row = 0; row < d.str.typing.size(); ++row)
      fold_call(kept[d.person_of_typing(d.str.typing[row])], genotype_of(d.str.calls[locus][row]));
    const Allele x = Allele::letter('X'), y = Allele::letter('Y');
    for (std::size_t person = 0; person < sex.size(); ++person)
      sex[person] = kept[person] == Genotype{x, x} ? Sex::female : kept[person] == Genotype{x, y} ? Sex::male : Sex::unknown;
  }
  return sex;
}

/// One declared or derived membership.
struct Entry {
  std::string_view family, slot;
  std::uint32_t person = kNone;
  std::uint32_t batch = 0;
  std::uint64_t line = 0;
  bool derived = false;
};

struct ParentsOfSlot {
  std::uint32_t father = kNone, mother = kNone;
  FamilyShape shape = FamilyShape::couple;
};

/// Takes a person of unknown sex as whichever parent is still free; too many people leave someone over.
std::optional<Refusal> seat_parents(const StoreData& d, const std::set<std::uint32_t>& people, ParentsOfSlot& seats) {
  std::vector<std::uint32_t> unknown;
  for (const std::uint32_t person : people) {
    const Role role = role_of(d, person);
    if (role == Role::parent) {
      unknown.push_back(person);
      continue;
    }
    std::uint32_t& seat = role == Role::father ? seats.father : seats.mother;
    if (seat != kNone) return Refusal::too_many_parents;
    seat = person;
  }
  if (people.size() > 2) return Refusal::too_many_parents;
  if (unknown.size() == 2) return Refusal::parents_of_unknown_sex;
  if (unknown.size() == 1) {
    // Beside a father the second parent is the mother, and the other way round; alone, the sex stays open.
    const bool alone = people.size() == 1;
    (seats.father == kNone ? seats.father : seats.mother) = unknown[0];
    if (alone) {
      seats.shape = FamilyShape::parent;
      return std::nullopt;
    }
  }
  seats.shape = seats.mother == kNone ? FamilyShape::father : seats.father == kNone ? FamilyShape::mother : FamilyShape::couple;
  return std::nullopt;
}

std::string_view sentence(Refusal reason) {
  switch (reason) {
    case Refusal::id_declared_and_derived:
      return "a person without a family id would form a family of the same id as a declared one; give that person a family id";
    case Refusal::too_many_parents:
      return "more than one father or mother in one place; give a pedigree table, or a slot to each couple";
    case Refusal::relative_without_pedigree:
      return "a relative who is no parent needs a row in a pedigree table that says how they are related";
    case Refusal::parents_of_unknown_sex:
      return "two parents of unknown sex; state the sex, the role father or mother, or type AMEL";
    case Refusal::pedigree_defect:
      return "the pedigree is not sound";
    case Refusal::no_missing_place:
      return "the pedigree marks no missing person";
    case Refusal::no_typed_relative:
      return "no relative of the pedigree has a sample in the store yet";
  }
  return "";
}

class FamilyBuilder {
 public:
  explicit FamilyBuilder(StoreData& data) : d_(data) {}

  std::vector<FamilyProblem> build() {
    group_relatives();
    link_relatives();
    collect_entries();
    d_.families = {};
    d_.refused = {};
    std::size_t e = 0, r = 0;
    const std::size_t n_relatives = d_.relatives.family.size();
    while (e < entries_.size() || r < n_relatives) {
      const std::string_view id = next_id(e, r);
      std::size_t e_end = e, r_end = r;
      while (e_end < entries_.size() && entries_[e_end].family == id) ++e_end;
      while (r_end < n_relatives && d_.relatives.family[r_end] == id) ++r_end;
      build_one(id, e, e_end, r, r_end);
      e = e_end;
      r = r_end;
    }
    return std::move(problems_);
  }

 private:
  std::string_view next_id(std::size_t e, std::size_t r) const {
    if (e == entries_.size()) return d_.relatives.family[r];
    if (r == d_.relatives.family.size()) return entries_[e].family;
    return std::min(entries_[e].family, d_.relatives.family[r]);
  }

  /// Rows of one family together, in the order they were declared; families in byte order of their ids.
  void group_relatives() {
    auto& rel = d_.relatives;
    std::vector<std::size_t> order(rel.family.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t l, std::size_t r) { return rel.family[l] < rel.family[r]; });
    std::remove_reference_t<decltype(rel)> sorted;
    for (const std::size_t i : order) {
      sorted.family.push_back(rel.family[i]);
      sorted.person.push_back(rel.person[i]);
      sorted.father.push_back(rel.father[i]);
      sorted.mother.push_back(rel.mother[i]);
      sorted.sample.push_back(rel.sample[i]);
      sorted.sex.push_back(rel.sex[i]);
      sorted.missing.push_back(rel.missing[i]);
      sorted.batch.push_back(rel.batch[i]);
      sorted.line.push_back(rel.line[i]);
    }
    rel = std::move(sorted);
  }

  void link_relatives() {
    auto& rel = d_.relatives;
    const std::size_t n = rel.family.size();
    rel.father_index.assign(n, kNoParent);
    rel.mother_index.assign(n, kNoParent);
    rel.typed.assign(n, kNone);
    if (n == 0) return;
    std::unordered_map<std::string_view, std::uint32_t> person_of;
    for (std::uint32_t p = 0; p < d_.persons.id.size(); ++p) person_of.emplace(d_.persons.id[p], p);
    for (std::uint32_t s = 0; s < d_.samples.id.size(); ++s) person_of.insert_or_assign(d_.samples.id[s], d_.samples.person[s]);
    for (std::size_t first = 0; first < n;) {
      std::size_t end = first;
      std::unordered_map<std::string_view, std::int32_t> row_of;
      for (; end < n && rel.family[end] == rel.family[first]; ++end)
        row_of.emplace(rel.person[end], static_cast<std::int32_t>(end - first));
      const auto parent = [&](std::string_view id) -> std::int32_t {
        if (id.empty() || id == "0") return kNoParent;
        if (id == "*") return kPopulationGamete;
        const auto it = row_of.find(id);
        return it == row_of.end() ? kNotInPedigree : it->second;
      };
      for (std::size_t r = first; r < end; ++r) {
        rel.father_index[r] = parent(rel.father[r]);
        rel.mother_index[r] = parent(rel.mother[r]);
        const auto typed = person_of.find(rel.sample[r]);
        if (!rel.sample[r].empty() && typed != person_of.end()) rel.typed[r] = typed->second;
      }
      first = end;
    }
  }

  /// Declared memberships of searching persons, then families of their own for who has none.
  void collect_entries() {
    std::vector<bool> placed(d_.persons.id.size(), false);
    for (const std::uint32_t person : d_.relatives.typed)
      if (person != kNone) placed[person] = true;
    for (std::size_t m = 0; m < d_.members.sample.size(); ++m) {
      const std::uint32_t person = d_.samples.person[d_.members.sample[m]];
      if (!searching(role_of(d_, person))) continue;
      placed[person] = true;
      entries_.push_back({d_.members.family[m], d_.members.slot[m], person, d_.members.batch[m], d_.members.line[m], false});
    }
    for (std::uint32_t person = 0; person < placed.size(); ++person) {
      if (placed[person] || !searching(role_of(d_, person))) continue;
      const std::uint32_t sample = d_.persons.first_sample[person];
      entries_.push_back({d_.samples.id[sample], {}, person, d_.samples.batch[sample], d_.samples.line[sample], true});
    }
    std::sort(entries_.begin(), entries_.end(), [](const Entry& l, const Entry& r) {
      return std::tie(l.family, l.slot, l.person, l.batch, l.line) < std::tie(r.family, r.slot, r.person, r.batch, r.line);
    });
  }

  void build_one(std::string_view id, std::size_t e, std::size_t e_end, std::size_t r, std::size_t r_end) {
    const bool any_derived = std::any_of(entries_.begin() + static_cast<std::ptrdiff_t>(e),
                                         entries_.begin() + static_cast<std::ptrdiff_t>(e_end), [](const Entry& x) { return x.derived; });
    const auto refuse = [&](Refusal reason, const std::string& detail = {}) { refuse_family(id, reason, detail, e, e_end, r, r_end); };
    if (any_derived && (e_end - e > 1 || r_end > r)) return refuse(Refusal::id_declared_and_derived);
    if (r_end > r) {
      build_pedigree(id, e, e_end, r, r_end);
      return;
    }
    std::set<std::string_view> slots;
    for (std::size_t i = e; i < e_end; ++i) {
      if (!parental(role_of(d_, entries_[i].person))) return refuse(Refusal::relative_without_pedigree);
      if (!entries_[i].slot.empty()) slots.insert(entries_[i].slot);
    }
    if (slots.empty()) slots.insert("1");
    std::vector<std::pair<std::string_view, ParentsOfSlot>> seated;
    for (const std::string_view slot : slots) {
      std::set<std::uint32_t> people;
      for (std::size_t i = e; i < e_end; ++i)
        if (entries_[i].slot.empty() || entries_[i].slot == slot) people.insert(entries_[i].person);
      ParentsOfSlot seats;
      if (const auto reason = seat_parents(d_, people, seats)) return refuse(*reason);
      seated.emplace_back(slot, seats);
    }
    for (const auto& [slot, seats] : seated) add(id, slot, seats.shape, seats.father, seats.mother, 0, 0, kNoParent);
  }

  void build_pedigree(std::string_view id, std::size_t e, std::size_t e_end, std::size_t r, std::size_t r_end) {
    const auto refuse = [&](Refusal reason, const std::string& detail = {}) { refuse_family(id, reason, detail, e, e_end, r, r_end); };
    std::string defects = pedigree_defects(r, r_end);
    if (!defects.empty()) return refuse(Refusal::pedigree_defect, defects);
    std::unordered_set<std::uint32_t> typed;
    std::vector<std::int32_t> missing;
    for (std::size_t i = r; i < r_end; ++i) {
      if (d_.relatives.typed[i] != kNone) typed.insert(d_.relatives.typed[i]);
      if (d_.relatives.missing[i] != 0) missing.push_back(static_cast<std::int32_t>(i - r));
    }
    for (std::size_t i = e; i < e_end; ++i)
      if (typed.count(entries_[i].person) == 0) return refuse(Refusal::relative_without_pedigree);
    if (missing.empty()) return refuse(Refusal::no_missing_place);
    if (typed.empty()) return refuse(Refusal::no_typed_relative);
    std::map<std::string, std::int32_t> slots;  // byte order, as families are ordered
    for (const std::int32_t place : missing) slots.emplace(std::to_string(slots.size() + 1), place);
    for (const auto& [slot, place] : slots)
      add(id, slot, FamilyShape::pedigree, kNone, kNone, r, static_cast<std::uint32_t>(r_end - r), place);
  }

  /// Every defect at once; persons are named by the line that declares them.
  std::string pedigree_defects(std::size_t r, std::size_t r_end) const {
    std::vector<PedigreePerson> persons;
    std::string text;
    std::unordered_set<std::uint32_t> typed;
    for (std::size_t i = r; i < r_end; ++i) {
      const std::string where = "on line " + std::to_string(d_.relatives.line[i]);
      persons.push_back(
          {where + (d_.relatives.batch[i] == d_.relatives.batch[r] ? "" : " of batch " + std::to_string(d_.relatives.batch[i])),
           d_.relatives.father_index[i], d_.relatives.mother_index[i], static_cast<Sex>(d_.relatives.sex[i])});
      if (d_.relatives.missing[i] != 0 && d_.relatives.typed[i] != kNone) text += "; the missing person " + where + " has a typed sample";
      if (d_.relatives.typed[i] != kNone && !typed.insert(d_.relatives.typed[i]).second)
        text += "; the person " + where + " has a sample of another row";
    }
    for (const std::string& defect : Pedigree(std::move(persons)).defects()) text += "; " + defect;
    return text.empty() ? text : text.substr(2);
  }

  void add(std::string_view id, std::string_view slot, FamilyShape shape, std::uint32_t father, std::uint32_t mother, std::uint64_t first,
           std::uint32_t count, std::int32_t missing) {
    auto& f = d_.families;
    f.id.push_back(id);
    f.slot.push_back(slot);
    f.shape.push_back(static_cast<std::uint8_t>(shape));
    f.father.push_back(father);
    f.mother.push_back(mother);
    f.pedigree_first.push_back(first);
    f.pedigree_count.push_back(count);
    f.missing.push_back(missing);
  }

  void refuse_family(std::string_view id, Refusal reason, const std::string& detail, std::size_t e, std::size_t e_end, std::size_t r,
                     std::size_t r_end) {
    d_.refused.id.push_back(id);
    d_.refused.reason.push_back(static_cast<std::uint8_t>(reason));
    FamilyProblem problem{std::string(id), reason, std::string(sentence(reason)) + (detail.empty() ? "" : ": " + detail)};
    const auto newest = [&](std::uint32_t batch, std::uint64_t line) {
      if (std::tie(batch, line) > std::tie(problem.batch, problem.line)) std::tie(problem.batch, problem.line) = std::tie(batch, line);
    };
    for (std::size_t i = e; i < e_end; ++i) newest(entries_[i].batch, entries_[i].line);
    for (std::size_t i = r; i < r_end; ++i) newest(d_.relatives.batch[i], d_.relatives.line[i]);
    problems_.push_back(std::move(problem));
  }

  StoreData& d_;
  std::vector<Entry> entries_;
  std::vector<FamilyProblem> problems_;
};

}  // namespace

std::vector<SexContradiction> derive_persons(StoreData& d) {
  const std::size_t n = d.persons.id.size();
  d.persons.role.assign(n, 0);
  d.persons.sex.assign(n, 0);
  for (std::size_t s = 0; s < d.samples.id.size(); ++s) {
    const std::uint32_t person = d.samples.person[s];
    if (d.persons.role[person] == 0) d.persons.role[person] = d.samples.role[s];
    if (d.persons.sex[person] == 0) d.persons.sex[person] = d.samples.sex[s];
  }
  const std::vector<Sex> amel = amel_sex(d);
  std::vector<SexContradiction> contradictions;
  for (std::uint32_t person = 0; person < n; ++person) {
    const Role declared = role_of(d, person);
    const Sex by_role = declared == Role::father ? Sex::male : declared == Role::mother ? Sex::female : Sex::unknown;
    const Sex stated = sex_of(d, person);
    const auto differ = [](Sex a, Sex b) { return a != Sex::unknown && b != Sex::unknown && a != b; };
    if (differ(by_role, amel[person]) || differ(stated, amel[person]))
      contradictions.push_back({person, true});
    else if (differ(by_role, stated))
      contradictions.push_back({person, false});
    const Sex sex = stated != Sex::unknown ? stated : by_role != Sex::unknown ? by_role : amel[person];
    d.persons.sex[person] = static_cast<std::uint8_t>(sex);
    if (declared == Role::parent && sex != Sex::unknown)
      d.persons.role[person] = static_cast<std::uint8_t>(sex == Sex::male ? Role::father : Role::mother);
  }
  return contradictions;
}

std::vector<FamilyProblem> derive_families(StoreData& data) { return FamilyBuilder(data).build(); }

std::vector<Family> families_of(const StoreData& d) {
  std::vector<Family> families(d.families.id.size());
  for (std::size_t f = 0; f < families.size(); ++f) {
    Family& family = families[f];
    family.id = d.families.id[f];
    family.slot = d.families.slot[f];
    family.shape = static_cast<FamilyShape>(d.families.shape[f]);
    family.father = d.families.father[f];
    family.mother = d.families.mother[f];
    if (family.shape != FamilyShape::pedigree) continue;
    family.missing = d.families.missing[f];
    std::vector<PedigreePerson> persons;
    for (std::uint64_t r = d.families.pedigree_first[f]; r < d.families.pedigree_first[f] + d.families.pedigree_count[f]; ++r) {
      Sex sex = static_cast<Sex>(d.relatives.sex[r]);
      if (sex == Sex::unknown && d.relatives.typed[r] != kNone) sex = sex_of(d, d.relatives.typed[r]);
      persons.push_back({std::string(d.relatives.person[r]), d.relatives.father_index[r], d.relatives.mother_index[r], sex});
      family.typed.push_back(d.relatives.typed[r]);
    }
    family.pedigree = Pedigree(std::move(persons));
  }
  return families;
}

}  // namespace homeward::storage
