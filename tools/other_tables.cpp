#include "other_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "homeward/error.hpp"
#include "homeward/simulate.hpp"
#include "run_model.hpp"

namespace homeward::cli {

namespace {

constexpr std::size_t kChildColumn = 1, kFamilyColumn = 2, kLog10LrColumn = 6, kSupportColumn = 9;

std::vector<std::string> words(const po::variables_map& values, const char* name) {
  std::vector<std::string> result;
  if (values.count(name) == 0) return result;
  for (const std::string_view part : split(values[name].as<std::string>(), ','))
    if (!trim(part).empty()) result.emplace_back(trim(part));
  return result;
}

OtherScores score_under(const std::string& column, const RunModel& run, const EffectivePopulation& other,
                        const std::vector<CandidateRow>& rows) {
  std::vector<TruthRow> pairs;
  for (const CandidateRow& row : rows) pairs.push_back({row[kChildColumn], row[kFamilyColumn], "child"});
  OtherScores result{column, {}};
  for (const PairScore& score : score_truth(pairs, *run.store, other, run.couple_weights))
    result.log10_lr.push_back(score.state == PairScore::State::scored ? score.log10_lr : std::nan(""));
  return result;
}

}  // namespace

void declare_other_tables(po::options_description& group) {
  group.add_options()                                                                                                              //
      ("also-population", po::value<std::string>()->value_name("POP,..."), "score the listed candidates under these tables, too")  //
      ("also-theta", po::value<std::string>()->value_name("T,..."), "score the listed candidates under these co-ancestries, too")  //
      ("store", po::value<std::string>()->value_name("STORE"), "the run's store, if it has moved");
}

OtherTables parse_other_tables(const po::variables_map& values) {
  OtherTables tables;
  tables.populations = words(values, "also-population");
  for (const std::string& text : words(values, "also-theta")) {
    const std::optional<double> theta = parse_double(text);
    if (!theta || !(*theta >= 0.0 && *theta <= 0.5))
      throw Error(ErrorKind::usage, "--also-theta takes numbers between 0 and 0.5, joined by commas");
    tables.thetas.push_back(*theta);
  }
  if (values.count("store") != 0) tables.store = values["store"].as<std::string>();
  return tables;
}

std::vector<OtherScores> score_elsewhere(const OtherTables& tables, const RunManifest& manifest, const std::vector<CandidateRow>& rows,
                                         const std::filesystem::path& data_dir) {
  const RunModel run = rebuild_model(manifest, tables.store, data_dir);
  ModelOptions options;
  options.overrides = manifest.overrides;
  options.untyped_parent = manifest.untyped_parent;
  options.couple_weights = manifest.couple_weights;
  const std::filesystem::path store = tables.store.value_or(manifest.store_path);
  std::vector<OtherScores> result;
  for (const std::string& population : tables.populations)
    result.push_back(score_under("log10_lr@" + population, run, make_model(store, population, options, data_dir).effective, rows));
  for (const double theta : tables.thetas) {
    ModelOptions with_theta = options;
    with_theta.overrides.theta = theta;
    result.push_back(score_under(fmt::format("log10_lr@theta={:g}", theta), run,
                                 make_model(store, manifest.population, with_theta, data_dir).effective, rows));
  }
  return result;
}

std::vector<double> lowest_log10_lr(const std::vector<OtherScores>& others, const std::vector<CandidateRow>& rows) {
  std::vector<double> lowest;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    lowest.push_back(parse_double(rows[i][kLog10LrColumn]).value_or(std::nan("")));
    for (const OtherScores& other : others)
      if (!std::isnan(other.log10_lr[i])) lowest.back() = std::min(lowest.back(), other.log10_lr[i]);
  }
  return lowest;
}

std::string verdict_warning(const std::vector<double>& lowest, const std::vector<CandidateRow>& rows, const VerbalScale& scale) {
  std::size_t changed = 0, first = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (std::isnan(lowest[i]) || verbal_word(scale, lowest[i]) == rows[i][kSupportColumn]) continue;
    if (changed++ == 0) first = i;
  }
  if (changed == 0) return {};
  return fmt::format(
      "W_TABLE_MATTERS: {} of {} candidates are of a lower class under another table or theta; rank {} falls from '{}' to '{}'", changed,
      rows.size(), rows[first][0], rows[first][kSupportColumn], verbal_word(scale, lowest[first]));
}

}  // namespace homeward::cli
