// A Familias project as profiles and pedigrees for a store: the DVI section's unidentified persons are the searched, its
// reference families the searching; the persons of a plain project are samples without a place in a search.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "homeward/error.hpp"
#include "homeward/family.hpp"
#include "import/familias.hpp"
#include "import/reported_samples.hpp"
#include "import/text_file.hpp"

namespace homeward::import {

namespace {

ReportedSample reported(const FamiliasPerson& person, const std::string& role, const std::string& family) {
  ReportedSample sample;
  sample.id = person.name;
  sample.role = role;
  sample.family = family;
  sample.sex = person.sex == Sex::unknown ? "" : std::string(to_string(person.sex));
  sample.partial = person.consider_dropout;
  sample.line = person.line;
  for (const FamiliasCall& call : person.calls) sample.loci.push_back({call.system, {}, {call.allele1, call.allele2}, call.line});
  return sample;
}

class ProjectReader {
 public:
  ProjectReader(ImportedFile& file, const TextSource& source, const ImportOptions& options, const FamiliasProject& project)
      : file_(file), project_(project), samples_(file, source, options) {}

  void read() {
    file_.columns = {{"database", project_.systems.empty() ? "none" : "not loaded: give this file to --population"}};
    for (const FamiliasPerson& person : project_.persons)
      if (!person.calls.empty()) samples_.take(reported(person, {}, {}));
    for (const FamiliasPerson& person : project_.unidentified) samples_.take(reported(person, "child", {}));
    for (const FamiliasFamily& family : project_.families) read_family(family);
    if (!project_.pedigrees.empty())
      samples_.issues().add(Severity::warning, "W_PEDIGREE_LEFT_OUT", project_.pedigrees.front().line, "",
                            {.action = "pedigrees left out",
                             .message = "a project does not say who of its pedigrees is missing; `homeward lr --cases` computes them",
                             .suggestion = "write a pedigree table to search for a missing member",
                             .count = project_.pedigrees.size()});
    samples_.finish();
  }

 private:
  /// The pedigree that places the missing person among most relatives.
  static const FamiliasPedigree* chosen(const FamiliasFamily& family) {
    const FamiliasPedigree* best = nullptr;
    for (const FamiliasPedigree& pedigree : family.pedigrees) {
      const auto& members = pedigree.members;
      const bool has_place =
          std::any_of(members.begin(), members.end(), [](const auto& member) { return member.first == kFamiliasMissing; });
      if (has_place && (best == nullptr || pedigree.relations.size() > best->relations.size())) best = &pedigree;
    }
    return best;
  }

  void read_family(const FamiliasFamily& family) {
    for (const FamiliasPerson& person : family.persons)
      if (!person.calls.empty()) samples_.take(reported(person, "relative", family.name));
    const FamiliasPedigree* pedigree = chosen(family);
    std::vector<std::string> defects;
    if (pedigree == nullptr) {
      defects.emplace_back("no pedigree of the family has a \"Missing person\"");
    } else {
      const Pedigree relatives = pedigree_of(*pedigree, defects);
      if (defects.empty()) return add_relatives(family, *pedigree, relatives);
    }
    for (const std::string& defect : defects)
      samples_.issues().add(Severity::error, "E_FAMILY_SHAPE", pedigree == nullptr ? family.line : pedigree->line, "",
                            {.action = "pedigree left out, samples kept", .message = defect});
  }

  void add_relatives(const FamiliasFamily& family, const FamiliasPedigree& pedigree, const Pedigree& relatives) {
    const auto parent = [&](PersonInPedigree index) -> std::string {
      if (index == kNoParent) return {};
      return index == kPopulationGamete ? "*" : relatives[static_cast<std::size_t>(index)].id;
    };
    std::uint64_t n_added = 0;
    for (const PedigreePerson& person : relatives.persons()) {
      const auto known =
          std::find_if(family.persons.begin(), family.persons.end(), [&](const FamiliasPerson& p) { return p.name == person.id; });
      const bool typed = known != family.persons.end() && !known->calls.empty();
      // Lines tell the rows of a family apart; a person whom only the pedigree names has one of the pedigree's.
      const std::uint64_t line = known != family.persons.end() ? known->line : pedigree.line + n_added++;
      file_.relatives.push_back({family.name, person.id, parent(person.father), parent(person.mother), typed ? person.id : std::string(),
                                 person.sex, person.id == kFamiliasMissing, line});
    }
    if (family.pedigrees.size() > 1)
      samples_.issues().add(Severity::note, "W_PEDIGREE_CHOSEN", pedigree.line, "",
                            {.action = "the pedigree with most relations taken",
                             .message = "the family has several pedigrees; a store holds one",
                             .count = family.pedigrees.size()});
  }

  ImportedFile& file_;
  const FamiliasProject& project_;
  ReportedSamples samples_;
};

}  // namespace

void read_familias(ImportedFile& file, const TextSource& source, const ImportOptions& options) {
  try {
    const FamiliasProject project = parse_familias(source.text);
    ProjectReader(file, source, options, project).read();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::input) throw;
    throw input_error(source.path, error.what());
  }
}

}  // namespace homeward::import
