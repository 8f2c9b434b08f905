// Text in: lab exports, sample sheets, pedigrees, populations. All defects of a file are reported together.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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

/// A text that is almost always empty, in the room of a pointer: of a national file's four million calls a handful has one.
class RawText {
 public:
  RawText() = default;
  RawText(std::string text) : text_(text.empty() ? nullptr : std::make_unique<const std::string>(std::move(text))) {}
  RawText(const RawText& other) : RawText(other.str()) {}
  RawText(RawText&&) noexcept = default;
  RawText& operator=(RawText other) noexcept {
    text_ = std::move(other.text_);
    return *this;
  }
  ~RawText() = default;
  bool empty() const { return text_ == nullptr; }
  std::string str() const { return text_ == nullptr ? std::string() : *text_; }
  friend bool operator==(const RawText& l, const RawText& r) { return l.str() == r.str(); }
  friend bool operator==(const RawText& l, std::string_view r) { return l.str() == r; }

 private:
  std::unique_ptr<const std::string> text_;
};

/// One typing: what one file says of one sample.
struct ImportedCall {
  std::uint32_t locus = 0;  ///< into ImportedFile::loci
  Genotype genotype;
  /// Kept when the call says more than the genotype: OL, <12, three alleles, a sequence (genotype untyped), and LUS
  /// alleles such as 15_14_1_0 (genotype typed with the length part).
  RawText raw;
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
  std::string sheet;                 ///< of a workbook: the name of the sheet that was read
  std::vector<Locus> loci;
  std::vector<ImportedSample> samples;
  std::vector<ImportedRelative> relatives;  ///< of a pedigree table
  std::vector<Issue> issues;
  std::vector<std::string> reject_header;
  std::vector<Reject> rejects;
  std::uint64_t rows = 0;              ///< data rows read
  std::string encoding, delimiter;     ///< as detected: "UTF-8", "GB18030", ...; ",", "tab", ...
  std::vector<ColumnMeaning> columns;  ///< what each column was taken for, in file order
};

/// What the headings of a site's tables mean: meanings as in ColumnMeaning, a locus by its name alone. And what words of the
/// columns `sex` and `role` mean: {column, word} -> a word we know.
struct ColumnMapping {
  std::vector<std::pair<std::string, std::string>> columns;
  std::map<std::pair<std::string, std::string>, std::string> values;
  bool empty() const { return columns.empty() && values.empty(); }
};

/// What a pedigree table is read for. The people of a hypothesis may be strangers to each other; those of a searching family
/// must be joined to a missing person, or nobody could be found through them.
enum class PedigreeUse : std::uint8_t { searching_family, hypothesis };

struct ImportOptions {
  std::string format = "auto";
  std::optional<Role> role;        ///< for samples that do not say
  std::string sample_regex;        ///< first group is the sample id (GeneMapper compound names)
  std::string encoding;            ///< an iconv name; empty = detect
  std::string worksheet;           ///< of a workbook; empty = the first that is a table of ours
  std::filesystem::path data_dir;  ///< aliases, kits
  std::string kit;                 ///< for samples that do not say
  PedigreeUse pedigree_use = PedigreeUse::searching_family;
  ColumnMapping mapping;                        ///< for tables; empty = headings as we know them
  std::map<std::string, ImportedSample> sheet;  ///< what a sample sheet says, by sample id; a file's own words win
};

/// Reads one file of DNA profiles or one pedigree table, format by content. Never throws for bad content: the defects are
/// issues and rejects. Throws Error(input) when the file cannot be opened, its format cannot be told, or it is a file of
/// another kind (the message says which); Error(usage) for an unknown format, encoding or a broken regular expression.
/// Bounds: files of 4 GiB, lines of 16 MiB, 100,000 columns; the text is held once in memory. Thread-safe.
ImportedFile read_profiles(const std::filesystem::path& path, const ImportOptions& options);

/// Known format names, for --format and its help.
std::vector<std::string> profile_formats();

/// Mapping files: a first line `# homeward mapping 1`, then `heading<tab>meaning` and `value<tab>column<tab>word<tab>meaning`.
/// read_mapping throws Error(input) naming the lines it cannot read. write_mapping states what each column of `file` was taken
/// for (0600), with the words of `mapping`.
ColumnMapping read_mapping(const std::filesystem::path& path);
void write_mapping(const std::filesystem::path& path, const ImportedFile& file, const ColumnMapping& mapping);

/// A sample sheet: sample_id -> role, family, sex, person, kit, slot, partial; samples without calls. Throws as read_profiles.
ImportedFile read_sample_sheet(const std::filesystem::path& path, const ImportOptions& options);

/// Gives role control to the samples of `file` whose profile is that of a sample of `list` (equal at all loci where both are typed,
/// eight at least, the sex marker not counted), with an issue each: control DNA (`data_dir`/panels/control_dna.csv) or
/// people of the laboratory, whose ids are not shown. Returns how many. O(samples x list).
enum class Elimination : std::uint8_t { control_dna, staff };
std::size_t mark_eliminated(ImportedFile& file, const ImportedFile& list, Elimination kind);

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

/// Pairs of loci on one chromosome with their recombination fraction by Haldane's map, closest first; a locus may be in several.
/// Pairs of which only a physical distance is known are left out. Throws as find_kit.
std::vector<LinkedNames> read_linked_pairs(const std::filesystem::path& data_dir);
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
