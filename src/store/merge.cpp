#include "store/merge.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <unordered_map>

#include "base/text.hpp"
#include "homeward/version.hpp"
#include "store/families.hpp"
#include "store/snp_alleles.hpp"
#include "store/typing_rows.hpp"

namespace homeward::storage {

namespace {

constexpr const char* kSexMismatch = "E_SEX_MISMATCH_AMEL";

std::string base_name(const std::string& path) { return std::filesystem::path(path).filename().string(); }

/// Slots a row names: "1;2" or "1,2" for a person who stands in several places of the family; none = every slot.
std::vector<std::string> slots_of(const std::string& text) {
  std::string commas = text;
  std::replace(commas.begin(), commas.end(), ';', ',');
  std::vector<std::string> slots;
  for (const std::string_view slot : split(commas, ','))
    if (!trim(slot).empty()) slots.emplace_back(trim(slot));
  if (slots.empty()) slots.emplace_back();
  return slots;
}

class Merger {
 public:
  Merger(StoreData& data, LoadSummary& summary) : d_(data), summary_(summary), typing_rows_(data) {
    for (std::uint32_t s = 0; s < d_.samples.id.size(); ++s) sample_of_.emplace(d_.samples.id[s], s);
    for (std::uint32_t p = 0; p < d_.persons.id.size(); ++p) person_of_.emplace(d_.persons.id[p], p);
    for (std::uint32_t k = 0; k < d_.kits.size(); ++k) kit_of_.emplace(d_.kits[k], k);
    for (std::uint32_t m = 0; m < d_.members.sample.size(); ++m) members_of_[d_.members.sample[m]].push_back(m);
    for (std::size_t b = 0; b < d_.batches.sha256.size(); ++b) digests_.emplace(d_.batches.sha256[b]);
    for (std::uint32_t r = 0; r < d_.relatives.family.size(); ++r)
      relative_of_.emplace(relative_key(d_.relatives.family[r], d_.relatives.person[r]), r);
    person_role_.assign(d_.persons.id.size(), 0);
    person_sex_.assign(d_.persons.id.size(), 0);
    for (std::uint32_t s = 0; s < d_.samples.id.size(); ++s) note_declared(d_.samples.person[s], d_.samples.role[s], d_.samples.sex[s]);
  }

  /// @returns false when the file's digest is known
  bool merge(const ImportedFile& file, const std::string& time_utc) {
    file_ = base_name(file.path);
    if (!file.sha256.empty() && !digests_.insert(file.sha256).second) {
      issue(Severity::note, "W_ALREADY_LOADED", 0, {}, "skipped", "a file with this content is in the store already: nothing was added",
            {});
      return false;
    }
    batch_ = static_cast<std::uint32_t>(d_.batches.file.size() + 1);
    counts_ = {};
    typing_rows_.begin_file(file);
    for (const ImportedSample& sample : file.samples) merge_sample(sample);
    for (const ImportedRelative& relative : file.relatives) merge_relative(relative);
    add_batch(file, time_utc);
    return true;
  }

 private:
  struct Counts {
    std::uint64_t new_persons = 0, new_samples = 0, new_typings = 0, identical_typings = 0, refused_samples = 0;
  };

  static std::string relative_key(std::string_view family, std::string_view person) {
    return std::string(family) + '\0' + std::string(person);
  }

  void note_declared(std::uint32_t person, std::uint8_t role, std::uint8_t sex) {
    if (person_role_[person] == 0) person_role_[person] = role;
    if (person_sex_[person] == 0) person_sex_[person] = sex;
  }

  void issue(Severity severity, const std::string& code, std::uint64_t line, const std::string& column, const std::string& action,
             const std::string& message, const std::string& suggestion) {
    Issue i;
    i.severity = severity;
    i.code = code;
    i.file = file_;
    i.line = line;
    i.column = column;
    i.action = action;
    i.message = message;
    i.suggestion = suggestion;
    summary_.issues.push_back(std::move(i));
  }

  /// The first statement of this row that contradicts what the store knows of its sample or person; empty = none.
  std::string contradiction(const ImportedSample& sample, std::uint32_t known_sample, std::uint32_t person) const {
    if (known_sample != kNone) {
      if (!sample.person_id.empty() && d_.persons.id[d_.samples.person[known_sample]] != sample.person_id) return "person_id";
      const auto members = members_of_.find(known_sample);
      if (!sample.family_id.empty() && members != members_of_.end() && d_.members.family[members->second[0]] != sample.family_id)
        return "family_id";
    }
    if (person == kNone) return {};
    const auto role = static_cast<std::uint8_t>(sample.role), sex = static_cast<std::uint8_t>(sample.sex);
    if (role != 0 && person_role_[person] != 0 && role != person_role_[person]) return "role";
    if (sex != 0 && person_sex_[person] != 0 && sex != person_sex_[person]) return "sex";
    return {};
  }

