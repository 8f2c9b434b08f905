#include "import/familias.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "homeward/error.hpp"

namespace homeward::import {

namespace {

std::string_view unquoted(std::string_view text) {
  text = trim(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return text;
}

/// One value a line, by position.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}
  std::uint64_t line() const { return line_; }
  /// Offset of the line that next() gives.
  std::size_t offset() const { return position_; }
  bool at_end() const { return position_ >= text_.size(); }

  std::string_view peek() const {
    const std::size_t end = std::min(text_.find('\n', position_), text_.size());
    return trim(text_.substr(std::min(position_, text_.size()), end - std::min(position_, text_.size())));
  }

  std::string_view next(const char* what) {
    if (at_end()) throw Error(ErrorKind::input, fmt::format("line {}: expected {}, found the end of the file", line_ + 1, what));
    const std::string_view value = peek();
    position_ = std::min(text_.find('\n', position_), text_.size() - 1) + 1;
    ++line_;
    return value;
  }

  [[noreturn]] void fail(const char* what, const char* found) const {
    throw Error(ErrorKind::input, fmt::format("line {}: expected {}, found {}; the project is damaged or of another version of Familias",
                                              line_, what, found));
  }

  std::string name(const char* what) {
    const std::string_view text = unquoted(next(what));
    if (text.size() > 200) fail(what, "more than 200 characters");
    return std::string(text);
  }

  std::size_t count(const char* what) {
    const auto value = parse_integer(next(what));
    if (!value || *value < 0 || *value > 10'000'000) fail(what, "no such number");
    return static_cast<std::size_t>(*value);
  }

  double number(const char* what) {
    const auto value = parse_double(next(what));
    if (!value) fail(what, "no number");
    return *value;
  }

  bool flag(const char* what) {
    const std::string_view value = next(what);
    if (value.substr(0, 6) == "#TRUE#") return true;
    if (value.substr(0, 7) == "#FALSE#") return false;
    fail(what, "neither #TRUE# nor #FALSE#");
  }

 private:
  std::string_view text_;
  std::size_t position_ = 0;
  std::uint64_t line_ = 0;
};

/// `key value` inside a line of prose: the number behind `key`; nullopt when it is not there.
std::optional<double> number_behind(std::string_view text, std::string_view key) {
  const std::size_t at = text.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = trim(text.substr(at + key.size()));
  return parse_double(rest.substr(0, rest.find_first_of(" \t,)")));
}

/// A genotype by positions: they are resolved once the database is known.
struct Position {
  std::size_t person, allele1, allele2, system;
  std::uint64_t line;
};

void read_persons(Lines& lines, FamiliasProject& project, std::vector<Position>& positions) {
  const std::size_t n = lines.count("the number of persons");
  for (std::size_t i = 0; i < n; ++i) {
    FamiliasPerson person;
    person.name = lines.name("the name of a person");
    person.line = lines.line();
    for (const char* what : {"a mark #FALSE#", "a year of birth"})
      person.consider_dropout = (lines.next(what).find("Consider dropouts") != std::string_view::npos) || person.consider_dropout;
    lines.next("a mark #FALSE#");
    person.sex = lines.flag("#TRUE# for a male, #FALSE# for a female") ? Sex::male : Sex::female;
    const std::size_t n_calls = lines.count("the number of genotypes of the person");
    for (std::size_t k = 0; k < n_calls; ++k) {
      Position position{i, 0, 0, 0, 0};
      position.allele1 = lines.count("the number of an allele");
      position.line = lines.line();
      position.allele2 = lines.count("the number of an allele");
      position.system = lines.count("the number of a system");
      positions.push_back(position);
    }
    project.persons.push_back(std::move(person));
  }
}

/// Persons that known relations or one pedigree add.
void add_extras(Lines& lines, FamiliasPedigree& pedigree, const char* origin) {
  const std::size_t females = lines.count("the number of extra females");
  const std::size_t males = lines.count("the number of extra males");
  if (females + males > 10'000) lines.fail("extra persons", "more than 10,000");
  for (std::size_t k = 1; k <= females; ++k) pedigree.members.emplace_back(fmt::format("{} female {}", origin, k), Sex::female);
  for (std::size_t k = 1; k <= males; ++k) pedigree.members.emplace_back(fmt::format("{} male {}", origin, k), Sex::male);
}

void add_relations(Lines& lines, FamiliasPedigree& pedigree) {
  const std::size_t n = lines.count("the number of relations");
  if (n > kMaxFamiliasRelations) lines.fail("relations of a pedigree", "more than 20,000");
  for (std::size_t k = 0; k < n; ++k) {
    const std::string_view parent_text = lines.next("the number of a parent");
    const auto parent = parse_integer(parent_text);
    const std::size_t child = lines.count("the number of a child");
    if (!parent && parent_text.find("Direct") != std::string_view::npos) {
      pedigree.twins = true;
      continue;
    }
    if (!parent || *parent < 0 || static_cast<std::size_t>(*parent) >= pedigree.members.size() || child >= pedigree.members.size())
      lines.fail("a parent and a child of the pedigree", "the number of nobody");
    pedigree.relations.emplace_back(static_cast<std::size_t>(*parent), child);
  }
}

void read_pedigrees(Lines& lines, FamiliasProject& project) {
  if (unquoted(lines.next("\"Known relations\"")) != "Known relations") lines.fail("\"Known relations\"", "another text");
  FamiliasPedigree known;
  for (const FamiliasPerson& person : project.persons) known.members.emplace_back(person.name, person.sex);
  add_extras(lines, known, "Added");
  add_relations(lines, known);
  const std::size_t n = lines.count("the number of pedigrees");
  std::size_t n_members = 0;
  for (std::size_t k = 0; k < n; ++k) {
    FamiliasPedigree pedigree = known;
    lines.count("the number of a pedigree");
    pedigree.line = lines.line();
    pedigree.name = lines.name("the name of a pedigree");
    add_extras(lines, pedigree, "Extra");
    n_members += pedigree.members.size();
    if (n_members > kMaxFamiliasMembers) lines.fail("pedigrees of at most 1,000,000 persons together", "more");
    add_relations(lines, pedigree);
    project.pedigrees.push_back(std::move(pedigree));
  }
}

int model_code(Lines& lines) {
  const std::size_t code = lines.count("the code of a mutation model, 0 to 4");
  if (code > 4) lines.fail("the code of a mutation model, 0 to 4", "a larger number");
  return static_cast<int>(code);
}

FamiliasSystem read_system(Lines& lines) {
  FamiliasSystem system;
  system.name = lines.name("the name of a system");
  system.line = lines.line();
  system.female.rate = lines.number("a mutation rate (female)");
  system.male.rate = lines.number("a mutation rate (male)");
  system.female.code = model_code(lines);
  system.male.code = model_code(lines);
  lines.count("the number of alleles, the silent one included");
  system.female.range = lines.number("a mutation range (female)");
  system.male.range = lines.number("a mutation range (male)");
  system.female.microvariant_rate = lines.number("a second mutation rate (female)");
  system.male.microvariant_rate = lines.number("a second mutation rate (male)");
  const bool has_silent = lines.flag("#TRUE# when there is a silent allele");
  const double silent = lines.number("the frequency of the silent allele");
  if (has_silent) system.silent = silent;
  const std::string_view info = lines.next("the number of alleles and the size of the database");
  const auto n = parse_integer(info.substr(0, info.find_first_of(" \t(")));
  if (!n || *n < 0 || *n > 10'000) lines.fail("the number of alleles", "no such number");
  if (const auto size = number_behind(info, "DatabaseSize ="); size && *size > 0.0 && *size < 1e9)
    system.database_size = static_cast<std::uint32_t>(*size);
  system.dropout = number_behind(info, "Dropout probability =").value_or(0.0);
  system.minor_allele_frequency = number_behind(info, "Minor allele frequency =").value_or(0.0);
  for (long long k = 0; k < *n; ++k) {
    std::string allele = lines.name("the name of an allele");
    const double frequency = lines.number("the frequency of an allele");
    system.alleles.emplace_back(std::move(allele), frequency);
  }
  return system;
}

void read_database(Lines& lines, FamiliasProject& project) {
  const std::string_view head = lines.next("#FALSE# (#Databases ...)");
  if (head.substr(0, 6) == "#TRUE#") lines.fail("a project without stored results", "#TRUE#: save the project again without them");
  if (head.substr(0, 7) != "#FALSE#") lines.fail("#FALSE# (#Databases ...)", "another text");
  project.theta = number_behind(head, "Fst:").value_or(0.0);
  const std::size_t n = lines.count("the number of systems");
  if (lines.peek() == "#TRUE#" || lines.peek() == "#FALSE#") {
    if (lines.flag("whether the database has a name")) project.database = lines.name("the name of the database");
  }
  for (std::size_t k = 0; k < n; ++k) project.systems.push_back(read_system(lines));
}

void resolve(FamiliasProject& project, const std::vector<Position>& positions) {
  for (const Position& at : positions) {
    const bool sound = at.system < project.systems.size() && at.allele1 < project.systems[at.system].alleles.size() &&
                       at.allele2 < project.systems[at.system].alleles.size();
    if (!sound)
      throw Error(ErrorKind::input,
                  fmt::format("line {}: a genotype names an allele or a system that the database does not have", at.line));
    const FamiliasSystem& system = project.systems[at.system];
    project.persons[at.person].calls.push_back({system.name, system.alleles[at.allele1].first, system.alleles[at.allele2].first, at.line});
  }
}

/// Sets one parent of a person. False when both places are taken.
bool set_parent(std::vector<PedigreePerson>& persons, std::size_t child, std::size_t parent) {
  PersonInPedigree& place = persons[parent].sex == Sex::female ? persons[child].mother : persons[child].father;
  if (place != kNoParent && place != static_cast<PersonInPedigree>(parent)) return false;
  place = static_cast<PersonInPedigree>(parent);
  return true;
}

/// A parent of unknown sex takes the place that the known parents of the children leave; a man where nothing tells.
void decide_sex(const std::vector<std::pair<std::size_t, std::size_t>>& relations, std::vector<PedigreePerson>& persons) {
  for (const auto& [parent, child] : relations) {
    if (persons[parent].sex != Sex::unknown) continue;
    bool father_known = false;
    for (const auto& [other_parent, other_child] : relations)
      father_known = father_known || (other_parent == parent && persons[other_child].father != kNoParent);
    persons[parent].sex = father_known ? Sex::female : Sex::male;
  }
}

}  // namespace

bool is_familias(std::string_view text) {
  return unquoted(text.substr(0, std::min(text.find('\n'), text.size()))).substr(0, 20) == "Output from Familias";
}

FamiliasProject parse_familias(std::string_view text) {
  FamiliasProject project;
  Lines lines(text);
  lines.next("the line \"Output from Familias ...\"");
  lines.next("a remark");
  project.version = lines.name("the version");
  if (unquoted(lines.peek()).empty()) lines.next("an empty text");
  std::vector<Position> positions;
  read_persons(lines, project, positions);
  read_pedigrees(lines, project);
  read_database(lines, project);
  resolve(project, positions);
  while (!lines.at_end() && lines.peek().empty()) lines.next("a blank line");
  if (lines.at_end()) return project;
  if (lines.peek() == "[DVI]") parse_familias_dvi(text.substr(lines.offset()), lines.line() + 1, project);
  return project;
}

Pedigree pedigree_of(const FamiliasPedigree& pedigree, std::vector<std::string>& defects) {
  std::vector<PedigreePerson> persons;
  for (const auto& [name, sex] : pedigree.members) persons.push_back({name, kNoParent, kNoParent, sex});
  if (pedigree.twins) defects.push_back("it states twins (a relation that is no parent and child), which have no form here");
  std::vector<std::pair<std::size_t, std::size_t>> open;
  for (const auto& [parent, child] : pedigree.relations) {
    if (persons[parent].sex == Sex::unknown)
      open.emplace_back(parent, child);
    else if (!set_parent(persons, child, parent))
      defects.push_back("a person has two fathers or two mothers");
  }
  decide_sex(open, persons);
  for (const auto& [parent, child] : open)
    if (!set_parent(persons, child, parent)) defects.push_back("a person has two fathers or two mothers");
  for (PedigreePerson& person : persons) {
    if ((person.father == kNoParent) == (person.mother == kNoParent)) continue;
    (person.father == kNoParent ? person.father : person.mother) = kPopulationGamete;
  }
  Pedigree result(std::move(persons));
  for (const std::string& defect : result.defects()) defects.push_back(defect);
  return result;
}

}  // namespace homeward::import
