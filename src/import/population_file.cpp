#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "homeward/error.hpp"
#include "import/familias.hpp"
#include "import/population_file_parts.hpp"

namespace homeward {

namespace {

namespace fs = std::filesystem;

struct Chosen {
  fs::path path;
  std::string column;  ///< after '#': which population of a file that has several
};

bool plain_word(const std::string& text) { return text.find_first_of("/\\.#") == std::string::npos; }

Chosen locate(const std::string& path_or_id, const fs::path& data_dir) {
  const std::vector<std::string> shipped = shipped_populations(data_dir);
  if (std::find(shipped.begin(), shipped.end(), path_or_id) != shipped.end())
    return {data_dir / "populations" / (path_or_id + ".json"), {}};
  if (fs::is_regular_file(path_or_id)) return {path_or_id, {}};
  const std::size_t hash = path_or_id.rfind('#');
  if (hash != std::string::npos && fs::is_regular_file(path_or_id.substr(0, hash)))
    return {path_or_id.substr(0, hash), path_or_id.substr(hash + 1)};
  const std::vector<std::string> near = nearest(path_or_id, shipped);
  std::string message = fmt::format("population '{}' is neither a file nor the id of a shipped population", escaped(path_or_id));
  if (plain_word(path_or_id) && !near.empty()) message += fmt::format("; did you mean {}?", fmt::join(near, " or "));
  throw Error(ErrorKind::input, message + fmt::format("; shipped: {}", shipped.empty() ? "none (check the data folder)"
                                                                                       : fmt::format("{}", fmt::join(shipped, ", "))));
}

std::string read_text(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (!stream && text.empty()) throw Error(ErrorKind::input, fmt::format("cannot read the population file {}", path.string()));
  if (text.find('\0') != std::string::npos)
    throw Error(ErrorKind::input, fmt::format("{} is not a text file in UTF-8 (a spreadsheet?); save it as CSV or text", path.string()));
  return text;
}

/// Sums off by more than the tolerance are defects, smaller deviations one warning that names the loci.
void check_sums(Population& population, std::vector<std::string>& defects) {
  std::vector<std::string> off;
  for (const LocusPopulation& locus : population.loci) {
    double sum = 0.0;
    for (const double p : locus.frequencies) sum += p;
    if (std::abs(sum - 1.0) > kFrequencySumTolerance)
      defects.push_back(
          fmt::format("locus {}: the frequencies sum to {:.6g}, expected 1 within {}; look for a missing allele and add it deliberately",
                      locus.locus, sum, kFrequencySumTolerance));
    else if (std::abs(sum - 1.0) > kFrequencySumExact)
      off.push_back(fmt::format("{} {:.6g}", locus.locus, sum));
  }
  if (!off.empty())
    population.warnings.push_back(fmt::format("W_FREQ_SUM: the frequencies of {} of {} loci do not sum to 1 and are renormalised: {}.",
                                              off.size(), population.loci.size(), fmt::join(off, ", ")));
}

/// The loci that the kits common in China type and many tables of other countries lack.
void check_core_loci(Population& population) {
  std::vector<std::string> lacking;
  for (const char* locus : {"D6S1043", "Penta D", "Penta E"})
    if (population.find(locus) == nullptr) lacking.emplace_back(locus);
  if (!lacking.empty())
    population.warnings.push_back(
        fmt::format("W_POPULATION_LACKS_LOCI: the population has no frequencies of {}, which most kits used in China type; "
                    "these loci will not be used.",
                    fmt::join(lacking, ", ")));
}

}  // namespace

std::vector<std::string> shipped_populations(const fs::path& data_dir) {
  std::vector<std::string> ids;
  std::error_code ignored;  // a missing folder is an empty list: the caller says what it looked for
  for (const fs::directory_entry& entry : fs::directory_iterator(data_dir / "populations", ignored))
    if (entry.path().extension() == ".json") ids.push_back(entry.path().stem().string());
  std::sort(ids.begin(), ids.end());
  return ids;
}

Population read_population(const std::string& path_or_id, const fs::path& data_dir) {
  const Chosen chosen = locate(path_or_id, data_dir);
  Population population = read_population_text(read_text(chosen.path), chosen.path, chosen.column, data_dir);
  population.path = chosen.path.string();
  population.sha256 = sha256_of_file(chosen.path);
  return population;
}

namespace {

bool read_markup(const std::string& text, const fs::path& path, const std::string& column, FrequencyTableBuilder& table) {
  try {
    return read_frequency_markup(text, column, path.stem().string(), table);
  } catch (const Error& error) {
    throw Error(ErrorKind::input, fmt::format("{}: {}", path.string(), error.what()));
  }
}

}  // namespace

Population read_population_text(std::string text, const fs::path& path, const std::string& column, const fs::path& data_dir) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.compare(0, kByteOrderMark.size(), kByteOrderMark) == 0) text.erase(0, kByteOrderMark.size());
  const LocusDictionary dictionary(data_dir);
  std::vector<std::string> defects;
  Population population;
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && text[first] == '{') {
    population = read_population_json(text, dictionary, defects);
  } else if (import::is_familias(text)) {
    try {
      population = read_population_familias(text, dictionary, defects);
    } catch (const Error& error) {
      throw Error(ErrorKind::input, fmt::format("{}: {}", path.string(), error.what()));
    }
    population.id = path.stem().string();
    population.source = path.filename().string();
  } else {
    FrequencyTableBuilder table(dictionary, defects);
    if (!read_markup(text, path, column, table) && !read_frequency_table(text, column, table))
      throw Error(
          ErrorKind::input,
          fmt::format("{} is no population in a known format; expected native JSON, a list 'locus,allele,frequency[,n_alleles]', a matrix "
                      "'Allele,LOCUS,LOCUS,...', CNAS text 'LOCUS<tab>11=0.0005<tab>...', STRidER CSV or XML, YAML, Familias frequency "
                      "text or a Familias project",
                      path.string()));
    population = table.finish(data_dir);
    population.id = path.stem().string();
    population.title = population.source = path.filename().string();
  }
  check_sums(population, defects);
  if (population.loci.empty() && defects.empty()) defects.push_back("no locus with frequencies");
  if (!defects.empty())
    throw Error(ErrorKind::input, fmt::format("{} has {} defect{}:\n  {}", path.string(), defects.size(), defects.size() == 1 ? "" : "s",
                                              fmt::join(defects, "\n  ")));
  check_core_loci(population);
  return population;
}

}  // namespace homeward
