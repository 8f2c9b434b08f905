// The parts of read_population: one reader per family of formats, and the builder that bare frequency tables share.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "homeward/import.hpp"

namespace homeward {

/// read_population of a text in memory; `name` (a file name) is its id and its name in messages. Without digest and path.
Population read_population_text(std::string text, const std::filesystem::path& name, const std::string& column,
                                const std::filesystem::path& data_dir);

/// Native JSON (data-schemas/population.schema.json). Every defect becomes one sentence; the returned population is only
/// meaningful when there is none.
Population read_population_json(const std::string& text, const LocusDictionary& dictionary, std::vector<std::string>& defects);

/// The database of a Familias project, as above; also throws Error(input) when the project itself is damaged.
Population read_population_familias(std::string_view text, const LocusDictionary& dictionary, std::vector<std::string>& defects);

/// Collects the loci of a table that states frequencies and nothing else. Locus names are canonicalised; amelogenin, Y loci
/// and names that are not loci are left out (with a warning that lists the Y loci).
class FrequencyTableBuilder {
 public:
  static constexpr std::size_t kLeftOut = static_cast<std::size_t>(-1);
  FrequencyTableBuilder(const LocusDictionary& dictionary, std::vector<std::string>& defects)
      : dictionary_(dictionary), defects_(defects) {}

  /// Index of a locus, opened if new; kLeftOut for names that are left out.
  std::size_t locus(std::string_view spelling);
  /// The same, for formats that name a locus once: a second time is a defect.
  std::size_t new_locus(std::string_view spelling, std::size_t line);
  /// One cell. Blank, missing and 0 mean not observed.
  void add(std::size_t locus, std::string_view allele, std::string_view frequency, std::size_t line);
  /// 2N of a locus; blank is not stated.
  void set_n_alleles(std::size_t locus, std::string_view text, std::size_t line, unsigned alleles_per_count = 1);
  void defect(std::size_t line, const std::string& sentence);
  void warn(const std::string& sentence) { warnings_.push_back(sentence); }
  /// Frequencies in cells use a decimal comma.
  void accept_decimal_comma() { decimal_comma_ = true; }

  /// The loci, sorted alleles, default mutation parameters of data_dir/mutation, and warnings that say so.
  Population finish(const std::filesystem::path& data_dir);

 private:
  struct Entry {
    double frequency;
    std::size_t line;
  };
  struct Column {
    LocusName name;
    bool known = true;
    std::map<Allele, Entry> entries;
    std::optional<std::uint32_t> n_alleles;
  };
  std::optional<double> frequency_of(std::string_view text, std::size_t line, const std::string& locus);
  void relabel_d5s2800();
  LocusPopulation population_of(const Column& column) const;

  const LocusDictionary& dictionary_;
  std::vector<std::string>& defects_;
  std::vector<Column> columns_;
  std::map<std::string, std::size_t> index_;
  std::vector<std::string> warnings_, left_out_y_;
  bool decimal_comma_ = false;
};

/// Tells the format of a bare table by its content and reads it. `column` chooses the population of a file that has
/// several (STRidER). False when the format is none of those known.
bool read_frequency_table(std::string_view text, const std::string& column, FrequencyTableBuilder& table);

/// The same for XML (STRidER; one locus of tags like <a13_2>, named by the file, `stem`) and YAML. Throws Error(input) "line N:
/// ..." when the XML is damaged.
bool read_frequency_markup(std::string_view text, const std::string& column, const std::string& stem, FrequencyTableBuilder& table);

}  // namespace homeward
