// Pedigree tables: family_id, person_id, father_id, mother_id, sex, sample_id, missing. A family is taken whole or not at
// all: without one of its rows it would be another pedigree.
#include <algorithm>
#include <array>
#include <functional>

#include "import/profile_collector.hpp"

namespace homeward::import {

namespace {

bool nobody(const std::string& id) { return id.empty() || id == "0"; }
bool gamete(const std::string& id) { return id == "*"; }

class PedigreeReader {
 public:
  PedigreeReader(ImportedFile& file, const TextSource& source, const ImportOptions& options)
      : use_(options.pedigree_use),
        file_(file),
        source_(source),
        collector_(file, source, options),
        reader_(source.text, source.delimiter) {}

  void read() {
    Row row;
    if (!reader_.next(row)) return;
    header_.emplace(row.cells);
    file_.reject_header = header_->names();
    reader_.expect_columns(header_->size());
    constexpr std::array<Field, 7> kFields{Field::family_id, Field::person_id, Field::father_id, Field::mother_id,
                                           Field::sex,       Field::sample_id, Field::missing};
    for (std::size_t k = 0; k < kFields.size(); ++k) columns_[k] = header_->find(kFields[k]);
    for (std::size_t c = 0; c < header_->size(); ++c)
      if (!header_->names()[c].empty())
        file_.columns.push_back(
            {header_->names()[c], std::find(columns_.begin(), columns_.end(), std::optional<std::size_t>(c)) == columns_.end()
                                      ? "ignored"
                                      : header_key(header_->names()[c])});
    while (reader_.next(row)) {
      ++file_.rows;
      read_row(row);
    }
    check_families();
    reject_defective();
    collector_.finish({});
  }

 private:
  std::string cell(const Row& row, std::size_t k) const {
    return columns_[k] && *columns_[k] < row.cells.size() ? std::string(trim_cell(row.cells[*columns_[k]])) : std::string();
  }

  /// Every defect of a row is kept: the code of the first, the reasons of all.
  void defect(std::size_t relative, std::string_view code, const std::string& reason) {
    const auto [at, first] = defects_.emplace(relative, std::make_pair(std::string(code), reason));
    if (!first) at->second.second += "; " + reason;
  }

  void read_row(const Row& row) {
    if (!collector_.sound(row, header_->required())) {
      // The row cannot be read, its family may still be named: what is left of it must not load.
      if (columns_[0] && *columns_[0] < row.cells.size()) broken_families_.insert(cell(row, 0));
      return;
    }
    ImportedRelative relative{cell(row, 0), cell(row, 1), cell(row, 2), cell(row, 3), cell(row, 5), Sex::unknown, false, row.line};
    const std::size_t index = file_.relatives.size();
    if (const auto sex = parse_sex(cell(row, 4)))
      relative.sex = *sex;
    else
      collector_.issues().add(Severity::warning, "W_SEX_NOT_UNDERSTOOD", row.line, "sex",
                              {.value = masked_token(cell(row, 4)),
                               .action = "left unknown",
                               .message = "sex is read from words, never guessed from digits",
                               .suggestion = "write M or F"});
    const std::optional<bool> missing = truth_of(cell(row, 6));
    relative.missing = missing.value_or(false);
    if (!missing) defect(index, "E_PEDIGREE", "`missing` is neither 1 nor 0");
    if (relative.family_id.empty() || nobody(relative.person_id)) defect(index, "E_MISSING_ID", "the row has no family_id or no person_id");
    for (const std::string* id : {&relative.family_id, &relative.person_id, &relative.sample_id})
      if (id->size() > kMaxIdBytes) defect(index, "E_ID_TOO_LONG", "an id of the row is too long");
    if (nobody(relative.sample_id) || relative.sample_id == ".") relative.sample_id.clear();
    for (std::string* parent : {&relative.father_id, &relative.mother_id})
      if (*parent == "." || *parent == "0") parent->clear();
    families_[relative.family_id].push_back(index);
    file_.relatives.push_back(std::move(relative));
  }

  void check_families() {
    for (const auto& [family, members] : families_) {
      std::map<std::string, std::size_t> of_id;
      for (const std::size_t index : members)
        if (!of_id.emplace(file_.relatives[index].person_id, index).second)
          defect(index, "E_PEDIGREE", "the person appears twice in the family");
      for (const std::size_t index : members) check_parents(index, of_id);
      check_ancestors(members, of_id);
      if (use_ == PedigreeUse::searching_family) check_connected(members, of_id);
      if (std::none_of(members.begin(), members.end(), [&](std::size_t index) { return file_.relatives[index].missing; }))
        defect(members.front(), "E_FAMILY_SHAPE", "no person of the family is marked missing");
      if (std::none_of(members.begin(), members.end(), [&](std::size_t index) { return !file_.relatives[index].sample_id.empty(); }))
        defect(members.front(), "E_FAMILY_SHAPE", "no person of the family has a sample");
    }
  }