  void refuse_sample(const ImportedSample& sample, const std::string& code, const std::string& column, const std::string& message,
                     const std::string& suggestion) {
    ++counts_.refused_samples;
    issue(Severity::error, code, sample.line, column, "not_loaded", message, suggestion);
  }

  void merge_sample(const ImportedSample& sample) {
    if (sample.sample_id.empty())
      return refuse_sample(sample, "E_ID_MISSING", "sample_id", "the row has no sample id", "give every sample an id");
    const auto known = sample_of_.find(sample.sample_id);
    const std::uint32_t known_sample = known == sample_of_.end() ? kNone : known->second;
    const std::string& person_id = sample.person_id.empty() ? sample.sample_id : sample.person_id;
    const auto known_person = person_of_.find(person_id);
    std::uint32_t person = known_sample != kNone              ? d_.samples.person[known_sample]
                           : known_person == person_of_.end() ? kNone
                                                              : known_person->second;
    if (const std::string column = contradiction(sample, known_sample, person); !column.empty())
      return refuse_sample(
          sample, "E_DUP_ID_CONFLICT", column,
          "this sample or person is in the store with another " + column + "; the earlier statement stays and the row is not loaded",
          "one id must be one person; rename the sample, or correct the row");
    std::uint32_t index = known_sample;
    if (index == kNone) {
      if (person == kNone) person = add_person(person_id);
      index = add_sample(sample, person);
    }
    if (d_.samples.role[index] == 0) d_.samples.role[index] = static_cast<std::uint8_t>(sample.role);
    if (d_.samples.sex[index] == 0) d_.samples.sex[index] = static_cast<std::uint8_t>(sample.sex);
    note_declared(person, static_cast<std::uint8_t>(sample.role), static_cast<std::uint8_t>(sample.sex));
    if (!sample.family_id.empty())
      for (const std::string& slot : slots_of(sample.slot)) add_member(index, sample, slot);
    merge_typing(sample, index);
  }

  std::uint32_t add_person(const std::string& id) {
    const auto person = static_cast<std::uint32_t>(d_.persons.id.size());
    d_.persons.id.push_back(id);
    d_.persons.first_sample.push_back(static_cast<std::uint32_t>(d_.samples.id.size()));
    d_.persons.batch.push_back(batch_);
    person_of_.emplace(id, person);
    person_role_.push_back(0);
    person_sex_.push_back(0);
    ++counts_.new_persons;
    return person;
  }

  std::uint32_t add_sample(const ImportedSample& sample, std::uint32_t person) {
    const auto index = static_cast<std::uint32_t>(d_.samples.id.size());
    d_.samples.id.push_back(sample.sample_id);
    d_.samples.person.push_back(person);
    d_.samples.batch.push_back(batch_);
    d_.samples.role.push_back(0);
    d_.samples.sex.push_back(0);
    d_.samples.line.push_back(sample.line);
    sample_of_.emplace(sample.sample_id, index);
    ++counts_.new_samples;
    return index;
  }

  void add_member(std::uint32_t sample_index, const ImportedSample& sample, const std::string& slot) {
    std::vector<std::uint32_t>& members = members_of_[sample_index];
    for (const std::uint32_t m : members)
      if (d_.members.slot[m] == slot) return;
    members.push_back(static_cast<std::uint32_t>(d_.members.sample.size()));
    d_.members.sample.push_back(sample_index);
    d_.members.batch.push_back(batch_);
    d_.members.family.push_back(sample.family_id);
    d_.members.slot.push_back(slot);
    d_.members.line.push_back(sample.line);
  }

  void merge_typing(const ImportedSample& sample, std::uint32_t sample_index) {
    const auto [kit, is_new] = kit_of_.try_emplace(sample.kit, static_cast<std::uint32_t>(d_.kits.size()));
    if (is_new) d_.kits.push_back(sample.kit);
    const auto error_class = static_cast<std::uint8_t>(sample.partial ? ErrorClass::partial : ErrorClass::full);
    for (const std::uint32_t file_locus : typing_rows_.stage(sample))
      issue(Severity::error, "E_TYPING_CONFLICT", sample.line, typing_rows_.locus_name(file_locus), "kept_first",
            "the row states this locus twice and differently; the first statement is kept", "correct the row");
    switch (typing_rows_.append(sample_index, batch_, sample.line, kit->second, error_class)) {
      case Appended::nothing_typed:
        break;
      case Appended::identical:
        ++counts_.identical_typings;
        break;
      case Appended::added:
        ++counts_.new_typings;
        break;
    }
  }

