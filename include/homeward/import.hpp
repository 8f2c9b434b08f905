// Text in: lab exports, sample sheets, pedigrees, populations. All defects of a file are reported together.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "homeward/family.hpp"
#include "homeward/population.hpp"

namespace homeward {

enum class Severity : std::uint8_t { note = 1, warning = 2, error = 3 };

/// One row of issues.tsv. `value` shows unparsable tokens only; personal data never enters any field.
struct Issue {
  Severity severity = Severity::error;
  std::string code;  ///< stable: E_ALLELE_SYNTAX, W_LOCUS_ALIAS, ...
  std::string file, sheet;
  std::uint64_t line = 0, record = 0;
  std::string column, field, value, action, repaired_to, message, suggestion;
};

/// One rejected row, with the original cells.
struct Reject {
  std::string code, reason;
  std::uint64_t line = 0;
  std::vector<std::string> cells;
};

/// One typing: what one file says of one sample.
struct ImportedCall {
  std::uint32_t locus = 0;  ///< into ImportedFile::loci
  Genotype genotype;
  std::string raw;  ///< kept only when the call cannot be expressed (OL, <12, three alleles); genotype is then untyped
};
struct ImportedSample {
  std::string sample_id, person_id;  ///< person_id empty = the sample is its own person
  Role role = Role::unknown;
  Sex sex = Sex::unknown;
  std::string family_id, slot, kit;
  bool partial = false;
  std::uint64_t line = 0;
  std::vector<ImportedCall> calls;
};
/// A row of a pedigree table.
struct ImportedRelative {
  std::string family_id, person_id, father_id, mother_id, sample_id;
  Sex sex = Sex::unknown;
  bool missing = false;
  std::uint64_t line = 0;
};

struct ImportedFile {
  std::string path, format, sha256;  ///< format: "native-wide", "native-long", "genemapper-wide", ...
  std::vector<Locus> loci;
  std::vector<ImportedSample> samples;
  std::vector<ImportedRelative> relatives;  ///< of a pedigree table
  std::vector<Issue> issues;
  std::vector<std::string> reject_header;
  std::vector<Reject> rejects;
  std::uint64_t rows = 0;  ///< data rows read
};

struct ImportOptions {
  std::string format = "auto";
  std::optional<Role> role;         ///< for samples that do not say
  std::string sample_regex;         ///< first group is the sample id (GeneMapper compound names)
  std::string encoding;             ///< empty = detect
  std::filesystem::path data_dir;   ///< aliases, kits
};

/// Reads one file of DNA profiles or one pedigree table, format by content. Never throws for bad content: the defects are
/// issues and rejects. Throws Error(input) when the file cannot be opened or its format cannot be told.
ImportedFile read_profiles(const std::filesystem::path& path, const ImportOptions& options);

/// Known format names, for --format and its help.
std::vector<std::string> profile_formats();

/// A sample sheet: sample_id -> role, family, sex, person, kit, slot. Applied to samples by id.
ImportedFile read_sample_sheet(const std::filesystem::path& path, const ImportOptions& options);

/// A population: a path (native JSON, frequency CSV, allele-by-locus matrix, CNAS text) or the id of a shipped one.
/// Throws Error(input) listing every defect.
Population read_population(const std::string& path_or_id, const std::filesystem::path& data_dir);
std::vector<std::string> shipped_populations(const std::filesystem::path& data_dir);

/// A kit: name and loci, by exact or case-insensitive name. Throws Error(input) with near names when unknown.
struct Kit {
  std::string name;
  std::vector<std::string> loci;
};
Kit find_kit(const std::string& name, const std::filesystem::path& data_dir);
std::vector<std::string> kit_names(const std::filesystem::path& data_dir);

/// Spelling of a locus -> canonical name and kind; nullopt when unknown; an empty name = not a locus (ignore).
struct LocusName {
  std::string name;
  LocusKind kind = LocusKind::str;
  Chromosome chromosome = Chromosome::autosomal;
  bool alias = false;
};
class LocusDictionary {
 public:
  explicit LocusDictionary(const std::filesystem::path& data_dir);
  /// `kit` resolves names that mean different markers in different kits (D5S2500).
  std::optional<LocusName> find(const std::string& spelling, const std::string& kit = {}) const;

 private:
  std::map<std::string, LocusName> names_;
};

}  // namespace homeward
