#include "import/codis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "import/data_table.hpp"

namespace homeward::import {

namespace {

/// Loci of the CMF 3 schemas, as the newest one lists them.
constexpr std::array<std::string_view, 55> kSchemaLoci{
    "YINDEL", "AMEL",     "AMELOGENIN", "CSF1PO", "D10S1248", "D12S391", "D13S317",  "D16S539", "D18S51", "D19S433", "D1S1656",
    "D21S11", "D22S1045", "D2S1338",    "D2S441", "D3S1358",  "D5S818",  "D7S820",   "D8S1179", "FGA",    "PENTAD",  "PENTAE",
    "SE33",   "TH01",     "THO1",       "TP0X",   "TPOX",     "VWA",     "DYF387S1", "DYS19",   "DYS385", "DYS389I", "DYS389II",
    "DYS390", "DYS391",   "DYS392",     "DYS393", "DYS437",   "DYS438",  "DYS439",   "DYS448",  "DYS449", "DYS456",  "DYS458",
    "DYS460", "DYS481",   "DYS518",     "DYS533", "DYS549",   "DYS570",  "DYS576",   "DYS627",  "DYS635", "DYS643",  "YGATAH4"};

bool searching(const std::string& role) { return !role.empty() && role != "child" && role != "control"; }

std::string percent_encoded(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '%' || c == ' ' || c == '=' || static_cast<unsigned char>(c) < ' ')
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else
      result += c;
  }
  return result;
}

std::string percent_decoded(std::string_view text) {
  std::string result;
  const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0) {
      result += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

constexpr std::string_view kNoteMark = "homeward ";
constexpr std::array<std::pair<std::string_view, std::string CodisNote::*>, 5> kNoteFields{{{"role", &CodisNote::role},
                                                                                            {"sex", &CodisNote::sex},
                                                                                            {"person", &CodisNote::person},
                                                                                            {"family", &CodisNote::family},
                                                                                            {"slot", &CodisNote::slot}}};

}  // namespace

std::string write_codis_note(const CodisNote& note) {
  std::string text;
  for (const auto& [name, field] : kNoteFields)
    if (!(note.*field).empty()) text += (text.empty() ? "" : " ") + std::string(name) + '=' + percent_encoded(note.*field);
  return text.empty() ? text : std::string(kNoteMark) + text;
}

std::optional<CodisNote> read_codis_note(std::string_view comment) {
  if (comment.substr(0, kNoteMark.size()) != kNoteMark) return std::nullopt;
  CodisNote note;
  for (const std::string_view word : split(comment.substr(kNoteMark.size()), ' '))
    for (const auto& [name, field] : kNoteFields)
      if (word.substr(0, name.size()) == name && word.substr(name.size(), 1) == "=")
        note.*field = percent_decoded(word.substr(name.size() + 1));
  return note;
}

bool in_cmf_schema(std::string_view locus) {
  const std::string key = name_key(locus);
  return std::find(kSchemaLoci.begin(), kSchemaLoci.end(), key) != kSchemaLoci.end();
}

CodisSpecimens::CodisSpecimens(ImportedFile& file, const TextSource& source, const ImportOptions& options)
    : file_(file), samples_(file, source, options) {
  for (const auto& row : read_data_table(options.data_dir / "aliases" / "codis_categories.tsv", {"category", "role", "sex", "note"}))
    categories_.emplace(name_key(row[0]), Category{row[1], row[2]});
  file_.columns = {{"SPECIMENID", "sample_id"},
                   {"SPECIMENCATEGORY", "role"},
                   {"CASEID", "family_id of relatives"},
                   {"PARTIAL", "partial"},
                   {"KIT", "kit"},
                   {"LOCUSNAME", "locus"},
                   {"ALLELEVALUE", "allele"},
                   {"READINGBY and dates", "ignored"}};
}

void CodisSpecimens::schema(const char* field, std::uint64_t line, const std::string& sentence) {
  if (!said_.insert(sentence).second) return;
  samples_.issues().add(Severity::note, "W_SCHEMA_CMF", line, field, {.action = "read all the same", .message = sentence});
}

void CodisSpecimens::check_length(const char* field, std::string_view text, std::size_t most, std::uint64_t line) {
  if (text.size() > most) schema(field, line, fmt::format("{} is longer than the {} characters of the schema", field, most));
}

void CodisSpecimens::apply(const CodisNote& note, ReportedSample& sample) const {
  if (!note.role.empty()) sample.role = note.role;
  if (!note.sex.empty()) sample.sex = note.sex;
  sample.person = note.person;
  sample.family = note.family;
  sample.slot = note.slot;
}

void CodisSpecimens::take(Specimen& specimen) {
  ReportedSample& sample = specimen.sample;
  const auto found = categories_.find(name_key(specimen.category));
  if (found != categories_.end()) {
    sample.role = found->second.role;
    sample.sex = found->second.sex;
  } else if (!specimen.category.empty()) {
    samples_.issues().add(Severity::note, "W_CATEGORY_UNKNOWN", sample.line, "SPECIMENCATEGORY",
                          {.action = "no role taken from it",
                           .message = "a specimen category that data/aliases/codis_categories.tsv does not list",
                           .suggestion = "add it there, or say the role with --role or a sample sheet"});
  }
  if (searching(sample.role)) sample.family = specimen.case_id;
  if (const auto note = read_codis_note(specimen.comment)) apply(*note, sample);
  const bool one_kit = !sample.loci.empty() && std::all_of(sample.loci.begin(), sample.loci.end(), [&](const ReportedLocus& at) {
    return !at.kit.empty() && at.kit == sample.loci.front().kit;
  });
  if (one_kit) sample.kit = sample.loci.front().kit;
  check_length("SPECIMENID", sample.id, 24, sample.line);
  if (sample.loci.size() > 64) schema("LOCUS", sample.line, "a specimen has more than the 64 loci of the schema");
  for (const ReportedLocus& at : sample.loci) {
    if (!in_cmf_schema(at.name))
      schema("LOCUSNAME", at.line, "the schema has no locus " + at.name.substr(0, 32) + "; it is loaded like the others");
    if (at.alleles.size() > 8) schema("ALLELE", at.line, "a locus has more than the 8 alleles of the schema");
  }
  samples_.take(sample);
}

void CodisSpecimens::finish() { samples_.finish(); }

}  // namespace homeward::import