  void merge_relative(const ImportedRelative& relative) {
    const auto [it, is_new] = relative_of_.try_emplace(relative_key(relative.family_id, relative.person_id),
                                                       static_cast<std::uint32_t>(d_.relatives.family.size()));
    auto& rel = d_.relatives;
    if (!is_new) {
      const std::uint32_t r = it->second;
      if (rel.father[r] != relative.father_id || rel.mother[r] != relative.mother_id || rel.sample[r] != relative.sample_id ||
          rel.sex[r] != static_cast<std::uint8_t>(relative.sex) || (rel.missing[r] != 0) != relative.missing)
        issue(Severity::error, "E_DUP_ID_CONFLICT", relative.line, "person_id", "kept_first",
              "this person of this family has another row in a pedigree table that says otherwise; the earlier row stays",
              "give every person of a family one row");
      return;
    }
    rel.family.push_back(relative.family_id);
    rel.person.push_back(relative.person_id);
    rel.father.push_back(relative.father_id);
    rel.mother.push_back(relative.mother_id);
    rel.sample.push_back(relative.sample_id);
    rel.sex.push_back(static_cast<std::uint8_t>(relative.sex));
    rel.missing.push_back(relative.missing ? 1 : 0);
    rel.batch.push_back(batch_);
    rel.line.push_back(relative.line);
  }

  void add_batch(const ImportedFile& file, const std::string& time_utc) {
    auto& b = d_.batches;
    b.file.push_back(file_);
    b.sha256.push_back(file.sha256);
    b.format.push_back(file.format);
    b.version.push_back(version());
    b.time.push_back(time_utc);
    b.rows.push_back(file.rows);
    b.samples.push_back(file.samples.size());
    b.new_persons.push_back(counts_.new_persons);
    b.new_typings.push_back(counts_.new_typings);
    b.identical_typings.push_back(counts_.identical_typings);
    b.conflicts.push_back(0);  // counted when conflicts are derived
    b.refused_samples.push_back(counts_.refused_samples);
    b.rejects.push_back(file.rejects.size());
    summary_.new_persons += counts_.new_persons;
    summary_.new_samples += counts_.new_samples;
    summary_.new_typings += counts_.new_typings;
    summary_.identical_typings += counts_.identical_typings;
    summary_.refused_samples += counts_.refused_samples;
  }

  StoreData& d_;
  LoadSummary& summary_;
  TypingRows typing_rows_;
  std::unordered_map<std::string, std::uint32_t> sample_of_, person_of_, kit_of_, relative_of_;
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> members_of_;
  std::set<std::string> digests_;
  std::vector<std::uint8_t> person_role_, person_sex_;  // as declared
  std::string file_;
  std::uint32_t batch_ = 0;
  Counts counts_;
};

/// What the whole-store derivations have to say about this load.
class LoadReport {
 public:
  LoadReport(StoreData& data, LoadSummary& summary, std::uint32_t first_batch, std::uint32_t first_typing, std::uint32_t first_person)
      : d_(data), summary_(summary), first_batch_(first_batch), first_typing_(first_typing), first_person_(first_person) {
    for (std::size_t f = 0; f < d_.refused.id.size(); ++f) refused_before_.emplace(d_.refused.id[f], d_.refused.reason[f]);
  }

  /// What the import of a file has said about one of its rows is not said again.
  void skip_what_import_said(const ImportedFile& file, std::uint32_t batch) {
    for (const Issue& i : file.issues)
      if (i.code == kSexMismatch) said_.emplace(batch, i.line);
  }

  void derive() {
    report_conflicts();
    report_sexes(derive_persons(d_));
    for (const FamilyProblem& problem : derive_families(d_)) report_family(problem);
    count_persons_typed(d_);
  }

 private:
  Issue& issue(Severity severity, const std::string& code, std::uint32_t batch, std::uint64_t line) {
    Issue& i = summary_.issues.emplace_back();
    i.severity = severity;
    i.code = code;
    i.file = d_.batches.file[batch - 1];
    i.line = line;
    return i;
  }

