// The DVI section of a Familias project: nested [headings] and `Key= value` lines.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

#include "base/text.hpp"
#include "homeward/error.hpp"
#include "import/familias.hpp"

namespace homeward::import {

namespace {

constexpr std::size_t kMaxDepth = 8;

class DviReader {
 public:
  DviReader(FamiliasProject& project, std::uint64_t line) : project_(project), line_(line) {}

  void read(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      read_line(trim(text.substr(0, end)));
      text.remove_prefix(std::min(end + 1, text.size()));
      ++line_;
    }
    for (const auto& [family, children] : half_relations_)
      if (!children.empty()) fail("a Child= line behind each Parent= line");
  }

 private:
  [[noreturn]] void fail(const char* expected) const {
    throw Error(ErrorKind::input, fmt::format("line {}: expected {} in the DVI section; the project is damaged", line_, expected));
  }

  void read_line(std::string_view line) {
    if (line.empty()) return;
    if (line.front() == '[') return heading(line);
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return;  // free text of the notes
    value(trim(line.substr(0, equals)), trim(line.substr(equals + 1)));
  }

  void heading(std::string_view line) {
    const std::size_t depth = std::min(line.find_first_not_of('['), line.size());
    if (depth > kMaxDepth) fail("at most 8 brackets of a heading");
    path_.resize(std::min(path_.size(), depth - 1));
    path_.emplace_back(trim(line.substr(depth, line.find(']') - depth)));
    person_ = nullptr;
    pedigree_ = nullptr;
    if (!in_dvi()) return;
    if (path_[1] == "Unidentified persons" && path_.size() >= 3) {
      if (path_.size() == 3) add_person(project_.unidentified);
      person_ = &project_.unidentified.back();
    } else if (path_[1] == "Reference Families" && path_.size() >= 3) {
      in_family();
    }
  }

  bool in_dvi() const { return path_.size() >= 2 && path_[0] == "DVI"; }

  void in_family() {
    if (path_.size() == 3) {
      project_.families.emplace_back();
      project_.families.back().line = line_;
      return;
    }
    FamiliasFamily& family = project_.families.back();
    if (path_.size() < 5) return;
    if (path_[3] == "Persons") {
      if (path_.size() == 5) add_person(family.persons);
      if (family.persons.empty()) fail("a person before the person's DNA data");
      person_ = &family.persons.back();
    } else if (path_[3] == "Pedigrees" && path_.size() == 5) {
      family.pedigrees.emplace_back();
      pedigree_ = &family.pedigrees.back();
      pedigree_->line = line_;
      n_members_ += family.persons.size();
      if (n_members_ > kMaxFamiliasMembers) fail("pedigrees of at most 1,000,000 persons together");
      for (const FamiliasPerson& person : family.persons) pedigree_->members.emplace_back(person.name, person.sex);
    }
  }

  void add_person(std::vector<FamiliasPerson>& persons) {
    persons.emplace_back();
    persons.back().line = line_;
  }

  void value(std::string_view key, std::string_view text) {
    if (!in_dvi() || path_.size() < 3) return;
    if (pedigree_ != nullptr) return relation(key, text);
    if (person_ != nullptr) return of_person(key, text);
    if (path_.size() == 3 && path_[1] == "Reference Families" && key == "Name") project_.families.back().name = text;
  }

  void of_person(std::string_view key, std::string_view text) {
    if (key == "Name") {
      if (text.size() > 200) fail("a name of at most 200 characters");
      person_->name = text;
    } else if (key == "Gender") {
      person_->sex = text == "Male" ? Sex::male : text == "Female" ? Sex::female : Sex::unknown;
    } else if (key == "SystemName") {
      person_->calls.push_back({std::string(text), {}, {}, line_});
    } else if (key == "Allele1" || key == "Allele2") {
      if (person_->calls.empty()) fail("a SystemName= line before the alleles");
      (key == "Allele1" ? person_->calls.back().allele1 : person_->calls.back().allele2) = text;
    }
  }

  void relation(std::string_view key, std::string_view text) {
    if (key == "Name") {
      pedigree_->name = text;
    } else if (key == "Parent") {
      half_relations_[pedigree_->line].push_back(member(text));
    } else if (key == "Child") {
      std::vector<std::size_t>& parents = half_relations_[pedigree_->line];
      if (parents.empty()) fail("a Parent= line before the Child= line");
      if (pedigree_->relations.size() >= kMaxFamiliasRelations) fail("at most 20,000 relations of a pedigree");
      pedigree_->relations.emplace_back(parents.back(), member(text));
      parents.pop_back();
    }
  }

  std::size_t member(std::string_view name) {
    for (std::size_t k = 0; k < pedigree_->members.size(); ++k)
      if (pedigree_->members[k].first == name) return k;
    if (++n_members_ > kMaxFamiliasMembers) fail("pedigrees of at most 1,000,000 persons together");
    pedigree_->members.emplace_back(name, Sex::unknown);
    return pedigree_->members.size() - 1;
  }

  FamiliasProject& project_;
  std::uint64_t line_;
  std::vector<std::string> path_;
  std::size_t n_members_ = 0;
  FamiliasPerson* person_ = nullptr;
  FamiliasPedigree* pedigree_ = nullptr;
  std::map<std::uint64_t, std::vector<std::size_t>> half_relations_;  ///< parents whose child is not named yet, by pedigree
};

}  // namespace

void parse_familias_dvi(std::string_view text, std::uint64_t line, FamiliasProject& project) { DviReader(project, line).read(text); }

}  // namespace homeward::import
