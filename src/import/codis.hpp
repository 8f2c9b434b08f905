// What the CODIS formats share: categories of specimens, and what their schemas allow.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "import/reported_samples.hpp"

namespace homeward::import {

/// What our own messages add in SPECIMENCOMMENT where the schema has no place: `homeward role=grandparent person=P%201`.
/// Values are percent-encoded; empty = not said.
struct CodisNote {
  std::string role, sex, person, family, slot;
};
std::string write_codis_note(const CodisNote& note);
std::optional<CodisNote> read_codis_note(std::string_view comment);

/// Whether the newest CMF schema lists the locus.
bool in_cmf_schema(std::string_view locus);

/// Takes specimens as CODIS messages state them: category -> role and sex by data/aliases/codis_categories.tsv, case id ->
/// family of the relatives. Departures from the CMF schema are said once each and change nothing: real files break it.
class CodisSpecimens {
 public:
  CodisSpecimens(ImportedFile& file, const TextSource& source, const ImportOptions& options);

  struct Specimen {
    ReportedSample sample{};
    std::string category{}, case_id{}, comment{};
  };
  void take(Specimen& specimen);
  /// Text of a header field, with the length that the schema allows.
  void check_length(const char* field, std::string_view text, std::size_t most, std::uint64_t line);
  void schema(const char* field, std::uint64_t line, const std::string& sentence);
  void finish();

 private:
  struct Category {
    std::string role, sex;
  };
  ImportedFile& file_;
  ReportedSamples samples_;
  std::map<std::string, Category> categories_;
  void apply(const CodisNote& note, ReportedSample& sample) const;
  std::set<std::string> said_;
};

}  // namespace homeward::import