  void report_conflicts() {
    std::set<std::uint32_t> extended;
    derive_conflicts(d_, [&](std::uint32_t person, std::uint32_t typing) {
      if (typing >= first_typing_ && person < first_person_) extended.insert(person);
    });
    for (const std::vector<std::uint32_t>* typing : {&d_.str.typing, &d_.snp.typing}) note_first_rows(*typing, extended);
    summary_.extended_persons = extended.size();
    for (std::size_t c = 0; c < d_.conflicts.typing.size(); ++c) {
      const std::uint32_t typing = d_.conflicts.typing[c];
      if (typing < first_typing_) continue;
      const std::uint32_t batch = d_.typings.batch[typing];
      ++d_.batches.conflicts[batch - 1];
      ++summary_.conflicts;
      const TextColumn& names = d_.conflicts.panel[c] == static_cast<std::uint8_t>(PanelId::str) ? d_.str_panel.name : d_.snp_panel.name;
      Issue& i = issue(Severity::error, "E_TYPING_CONFLICT", batch, d_.typings.line[typing]);
      i.column = names[d_.conflicts.locus[c]];
      i.action = "kept_first";
      i.message = "this typing disagrees with an earlier one of the same person at this locus; the earlier call is used, both are kept";
      i.suggestion = "look for a sample swap or a typing error, and type again";
    }
  }

  /// A known person's first row in a panel adds all its loci.
  void note_first_rows(const std::vector<std::uint32_t>& typing, std::set<std::uint32_t>& extended) const {
    std::vector<bool> has_row(first_person_, false);
    for (const std::uint32_t t : typing) {
      const std::uint32_t person = d_.person_of_typing(t);
      if (person >= first_person_) continue;
      if (!has_row[person] && t >= first_typing_) extended.insert(person);
      has_row[person] = true;
    }
  }

  void report_sexes(const std::vector<SexContradiction>& contradictions) {
    std::unordered_map<std::uint32_t, std::uint32_t> typing_of, sample_of;  // of this load, by person
    for (std::uint32_t t = first_typing_; t < d_.n_typings(); ++t) typing_of.emplace(d_.person_of_typing(t), t);
    for (std::uint32_t s = 0; s < d_.samples.id.size(); ++s)
      if (d_.samples.batch[s] >= first_batch_) sample_of.emplace(d_.samples.person[s], s);
    for (const SexContradiction& c : contradictions) {
      const auto typing = typing_of.find(c.person);
      const auto sample = sample_of.find(c.person);
      if (typing == typing_of.end() && sample == sample_of.end()) continue;
      const bool by_typing = typing != typing_of.end();
      const std::uint32_t batch = by_typing ? d_.typings.batch[typing->second] : d_.samples.batch[sample->second];
      const std::uint64_t line = by_typing ? d_.typings.line[typing->second] : d_.samples.line[sample->second];
      if (c.by_amel && said_.count({batch, line}) != 0) continue;
      Issue& i = issue(Severity::warning, c.by_amel ? kSexMismatch : "E_SEX_MISMATCH_ROLE", batch, line);
      i.column = c.by_amel ? "AMEL" : "sex";
      i.action = "kept";
      i.message = c.by_amel ? "the declared role or sex contradicts amelogenin; the declaration is used"
                            : "the declared sex contradicts the declared role; both are kept";
      i.suggestion = "look for a sample swap";
    }
  }

  void report_family(const FamilyProblem& problem) {
    const auto before = refused_before_.find(problem.family_id);
    const bool is_new = before == refused_before_.end() || before->second != static_cast<std::uint8_t>(problem.reason);
    if (problem.batch < first_batch_ && !is_new) return;
    const bool waits = problem.reason == Refusal::no_typed_relative;
    Issue& i =
        issue(waits ? Severity::warning : Severity::error, waits ? "W_FAMILY_UNTYPED" : "E_FAMILY_SHAPE", problem.batch, problem.line);
    i.column = "family_id";
    i.action = "not_searchable";
    i.message = problem.message;
    i.suggestion = waits ? "load the relatives' profiles" : "the family's persons are kept; correct the file and load it again";
  }

  StoreData& d_;
  LoadSummary& summary_;
  std::uint32_t first_batch_, first_typing_, first_person_;
  std::unordered_map<std::string, std::uint8_t> refused_before_;
  std::set<std::pair<std::uint32_t, std::uint64_t>> said_;  // batch, line
};

}  // namespace

LoadSummary merge_files(StoreData& data, const std::vector<ImportedFile>& files, const std::string& time_utc) {
  LoadSummary summary;
  const auto first_batch = static_cast<std::uint32_t>(data.batches.file.size() + 1);
  const auto first_typing = static_cast<std::uint32_t>(data.n_typings());
  LoadReport report(data, summary, first_batch, first_typing, static_cast<std::uint32_t>(data.persons.id.size()));
  bool any_new = false;
  {
    Merger merger(data, summary);
    for (const ImportedFile& file : files) {
      if (!merger.merge(file, time_utc)) continue;
      any_new = true;
      report.skip_what_import_said(file, static_cast<std::uint32_t>(data.batches.file.size()));
    }
  }
  summary.already_loaded = !files.empty() && !any_new;
  if (!any_new) return summary;
  summary.batch_id = first_batch;
  report.derive();
  return summary;
}

}  // namespace homeward::storage
