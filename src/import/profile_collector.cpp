#include "import/profile_collector.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "homeward/error.hpp"
#include "import/encoding.hpp"

namespace homeward::import {

namespace {

constexpr std::size_t kMaxRawBytes = 4096;

std::string joined(const std::vector<std::string_view>& cells) {
  std::string text;
  for (const std::string_view cell : cells) {
    const std::string_view trimmed = trim_cell(cell);
    if (trimmed.empty()) continue;
    if (!text.empty()) text += ',';
    text += trimmed.substr(0, kMaxRawBytes);
    if (text.size() > kMaxRawBytes) break;
  }
  return text;
}

/// Names of markers by their pattern: D12S391, DXS10101, DYS19, DYF387S1.
bool named_like_a_locus(std::string_view name) {
  static const std::regex pattern("D([0-9]{1,2}|X|Y)[SF][0-9]{1,6}.{0,4}", std::regex::icase);
  return name.size() <= 16 && std::regex_match(name.begin(), name.end(), pattern);
}

std::string_view defect_code(RowDefect defect) {
  switch (defect) {
    case RowDefect::open_quote:
      return "E_QUOTE_OPEN";
    case RowDefect::line_too_long:
      return "E_LINE_TOO_LONG";
    default:
      return "E_TOO_MANY_COLUMNS";
  }
}

std::string_view defect_reason(RowDefect defect) {
  switch (defect) {
    case RowDefect::open_quote:
      return "a quote is opened and not closed as CSV asks; close it or double it";
    case RowDefect::line_too_long:
      return "the line is longer than 16 MiB; its cells are not kept here";
    default:
      return "the line has more than 100,000 columns; its cells are not kept here";
  }
}

}  // namespace

bool same_description(const ImportedSample& a, const ImportedSample& b) {
  return a.person_id == b.person_id && a.role == b.role && a.sex == b.sex && a.family_id == b.family_id && a.slot == b.slot &&
         a.kit == b.kit && a.partial == b.partial;
}

bool same_sample(const ImportedSample& a, const ImportedSample& b) {
  const auto equal_call = [](const ImportedCall& x, const ImportedCall& y) {
    return x.locus == y.locus && x.genotype == y.genotype && x.raw == y.raw;
  };
  return same_description(a, b) && std::equal(a.calls.begin(), a.calls.end(), b.calls.begin(), b.calls.end(), equal_call);
}

ProfileCollector::ProfileCollector(ImportedFile& file, const TextSource& source, const ImportOptions& options)
    : file_(file), source_(source), options_(options), dictionary_(options.data_dir), issues_(source.path) {
  if (options.sample_regex.empty()) return;
  try {
    sample_regex_.emplace(options.sample_regex);
  } catch (const std::regex_error&) {
    throw Error(
        ErrorKind::usage,
        "the regular expression for sample names cannot be read; expected ECMAScript syntax with one group, such as '^[^_]+_([0-9]+)_'");
  }
}

std::optional<std::uint32_t> ProfileCollector::locus(const std::string& spelling, const std::string& kit) {
  const auto key = std::make_pair(spelling, kit);
  const auto known = locus_of_spelling_.find(key);
  if (known != locus_of_spelling_.end()) return known->second;
  const std::optional<std::uint32_t> found = find_locus(spelling, kit);
  locus_of_spelling_.emplace(key, found);
  return found;
}

std::optional<std::uint32_t> ProfileCollector::stated_locus(const std::string& spelling, const std::string& kit, LocusKind kind) {
  constexpr std::size_t kMaxNameBytes = 64;
  const auto known = locus_of_spelling_.find(std::make_pair(spelling, kit));
  if (known != locus_of_spelling_.end()) return known->second;
  if (dictionary_.find(spelling, kit)) return locus(spelling, kit);
  if (spelling.size() > kMaxNameBytes || n_unlisted_ >= kMaxUnlisted) {
    mark_as_locus(spelling);
    return locus(spelling, kit);
  }
  ++n_unlisted_;
  issues_.add(Severity::warning, "W_LOCUS_UNLISTED", 1, spelling,
              {.action = "loaded under its printed name",
               .message = "a locus that no list of ours knows; it is used where the population has a locus of this name",
               .suggestion = "add its spelling to the alias table if it is a known locus",
               .field = "locus"});
  const auto [it, fresh] = locus_of_name_.emplace(spelling, static_cast<std::uint32_t>(file_.loci.size()));
  if (fresh) file_.loci.push_back({spelling, kind, Chromosome::autosomal, {}});
  locus_of_spelling_.emplace(std::make_pair(spelling, kit), it->second);
  return it->second;
}

std::optional<std::uint32_t> ProfileCollector::find_locus(const std::string& spelling, const std::string& kit) {
  const std::optional<LocusName> name = dictionary_.find(spelling, kit);
  if (!name) {
    unknown_.try_emplace(spelling);
    return std::nullopt;
  }
  if (name->name.empty()) {
    issues_.add(Severity::note, "W_NOT_A_LOCUS", 1, spelling,
                {.action = "column left out", .message = "a quality peak of the kit, not a locus"});
    return std::nullopt;
  }
  const bool first_time = said_.insert(spelling).second;
  if (name->alias && first_time)
    issues_.add(
        Severity::note, "W_LOCUS_ALIAS", 1, spelling,
        {.value = spelling, .action = "renamed", .repaired_to = name->name, .message = "read under its canonical name", .field = "locus"});
  if (name->name == "D5S2500" && kit.empty())
    issues_.add(Severity::warning, "W_LOCUS_AMBIGUOUS", 1, spelling,
                {.action = "taken as D5S2500",
                 .message = "this name means D5S2800 in some kits, and mixing them fakes exclusions",
                 .suggestion = "say the kit: a `kit` column, a sample sheet or --kit",
                 .field = "locus"});
  const auto [it, fresh] = locus_of_name_.emplace(name->name, static_cast<std::uint32_t>(file_.loci.size()));
  if (fresh) file_.loci.push_back({name->name, name->kind, name->chromosome, {}});
  return it->second;
}

void ProfileCollector::count_unknown(const std::string& spelling, std::string_view cell) {
  const auto found = unknown_.find(spelling);
  if (found == unknown_.end()) return;  // left out for another reason, said already
  Unknown& unknown = found->second;
  if (++unknown.cells <= 50 && looks_like_genotype(cell)) ++unknown.genotypes;
}

bool ProfileCollector::sound(const Row& row, std::size_t required_columns) {
  if (row.defect != RowDefect::none) {
    reject(defect_code(row.defect), std::string(defect_reason(row.defect)), row);
    return false;
  }
  if (source_.check_rows) {
    if (row.text.find('\0') != std::string_view::npos) {
      reject("E_NUL_BYTE", "the row holds a NUL byte: the file is damaged or is not text", row);
      return false;
    }
    if (!decoded_cleanly(row.text)) {
      reject("E_ENCODING", "the row holds bytes that are no text in the encoding of this file", row, {}, {},
             "give --encoding, for example GB18030 or BIG5");
      return false;
    }
  }
  const bool surplus = row.cells.size() > file_.reject_header.size() &&
                       std::any_of(row.cells.begin() + static_cast<std::ptrdiff_t>(file_.reject_header.size()), row.cells.end(),
                                   [](std::string_view cell) { return !trim_cell(cell).empty(); });
  if (row.cells.size() < required_columns || surplus) {
    reject("E_COLUMN_COUNT", fmt::format("the row has {} cells where the header has {}", row.cells.size(), file_.reject_header.size()), row,
           {}, {}, "quote cells that hold the delimiter; restore what was cut off");
    return false;
  }
  return true;
}

std::string ProfileCollector::sample_id_of(std::string_view name) {
  name = trim_cell(name);
  if (!sample_regex_ || name.size() > kMaxIdBytes) return std::string(name);
  std::match_results<std::string_view::const_iterator> match;
  if (std::regex_search(name.begin(), name.end(), match, *sample_regex_) && match[match.size() > 1 ? 1 : 0].length() > 0)
    return match[match.size() > 1 ? 1 : 0].str();
  ++n_unmatched_names_;
  return std::string(name);
}

bool ProfileCollector::describe(const SampleFields& fields, const Row& row, ImportedSample& sample) {
  sample.sample_id = sample_id_of(fields.sample);
  if (sample.sample_id.empty()) {
    reject("E_MISSING_ID", "the row has no sample id", row);
    return false;
  }
  if (sample.sample_id.size() > kMaxIdBytes || fields.person.size() > kMaxIdBytes || fields.family.size() > kMaxIdBytes) {
    reject("E_ID_TOO_LONG", fmt::format("an id of the row is longer than {} bytes", kMaxIdBytes), row);
    return false;
  }
  sample.line = row.line;
  sample.person_id = trim_cell(fields.person);
  sample.family_id = trim_cell(fields.family);
  sample.slot = trim_cell(fields.slot);
  sample.kit = trim_cell(fields.kit);
  const std::optional<bool> partial = truth_of(fields.partial);
  if (!partial) {
    reject("E_PARTIAL_UNKNOWN", "`partial` is neither 1 nor 0", row, "partial", masked_token(trim_cell(fields.partial)), "write 1 or 0");
    return false;
  }
  sample.partial = *partial;
  return fill_role_and_sex(fields, row, sample);
}

std::string_view ProfileCollector::mapped(const char* column, std::string_view word) const {
  if (options_.mapping.values.empty()) return word;
  const auto found = options_.mapping.values.find({column, std::string(trim_cell(word))});
  return found == options_.mapping.values.end() ? word : std::string_view(found->second);
}

bool ProfileCollector::fill_role_and_sex(const SampleFields& fields, const Row& row, ImportedSample& sample) {
  const std::optional<Role> role = role_of(mapped("role", fields.role));
  if (!role) {
    reject("E_ROLE_UNKNOWN", "the role is not a word we know", row, "role", masked_token(trim_cell(fields.role)),
           "child, father, mother, parent, sibling, grandparent, avuncular, half-sibling, spouse, relative or control");
    return false;
  }
  sample.role = *role;
  const std::string_view sex_text = trim_cell(mapped("sex", fields.sex));
  const std::optional<Sex> sex = parse_sex(sex_text);
  if (!sex)
    issues_.add(Severity::warning, "W_SEX_NOT_UNDERSTOOD", row.line, "sex",
                {.value = masked_token(sex_text),
                 .action = "left unknown",
                 .message = "sex is read from words, never guessed from digits",
                 .suggestion = "write M or F, or say in a mapping file what the digits mean"});
  sample.sex = sex.value_or(Sex::unknown);
  if (const auto sheet = options_.sheet.find(sample.sample_id); sheet != options_.sheet.end())
    fill_from_sheet(sheet->second, fields, row, sample);
  if (sample.role == Role::unknown && (names_a_control(sample.sample_id) || names_a_control(fields.type))) {
    sample.role = Role::control;
    issues_.add(Severity::warning, "W_CONTROL", row.line, "",
                {.action = "role control",
                 .message = "named like a ladder or control: kept, never searched",
                 .suggestion = "say its role if it is a person"});
  }
  if (sample.role == Role::unknown && options_.role) sample.role = *options_.role;
  if (sample.kit.empty()) sample.kit = options_.kit;
  if ((sample.role == Role::father && sample.sex == Sex::female) || (sample.role == Role::mother && sample.sex == Sex::male)) {
    reject("E_ROLE_SEX", "role and sex contradict each other", row, "sex");
    return false;
  }
  return true;
}

void ProfileCollector::fill_from_sheet(const ImportedSample& sheet, const SampleFields& fields, const Row& row, ImportedSample& sample) {
  const auto disagree = [&](std::string_view column) {
    issues_.add(Severity::warning, "W_SHEET_CONFLICT", row.line, column,
                {.action = "the profile file's word kept", .message = "the sample sheet says otherwise", .suggestion = "make both agree"});
  };
  const auto fill = [&](std::string& own, const std::string& said, std::string_view column) {
    if (own.empty())
      own = said;
    else if (!said.empty() && own != said)
      disagree(column);
  };
  fill(sample.person_id, sheet.person_id, "person_id");
  fill(sample.family_id, sheet.family_id, "family_id");
  fill(sample.slot, sheet.slot, "slot");
  fill(sample.kit, sheet.kit, "kit");
  if (sample.role == Role::unknown)
    sample.role = sheet.role;
  else if (sheet.role != Role::unknown && sheet.role != sample.role)
    disagree("role");
  if (sample.sex == Sex::unknown)
    sample.sex = sheet.sex;
  else if (sheet.sex != Sex::unknown && sheet.sex != sample.sex)
    disagree("sex");
  if (trim_cell(fields.partial).empty())
    sample.partial = sheet.partial;
  else if (sheet.partial != sample.partial)
    disagree("partial");
}

bool ProfileCollector::take_call(const CallReading& reading, std::uint32_t locus, const std::vector<std::string_view>& cells,
                                 std::uint64_t line, const std::string& column, std::uint32_t sample_index,
                                 std::vector<ImportedCall>& calls) {
  switch (reading.kind) {
    case CallKind::syntax:
      return false;
    case CallKind::untyped:
      return true;
    case CallKind::typed:
      if (!reading.repaired_float && !reading.length_of_sequence) break;
      [[fallthrough]];
    case CallKind::half_known:
      if (reading.repaired_float)
        issues_.add(Severity::warning, "W_ALLELE_FLOAT", line, column,
                    {.value = joined(cells),
                     .action = "repaired",
                     .repaired_to = to_string(reading.genotype),
                     .message = "a spreadsheet turned the allele into a binary number"});
      if (reading.kind == CallKind::half_known && !cells.empty())
        issues_.add(Severity::note, "W_HALF_KNOWN", line, column,
                    {.action = "second allele not known", .message = "one allele seen, the other unknown"});
      if (reading.length_of_sequence || reading.wildcard) {
        n_lengths_of_sequences_ += reading.length_of_sequence ? 1U : 0U;
        calls.push_back({locus, reading.genotype, joined(cells)});
        return true;
      }
      break;
    case CallKind::off_ladder:
      issues_.add(Severity::warning, "W_OFF_LADDER", line, column,
                  {.value = masked_token(joined(cells)),
                   .action = "kept as it stands, locus untyped",
                   .message = "an off-ladder call is not an allele"});
      calls.push_back({locus, {}, joined(cells)});
      return true;
    case CallKind::sequence:
      issues_.add(Severity::warning, "W_SEQUENCE_ALLELE", line, column,
                  {.action = "kept as it stands, locus untyped", .message = "a sequence without its length allele"});
      calls.push_back({locus, {}, joined(cells)});
      return true;
    case CallKind::many_alleles:
      many_.push_back({sample_index, locus, line, column});
      calls.push_back({locus, {}, joined(cells)});
      return true;
  }
  calls.push_back({locus, reading.genotype, {}});
  return true;
}

void ProfileCollector::reject(std::string_view code, const std::string& reason, const Row& row, std::string_view column, std::string value,
                              std::string suggestion) {
  issues_.add(Severity::error, code, row.line, column,
              {.value = std::move(value), .action = "row rejected", .message = reason, .suggestion = std::move(suggestion)});
  Reject rejected{std::string(code), reason, row.line, {}};
  rejected.cells.assign(row.cells.begin(), row.cells.end());
  file_.rejects.push_back(std::move(rejected));
}

void ProfileCollector::reject_syntax(const CallReading& reading, const Row& row, const std::string& column) {
  std::string suggestion = "write alleles such as 15/17 or 9.3";
  for (const std::string_view month : {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"})
    if (lower_ascii(reading.bad_token).find(month) != std::string::npos)
      suggestion = "a spreadsheet turned the call into a date: format the column as text";
  if (reading.bad_token.size() >= 10 && reading.bad_token[4] == '-' && reading.bad_token[7] == '-')
    suggestion = "a spreadsheet turned the call into a date: format the column as text and type the call again";
  if (reading.bad_token.find('\xE6') != std::string_view::npos) suggestion = "is this a date? format the column as text";
  reject("E_ALLELE_SYNTAX", "not an allele at locus column " + column, row, column, masked_token(reading.bad_token), suggestion);
}

std::set<std::uint32_t> ProfileCollector::judge_many_alleles() {
  std::map<std::uint32_t, std::vector<const ManyAlleles*>> of_sample;
  for (const ManyAlleles& many : many_) of_sample[many.sample].push_back(&many);
  std::set<std::uint32_t> refused;
  for (const auto& [sample, list] : of_sample) {
    // Copies of a Y marker are not alleles of one locus (DYS385 a/b, DYF387S1): they prove no mixture.
    const auto n = std::count_if(list.begin(), list.end(),
                                 [&](const ManyAlleles* many) { return file_.loci[many->locus].chromosome != Chromosome::y; });
    if (n >= 2) {
      refused.insert(sample);
      issues_.add(Severity::error, "E_MIXTURE", file_.samples[sample].line, "",
                  {.action = "sample rejected", .message = fmt::format("more than two alleles at {} loci: a mixture, not one person", n)});
      continue;
    }
    for (const ManyAlleles* many : list)
      issues_.add(Severity::warning, "W_TRI_ALLELE", many->line, many->column,
                  {.action = "kept as it stands, locus untyped", .message = "more than two alleles at this one locus"});
  }
  return refused;
}

void ProfileCollector::check_sex_marker() {
  const auto marker = locus_of_name_.find("AMEL");
  if (marker == locus_of_name_.end()) return;
  for (const ImportedSample& sample : file_.samples) {
    const Sex declared = sample.sex != Sex::unknown    ? sample.sex
                         : sample.role == Role::father ? Sex::male
                         : sample.role == Role::mother ? Sex::female
                                                       : Sex::unknown;
    if (declared == Sex::unknown) continue;
    for (const ImportedCall& call : sample.calls) {
      if (call.locus != marker->second || !call.genotype.typed()) continue;
      const bool has_y = call.genotype.b == Allele::letter('Y');
      // Men whose Y lost the amelogenin gene type X,X: that way round is a warning.
      if (declared == Sex::male && !has_y && !call.genotype.half_known())
        issues_.add(Severity::warning, "E_SEX_MISMATCH_AMEL", sample.line, "AMEL",
                    {.action = "kept",
                     .message = "declared male, amelogenin X only: a sample swap, a wrong sex, or a Y without amelogenin",
                     .suggestion = "check sample and sex"});
      if (declared == Sex::female && has_y)
        issues_.add(Severity::error, "E_SEX_MISMATCH_AMEL", sample.line, "AMEL",
                    {.action = "kept",
                     .message = "declared female, amelogenin shows a Y: a sample swap or a wrong sex",
                     .suggestion = "check sample and sex"});
    }
  }
}

void ProfileCollector::check_roles() {
  const auto n = std::count_if(file_.samples.begin(), file_.samples.end(), [](const ImportedSample& s) { return s.role == Role::unknown; });
  if (n > 0)
    issues_.add(Severity::warning, "W_ROLE_UNKNOWN", 1, "role",
                {.action = "kept without a role",
                 .message = fmt::format("{} samples have no role: they are stored and never searched", n),
                 .suggestion = "give --role, a `role` column or a sample sheet",
                 .count = static_cast<std::uint64_t>(n)});
}

void ProfileCollector::check_typed() {
  for (const ImportedSample& sample : file_.samples)
    if (std::none_of(sample.calls.begin(), sample.calls.end(), [](const ImportedCall& call) { return call.genotype.typed(); }))
      issues_.add(Severity::note, "W_NOT_TYPED", sample.line, "", {.action = "kept", .message = "no locus of this sample is typed"});
}

void ProfileCollector::report_unknown() {
  const std::vector<std::string> names = dictionary_.names();
  for (const auto& [spelling, unknown] : unknown_) {
    const std::string shown = spelling.substr(0, 64);
    if (unknown.surely_locus || named_like_a_locus(spelling) || unknown.genotypes * 2 > std::min<std::uint64_t>(unknown.cells, 50)) {
      const std::vector<std::string> near = nearest(shown, names, 2);
      issues_.add(Severity::error, "E_UNKNOWN_LOCUS", 1, shown,
                  {.value = shown,
                   .action = "locus left out",
                   .message = fmt::format("a locus we do not know; {} calls left out", unknown.cells),
                   .suggestion = near.empty() ? "add its spelling to the alias table" : "did you mean " + near[0] + "?",
                   .field = "locus",
                   .count = std::max<std::uint64_t>(unknown.cells, 1)});
    } else {
      issues_.add(Severity::note, "W_UNKNOWN_COLUMN", 1, shown,
                  {.action = "column left out", .message = "neither a locus nor a column of this format; its cells were not read"});
    }
  }
}

void ProfileCollector::finish(const std::set<std::uint32_t>& refused) {
  if (!refused.empty()) {
    std::uint32_t index = 0;
    std::vector<ImportedSample> kept;
    kept.reserve(file_.samples.size() - refused.size());
    for (ImportedSample& sample : file_.samples)
      if (refused.count(index++) == 0) kept.push_back(std::move(sample));
    file_.samples = std::move(kept);
  }
  check_sex_marker();
  check_roles();
  check_typed();
  report_unknown();
  if (n_lengths_of_sequences_ > 0)
    issues_.add(
        Severity::note, "W_LUS_ALLELE", 1, "",
        {.action = "length part used, the whole kept", .message = "sequence alleles such as LUS", .count = n_lengths_of_sequences_});
  if (n_unmatched_names_ > 0)
    issues_.add(
        Severity::warning, "W_SAMPLE_REGEX", 1, "",
        {.action = "whole name kept", .message = "sample names that the regular expression does not fit", .count = n_unmatched_names_});
  std::stable_sort(file_.rejects.begin(), file_.rejects.end(), [](const Reject& a, const Reject& b) { return a.line < b.line; });
  file_.issues = issues_.take();
}

}  // namespace homeward::import