  void check_parents(std::size_t index, const std::map<std::string, std::size_t>& of_id) {
    const ImportedRelative& relative = file_.relatives[index];
    if (nobody(relative.father_id) != nobody(relative.mother_id))
      defect(index, "E_PEDIGREE", "one parent only: give both (add a row for the untyped one), none, or * for a gamete of the population");
    if (!nobody(relative.father_id) && !gamete(relative.father_id) && relative.father_id == relative.mother_id)
      defect(index, "E_PEDIGREE", "father and mother are the same person");
    const auto parent = [&](const std::string& id, Sex sex, const char* wrong) {
      if (nobody(id) || gamete(id)) return;
      const auto found = of_id.find(id);
      if (found == of_id.end()) return defect(index, "E_PEDIGREE", "a parent has no row in the family");
      ImportedRelative& person = file_.relatives[found->second];
      if (person.sex == Sex::unknown) person.sex = sex;  // stated by the column that names the person
      if (person.sex != sex) defect(index, "E_PEDIGREE", wrong);
    };
    parent(relative.father_id, Sex::male, "the father is female");
    parent(relative.mother_id, Sex::female, "the mother is male");
  }

  /// Who is never reached when parents are taken away first descends from their own ancestor.
  void check_ancestors(const std::vector<std::size_t>& members, const std::map<std::string, std::size_t>& of_id) {
    std::set<std::size_t> placed;
    const auto ready = [&](const std::string& id) {
      const auto found = of_id.find(id);
      return found == of_id.end() || placed.count(found->second) != 0;
    };
    for (bool progress = true; progress;) {
      progress = false;
      for (const std::size_t index : members)
        if (placed.count(index) == 0 && ready(file_.relatives[index].father_id) && ready(file_.relatives[index].mother_id))
          progress = placed.insert(index).second;
    }
    for (const std::size_t index : members)
      if (placed.count(index) == 0) defect(index, "E_PEDIGREE", "the person descends from someone who is their own ancestor");
  }

  /// Whoever no chain of parents and children joins to a missing person cannot say anything of them.
  void check_connected(const std::vector<std::size_t>& members, const std::map<std::string, std::size_t>& of_id) {
    std::set<std::size_t> reached;
    for (const std::size_t index : members)
      if (file_.relatives[index].missing) reached.insert(index);
    if (reached.empty()) return;
    for (bool progress = true; progress;) {
      progress = false;
      for (const std::size_t index : members)
        for (const std::string* id : {&file_.relatives[index].father_id, &file_.relatives[index].mother_id})
          if (const auto parent = of_id.find(*id); parent != of_id.end() && reached.count(index) != reached.count(parent->second)) {
            reached.insert(index);
            reached.insert(parent->second);
            progress = true;
          }
    }
    for (const std::size_t index : members)
      if (reached.count(index) == 0)
        defect(index, "E_PEDIGREE",
               "the person is not connected to a missing person through parents and children; leave the row out, or add the rows "
               "between");
  }

  void reject_defective() {
    std::set<std::string> bad = broken_families_;
    for (const auto& [index, what] : defects_) bad.insert(file_.relatives[index].family_id);
    if (bad.empty()) return;
    std::map<std::uint64_t, std::pair<std::string, std::string>> reason_of_line;
    for (std::size_t index = 0; index < file_.relatives.size(); ++index) {
      const ImportedRelative& relative = file_.relatives[index];
      if (bad.count(relative.family_id) == 0) continue;
      const auto own = defects_.find(index);
      reason_of_line[relative.line] =
          own != defects_.end() ? own->second
                                : std::make_pair(std::string("E_PEDIGREE_FAMILY"), std::string("another row of this family is defective"));
    }
    RowReader again(source_.text, source_.delimiter);
    again.expect_columns(header_->size());
    Row row;
    while (again.next(row))
      if (const auto found = reason_of_line.find(row.line); found != reason_of_line.end())
        collector_.reject(found->second.first, found->second.second, row);
    file_.relatives.erase(std::remove_if(file_.relatives.begin(), file_.relatives.end(),
                                         [&](const ImportedRelative& r) { return bad.count(r.family_id) != 0; }),
                          file_.relatives.end());
  }

  PedigreeUse use_;
  ImportedFile& file_;
  const TextSource& source_;
  ProfileCollector collector_;
  RowReader reader_;
  std::optional<Header> header_;
  std::array<std::optional<std::size_t>, 7> columns_;
  std::map<std::string, std::vector<std::size_t>> families_;
  std::set<std::string> broken_families_;
  std::map<std::size_t, std::pair<std::string, std::string>> defects_;
};

}  // namespace

void read_pedigree(ImportedFile& file, const TextSource& source, const ImportOptions& options) {
  PedigreeReader(file, source, options).read();
}

}  // namespace homeward::import
