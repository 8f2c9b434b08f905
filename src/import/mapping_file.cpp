// Mapping files: what the headings of a site mean, to be used again by its next file.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "base/atomic_file.hpp"
#include "base/text.hpp"
#include "homeward/error.hpp"
#include "homeward/import.hpp"
#include "import/text_table.hpp"

namespace homeward {

namespace {

constexpr std::string_view kMark = "# homeward mapping 1";
constexpr std::array<std::string_view, 15> kMeanings{"sample_id", "person_id", "role",   "family_id", "sex",
                                                     "kit",       "partial",   "slot",   "locus",     "allele",
                                                     "father_id", "mother_id", "mother", "father",    "child"};
/// Further ones, of tables of registrations.
constexpr std::array<std::string_view, 21> kRegistrationMeanings{
    "source_id",  "category",    "name",          "alias", "birth_date", "missing_date",  "missing_place",
    "home_place", "found_place", "found_date",    "other", "contact",    "welfare_org",   "height",
    "features",   "dna_status",  "police_report", "phone", "relation",   "registered_at", "id_number"};
/// Columns whose words a mapping may explain.
constexpr std::array<std::string_view, 5> kWordColumns{"sex", "role", "category", "relation", "dna_status"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool known_meaning(const std::string& meaning) {
  return meaning == "ignored" || meaning == "missing" || is_one_of(kMeanings, meaning) || is_one_of(kRegistrationMeanings, meaning);
}

}  // namespace

ColumnMapping read_mapping(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw Error(ErrorKind::input, escaped(path.string()) + ": the mapping cannot be opened");
  ColumnMapping mapping;
  std::vector<std::string> defects;
  std::size_t number = 0;
  for (std::string line; std::getline(stream, line) && number < 100'000;) {
    ++number;
    if (number == 1 && line.compare(0, kMark.size(), kMark) != 0)
      throw Error(ErrorKind::input, fmt::format("{}: no mapping of ours; its first line must be `{}`", escaped(path.string()), kMark));
    if (trim(line).empty() || line[0] == '#') continue;
    const std::vector<std::string_view> cells = split(trim(line), '\t');
    std::string meaning(cells.size() > 1 ? trim(cells[1]) : std::string_view{});
    if (meaning.size() > 6 && meaning.compare(0, 6, "locus ") == 0) {
      mapping.columns.emplace_back(cells[0], meaning.substr(6));
    } else if (cells.size() == 2 && known_meaning(meaning)) {
      mapping.columns.emplace_back(cells[0], meaning);
    } else if (cells.size() == 4 && cells[0] == "value" && is_one_of(kWordColumns, meaning)) {
      mapping.values[{meaning, std::string(trim(cells[2]))}] = trim(cells[3]);
    } else {
      defects.push_back(fmt::format("line {}", number));
    }
  }
  if (!defects.empty())
    throw Error(
        ErrorKind::input,
        fmt::format("{}: {} cannot be read; expected `heading<tab>meaning` with a meaning of {}, missing, ignored or `locus NAME`, for "
                    "registrations also {}, or `value<tab>sex<tab>1<tab>M`",
                    escaped(path.string()), fmt::join(defects, ", "), fmt::join(kMeanings, ", "), fmt::join(kRegistrationMeanings, ", ")));
  return mapping;
}

void write_mapping(const std::filesystem::path& path, const ImportedFile& file, const ColumnMapping& mapping) {
  std::string text = std::string(kMark) + "\n# heading<tab>meaning; meanings: " + fmt::format("{}", fmt::join(kMeanings, ", ")) +
                     ", missing, ignored, locus NAME\n# value<tab>sex<tab>1<tab>M says what a word in the column sex or role means\n";
  for (const ColumnMeaning& column : file.columns) {
    if (column.header.find_first_of("\t\r\n") != std::string::npos || column.header[0] == '#') continue;
    const bool left_out = column.meaning.find("left out") != std::string::npos;
    const bool said = known_meaning(column.meaning) || column.meaning.compare(0, 6, "locus ") == 0;
    text += column.header + '\t' + (left_out || !said ? "ignored" : column.meaning) + '\n';
  }
  for (const auto& [key, meaning] : mapping.values) text += "value\t" + key.first + '\t' + key.second + '\t' + meaning + '\n';
  write_atomic_file(path, text);
}

}  // namespace homeward
