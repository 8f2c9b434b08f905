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
  std::uint64_t count = 1;  ///< how many cells or rows this row stands for (the thousandth alike and later ones share one row)
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
  /// Kept when the call says more than the genotype: OL, <12, three alleles, a sequence (genotype untyped), and LUS
  /// alleles such as 15_14_1_0 (genotype typed with the length part).
  std::string raw;
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

/// What one column was taken for: "sample_id", "locus vWA", "ignored", ...
struct ColumnMeaning {
  std::string header, meaning;
};

/// What one file says. `samples` are in the order of their first row; a rejected row leaves nothing behind.
struct ImportedFile {
  std::string path, format, sha256;  ///< format: "native-wide", "native-long", "genemapper-wide", ...
  std::vector<Locus> loci;
  std::vector<ImportedSample> samples;
  std::vector<ImportedRelative> relatives;  ///< of a pedigree table
  std::vector<Issue> issues;
  std::vector<std::string> reject_header;
  std::vector<Reject> rejects;
  std::uint64_t rows = 0;  ///< data rows read
  std::string encoding, delimiter;     ///< as detected: "UTF-8", "GB18030", ...; ",", "tab", ...
  std::vector<ColumnMeaning> columns;  ///< what each column was taken for, in file order
};

struct ImportOptions {
  std::string format = "auto";
  std::optional<Role> role;         ///< for samples that do not say
  std::string sample_regex;         ///< first group is the sample id (GeneMapper compound names)
  std::string encoding;             ///< an iconv name; empty = detect
  std::filesystem::path data_dir;   ///< aliases, kits
  std::string kit;                  ///< for samples that do not say
  std::map<std::string, ImportedSample> sheet;  ///< what a sample sheet says, by sample id; a file's own words win
};

/// Reads one file of DNA profiles or one pedigree table, format by content. Never throws for bad content: the defects are
/// issues and rejects. Throws Error(input) when the file cannot be opened, its format cannot be told, or it is a file of
/// another kind (the message says which); Error(usage) for an unknown format, encoding or a broken regular expression.
/// Bounds: files of 4 GiB, lines of 16 MiB, 100,000 columns; the text is held once in memory. Thread-safe.
ImportedFile read_profiles(const std::filesystem::path& path, const ImportOptions& options);

/// Known format names, for --format and its help.
std::vector<std::string> profile_formats();

/// A sample sheet: sample_id -> role, family, sex, person, kit, slot, partial; samples without calls. Throws as read_profiles.
ImportedFile read_sample_sheet(const std::filesystem::path& path, const ImportOptions& options);

/// A population: a path (native JSON, frequency CSV, allele-by-locus matrix, CNAS text) or the id of a shipped one.
/// Throws Error(input) listing every defect.
Population read_population(const std::string& path_or_id, const std::filesystem::path& data_dir);
std::vector<std::string> shipped_populations(const std::filesystem::path& data_dir);

/// A kit: name and loci in the order of its own listing. `find_kit` knows the full name, further names of the kit and the name
/// without its parenthesis; case, spaces and _ - / . do not matter. Throws Error(input) with near names when unknown.
struct Kit {
  std::string name;
  std::vector<std::string> loci;
};
Kit find_kit(const std::string& name, const std::filesystem::path& data_dir);
std::vector<std::string> kit_names(const std::filesystem::path& data_dir);

/// Spelling of a locus -> canonical name and kind; an empty name = not a locus (a sensor peak of the kit: ignore).
struct LocusName {
  std::string name;
  LocusKind kind = LocusKind::str;
  Chromosome chromosome = Chromosome::autosomal;
  bool alias = false;  ///< the spelling was not the canonical one, letter by letter
};

/// The spellings of data/aliases, compared in upper case without spaces and _ - / . ; `rs` numbers are SNPs by pattern.
/// Immutable once built, so any number of threads may look up. Throws Error(failure) when the data files are missing.
class LocusDictionary {
 public:
  explicit LocusDictionary(const std::filesystem::path& data_dir);
  /// nullopt when unknown. `kit` resolves names that mean another marker in some kits (D5S2500 of AGCU 21+1). O(log n).
  std::optional<LocusName> find(const std::string& spelling, const std::string& kit = {}) const;
  /// Canonical names, sorted; for "did you mean".
  std::vector<std::string> names() const;

 private:
  struct KitRule {
    std::string kit, printed;  ///< both normalised; the rule holds for kits whose normalised name contains `kit`
    std::string locus;
  };
  std::map<std::string, LocusName> names_;
  std::vector<KitRule> kit_rules_;
};

}  // namespace homeward
