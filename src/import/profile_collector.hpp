// Gathers samples and calls of one file, whatever its layout, and keeps the books: issues, rejects, duplicates.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "homeward/import.hpp"
#include "import/allele_cell.hpp"
#include "import/columns.hpp"
#include "import/issues.hpp"
#include "import/text_table.hpp"

namespace homeward::import {

/// The text of one file and where it came from.
struct TextSource {
  std::string path;
  std::string stem;  ///< file name without folder and extension: the sample or case id of files that carry none
  std::string_view text;
  char delimiter = 0;
  bool check_rows = false;  ///< the text holds NUL bytes or bytes that are not UTF-8: look at every row
};

/// What one row says of its sample; empty = not said.
struct SampleFields {
  std::string_view sample, person, role, family, sex, kit, partial, slot, type;
};

inline constexpr std::size_t kMaxIdBytes = 200;

/// Whether two readings of one sample say the same of the person, and whether their calls are the same too.
bool same_description(const ImportedSample& a, const ImportedSample& b);
bool same_sample(const ImportedSample& a, const ImportedSample& b);

class ProfileCollector {
 public:
  ProfileCollector(ImportedFile& file, const TextSource& source, const ImportOptions& options);

  const LocusDictionary& dictionary() const { return dictionary_; }
  IssueLog& issues() { return issues_; }

  /// Index of a locus by its spelling in the file, with the issues of its column said once. nullopt: not a locus, or
  /// unknown; then nothing of the column is loaded.
  std::optional<std::uint32_t> locus(const std::string& spelling, const std::string& kit);
  /// The same for formats that say of each name that it is a locus: one that no list of ours knows is taken under the printed
  /// name, as `kind` on an autosome, with an issue. At most kMaxUnlisted names of a file; the rest counts as unknown.
  std::optional<std::uint32_t> stated_locus(const std::string& spelling, const std::string& kit, LocusKind kind);
  const Locus& locus_at(std::uint32_t index) const { return file_.loci[index]; }
  /// One cell of an unknown column was left out.
  void count_unknown(const std::string& spelling, std::string_view cell);
  /// The file says of this unknown spelling that it is a locus.
  void mark_as_locus(const std::string& spelling) { unknown_[spelling].surely_locus = true; }

  /// Defects of the row itself: NUL, broken text, open quote, wrong number of columns. False: the row was rejected.
  bool sound(const Row& row, std::size_t required_columns);

  /// Fills a new sample from its row, the sample sheet and the options. False: the row was rejected.
  bool describe(const SampleFields& fields, const Row& row, ImportedSample& sample);
  /// The sample id a name stands for (--sample-regex applied).
  std::string sample_id_of(std::string_view name);

  /// Takes a call into a sample's list, or says why not. False: the row must be rejected (the caller names the column).
  bool take_call(const CallReading& reading, std::uint32_t locus, const std::vector<std::string_view>& cells, std::uint64_t line,
                 const std::string& column, std::uint32_t sample_index, std::vector<ImportedCall>& calls);

  /// A row that is rejected after some of its calls were taken: forgets what judge_many_alleles() was to judge of it.
  std::size_t many_mark() const { return many_.size(); }
  void rewind_many(std::size_t mark) { many_.resize(mark); }

  void reject(std::string_view code, const std::string& reason, const Row& row, std::string_view column = {}, std::string value = {},
              std::string suggestion = {});
  void reject_syntax(const CallReading& reading, const Row& row, const std::string& column);

  /// Samples with three alleles: one locus is a warning, two or more refuse the sample (a mixture). Returns the refused
  /// sample indices; the caller rejects their rows, then calls finish().
  std::set<std::uint32_t> judge_many_alleles();
  /// Drops the refused samples, checks the sex marker, says the issues that belong to the whole file, closes the lists.
  void finish(const std::set<std::uint32_t>& refused);

 private:
  struct Unknown {
    std::uint64_t cells = 0;
    std::uint64_t genotypes = 0;  ///< among the first cells
    bool surely_locus = false;
  };
  struct ManyAlleles {
    std::uint32_t sample = 0, locus = 0;
    std::uint64_t line = 0;
    std::string column{};
  };
  /// What the mapping says that a word of this column means; the word itself when it says nothing.
  std::string_view mapped(const char* column, std::string_view word) const;
  bool fill_role_and_sex(const SampleFields& fields, const Row& row, ImportedSample& sample);
  void fill_from_sheet(const ImportedSample& sheet, const SampleFields& fields, const Row& row, ImportedSample& sample);
  void check_sex_marker();
  void check_roles();
  void check_typed();
  void report_unknown();
  std::optional<std::uint32_t> find_locus(const std::string& spelling, const std::string& kit);

  ImportedFile& file_;
  const TextSource& source_;
  const ImportOptions& options_;
  LocusDictionary dictionary_;
  IssueLog issues_;
  std::map<std::string, std::uint32_t> locus_of_name_;
  std::map<std::pair<std::string, std::string>, std::optional<std::uint32_t>> locus_of_spelling_;
  std::set<std::string> said_;  ///< spellings whose notes are out
  std::map<std::string, Unknown> unknown_;
  std::vector<ManyAlleles> many_;
  std::optional<std::regex> sample_regex_;
  static constexpr std::size_t kMaxUnlisted = 1000;
  std::size_t n_unlisted_ = 0;
  std::uint64_t n_lengths_of_sequences_ = 0;
  std::uint64_t n_unmatched_names_ = 0;
};

/// Rows of a table that may hold profiles: the reader of each layout fills the collector.
void read_wide(ImportedFile& file, const TextSource& source, const ImportOptions& options);
void read_long(ImportedFile& file, const TextSource& source, const ImportOptions& options);
void read_cnas_trio(ImportedFile& file, const TextSource& source, const ImportOptions& options);
void read_pedigree(ImportedFile& file, const TextSource& source, const ImportOptions& options);
void read_codis_xml(ImportedFile& file, const TextSource& source, const ImportOptions& options);
void read_codis_text(ImportedFile& file, const TextSource& source, const ImportOptions& options);
void read_genepop(ImportedFile& file, const TextSource& source, const ImportOptions& options);
void read_familias(ImportedFile& file, const TextSource& source, const ImportOptions& options);
void read_sheet(ImportedFile& file, const TextSource& source, const ImportOptions& options);

}  // namespace homeward::import
