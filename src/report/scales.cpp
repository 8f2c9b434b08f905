#include <algorithm>
#include <cmath>
#include <iterator>

#include "homeward/report.hpp"
#include "report/json_reader.hpp"

namespace homeward {

namespace {

void expect_schema(const JsonReader& reader, const std::string& schema) {
  const std::string found = reader.text("schema");
  if (found != schema) throw Error(ErrorKind::input, reader.file() + ": schema is '" + found + "', expected '" + schema + "'");
}

double positive_log10(const JsonReader& reader, const std::string& key) {
  const double value = reader.real(key);
  if (!(value > 0.0)) throw Error(ErrorKind::input, reader.file() + ": key " + key + " must be a likelihood ratio above 0");
  return std::log10(value);
}

}  // namespace

VerbalScale read_verbal_scale(const std::filesystem::path& path) {
  const Json json = parse_json_file(path.string());
  const JsonReader reader(json, path.filename().string());
  expect_schema(reader, "homeward-verbal-scale/1");
  VerbalScale scale{reader.text("id"), reader.text("title"), reader.text("source"), {}};
  for (const Json& entry : reader.array("classes")) {
    const JsonReader row(entry, reader.file(), "classes[" + std::to_string(scale.classes.size()) + "]");
    const bool lowest = row.is_null("lr_from");
    if (lowest != scale.classes.empty()) throw Error(ErrorKind::input, reader.file() + ": the first class, and no other, has lr_from null");
    const double bound = lowest ? -std::numeric_limits<double>::infinity() : positive_log10(row, "lr_from");
    if (!lowest && bound <= scale.classes.back().first) throw Error(ErrorKind::input, reader.file() + ": the bounds lr_from must ascend");
    scale.classes.emplace_back(bound, row.text("word"));
  }
  if (scale.classes.empty()) throw Error(ErrorKind::input, reader.file() + ": no classes");
  return scale;
}

const std::string& verbal_word(const VerbalScale& scale, double log10_lr) {
  const auto above = std::upper_bound(scale.classes.begin(), scale.classes.end(), log10_lr,
                                      [](double value, const auto& entry) { return value < entry.first; });
  return std::prev(above)->second;
}

CpiScale read_cpi_scale(const std::filesystem::path& path) {
  const Json json = parse_json_file(path.string());
  const JsonReader reader(json, path.filename().string());
  expect_schema(reader, "homeward-cpi-scale/1");
  CpiScale scale;
  scale.id = reader.text("id");
  scale.title = reader.text("title");
  scale.source = reader.text("source");
  scale.supports_above_log10 = positive_log10(reader, "supports_above");
  scale.excludes_below_log10 = positive_log10(reader, "excludes_below");
  scale.exclusion_from_loci = reader.whole<unsigned>("exclusion_from_inconsistent_loci");
  const JsonReader words = reader.object("words");
  scale.supports = words.text("supports");
  scale.between = words.text("between");
  scale.excludes = words.text("excludes");
  scale.exclusion_considered = words.text("exclusion_considered");
  return scale;
}

const std::string& cpi_word(const CpiScale& scale, double log10_lr, unsigned n_inconsistent) {
  if (n_inconsistent >= scale.exclusion_from_loci) return scale.exclusion_considered;
  if (log10_lr > scale.supports_above_log10) return scale.supports;
  return log10_lr < scale.excludes_below_log10 ? scale.excludes : scale.between;
}

}  // namespace homeward
