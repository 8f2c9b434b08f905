#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.hpp"
#include "homeward/error.hpp"
#include "import/population_file_parts.hpp"

namespace homeward {

namespace {

using Json = nlohmann::ordered_json;
using Defects = std::vector<std::string>;

struct Range {
  double low, high;
  bool low_allowed, high_allowed;
  const char* words;
  bool holds(double x) const { return (low_allowed ? x >= low : x > low) && (high_allowed ? x <= high : x < high); }
};
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr Range kBelowOne{0.0, 1.0, true, false, "at least 0 and below 1"};
constexpr Range kInsideUnit{0.0, 1.0, false, false, "more than 0 and below 1"};
constexpr Range kFrequency{0.0, 1.0, false, true, "more than 0 and at most 1"};
constexpr Range kPositive{0.0, kInfinity, false, false, "more than 0"};
constexpr Range kCount{0.0, 4294967295.0, false, true, "a whole number of alleles"};

enum class Need { required, optional };

/// One JSON object: typed access, and in the end a complaint for every key nobody asked for.
class Fields {
 public:
  Fields(const Json& object, std::string where, Defects& defects) : object_(object), where_(std::move(where)), defects_(defects) {
    if (!object.is_object()) complain("expected an object {{...}}, found {}", object.type_name());
  }

  template <typename... Values>
  void complain(fmt::format_string<Values...> format, Values&&... values) {
    defects_.push_back(where_ + ": " + fmt::format(format, std::forward<Values>(values)...));
  }

  const Json* find(const char* key, Need need) {
    known_.emplace_back(key);
    if (!object_.is_object()) return nullptr;
    const auto it = object_.find(key);
    if (it != object_.end()) return &*it;
    if (need == Need::required) complain("the key \"{}\" is missing", key);
    return nullptr;
  }

  std::optional<std::string> text(const char* key, Need need) {
    const Json* value = find(key, need);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) {
      complain("\"{}\" is {}, expected text in quotes", key, value->type_name());
      return std::nullopt;
    }
    return value->get<std::string>();
  }

  std::optional<double> number(const char* key, Need need, const Range& range) {
    const Json* value = find(key, need);
    if (value == nullptr) return std::nullopt;
    if (!value->is_number() || !range.holds(value->get<double>())) {
      complain("\"{}\" is {}, expected a number {}", key, value->is_number() ? value->dump() : value->type_name(), range.words);
      return std::nullopt;
    }
    return value->get<double>();
  }

  bool flag(const char* key, bool otherwise) {
    const Json* value = find(key, Need::optional);
    if (value == nullptr) return otherwise;
    if (!value->is_boolean()) {
      complain("\"{}\" is {}, expected true or false", key, value->type_name());
      return otherwise;
    }
    return value->get<bool>();
  }

  void refuse_unknown_keys() {
    if (!object_.is_object()) return;
    for (const auto& item : object_.items()) {
      if (std::find(known_.begin(), known_.end(), item.key()) != known_.end()) continue;
      const std::vector<std::string> near = nearest(item.key(), known_, 1);
      complain("unknown key \"{}\"{}", escaped(item.key()), near.empty() ? std::string{} : ", did you mean \"" + near[0] + "\"?");
    }
  }

 private:
  const Json& object_;
  std::string where_;
  Defects& defects_;
  std::vector<std::string> known_;
};

/// What a "mutation" object states; a locus's own statements stand over those of the file.
struct MutationStatements {
  std::optional<MutationModel> model;
  std::optional<double> rate_male, rate_female, microvariant_rate, range;
  std::optional<TransitionMatrix> matrix_male, matrix_female;
  std::string source;
};

std::optional<TransitionMatrix> read_matrix(Fields& fields, const char* key) {
  const Json* rows = fields.find(key, Need::optional);
  if (rows == nullptr) return std::nullopt;
  const std::size_t n = rows->is_array() ? rows->size() : 0;
  bool sound = n > 0;
  TransitionMatrix matrix(n);
  for (std::size_t i = 0; i < n && sound; ++i) {
    const Json& row = (*rows)[i];
    sound = row.is_array() && row.size() == n;
    for (std::size_t j = 0; j < n && sound; ++j) {
      sound = row[j].is_number();
      if (sound) matrix(i, j) = row[j].get<double>();
    }
  }
  if (sound) return matrix;
  fields.complain("\"{}\" is no square matrix, expected a list of rows of numbers, one row and column per allele in sorted order", key);
  return std::nullopt;
}

MutationStatements read_mutation(const Json& object, const std::string& where, Defects& defects) {
  Fields fields(object, where, defects);
  MutationStatements stated;
  if (const auto model = fields.text("model", Need::optional)) {
    try {
      stated.model = parse_mutation_model(*model);
    } catch (const Error& error) {
      fields.complain("{}", error.what());
    }
  }
  stated.rate_male = fields.number("rate_male", Need::optional, kBelowOne);
  stated.rate_female = fields.number("rate_female", Need::optional, kBelowOne);
  stated.microvariant_rate = fields.number("microvariant_rate", Need::optional, kBelowOne);
  stated.range = fields.number("range", Need::optional, kPositive);
  stated.matrix_male = read_matrix(fields, "matrix_male");
  stated.matrix_female = read_matrix(fields, "matrix_female");
  stated.source = fields.text("source", Need::optional).value_or("");
  fields.refuse_unknown_keys();
  return stated;
}

template <typename T>
const std::optional<T>& first_of(const std::optional<T>& own, const std::optional<T>& shared) {
  return own ? own : shared;
}

/// Merges a locus's statements with the file's; what the model needs and neither states is a defect: no rate is invented.
MutationParameters merged_mutation(const MutationStatements& own, const MutationStatements& shared, Fields& locus) {
  MutationParameters result;
  std::vector<std::string> lacking;
  const auto take = [&](const auto& value, auto& target, const char* name, bool needed) {
    if (value)
      target = *value;
    else if (needed)
      lacking.emplace_back(name);
  };
  take(first_of(own.model, shared.model), result.model, "model", true);
  const bool custom = result.model == MutationModel::custom;
  const bool rated = result.model != MutationModel::none && !custom;
  const bool stepwise = result.model == MutationModel::stepwise;
  take(first_of(own.rate_male, shared.rate_male), result.rate_male, "rate_male", rated);
  take(first_of(own.rate_female, shared.rate_female), result.rate_female, "rate_female", rated);
  take(first_of(own.microvariant_rate, shared.microvariant_rate), result.microvariant_rate, "microvariant_rate", stepwise);
  take(first_of(own.range, shared.range), result.range, "range", stepwise);
  take(first_of(own.matrix_male, shared.matrix_male), result.custom_male, "matrix_male", custom);
  take(first_of(own.matrix_female, shared.matrix_female), result.custom_female, "matrix_female", custom);
  if (!lacking.empty())
    locus.complain("the mutation model lacks {}; state it in \"mutation\" of the locus or of the file", fmt::join(lacking, ", "));
  return result;
}

std::optional<LocusKind> kind_of(const std::string& word) {
  if (word == "str") return LocusKind::str;
  if (word == "snp") return LocusKind::snp;
  return std::nullopt;
}

std::optional<Chromosome> chromosome_of(const std::string& word) {
  if (word == "autosomal") return Chromosome::autosomal;
  if (word == "x") return Chromosome::x;
  if (word == "y") return Chromosome::y;
  if (word == "mt") return Chromosome::mitochondrial;
  return std::nullopt;
}

void read_identity(Fields& fields, const LocusDictionary& dictionary, LocusPopulation& locus) {
  const std::string spelling = fields.text("locus", Need::required).value_or("");
  const std::string kind = fields.text("kind", Need::required).value_or("str");
  const std::string chromosome = fields.text("chromosome", Need::required).value_or("autosomal");
  if (const auto value = kind_of(kind))
    locus.kind = *value;
  else
    fields.complain("\"kind\" is \"{}\", expected str or snp (amelogenin is never part of a population)", escaped(kind));
  if (const auto value = chromosome_of(chromosome))
    locus.chromosome = *value;
  else
    fields.complain("\"chromosome\" is \"{}\", expected autosomal, x, y or mt", escaped(chromosome));
  const auto known = dictionary.find(spelling);
  locus.locus = known ? known->name : spelling;
  if (known && (known->name.empty() || known->kind == LocusKind::sex))
    fields.complain("this is no locus with population frequencies (amelogenin, or a quality peak of a kit)");
  else if (known && known->chromosome != locus.chromosome)
    fields.complain("the chromosome disagrees with the one known for this locus");
}

/// "frequencies" or "counts": allele -> number. Alleles are named by their place in the list.
void read_frequencies(Fields& fields, LocusPopulation& locus) {
  const Json* frequencies = fields.find("frequencies", Need::optional);
  const Json* counts = fields.find("counts", Need::optional);
  if ((frequencies == nullptr) == (counts == nullptr)) return fields.complain("expected either \"frequencies\" or \"counts\"");
  const Json& table = frequencies != nullptr ? *frequencies : *counts;
  const char* key = frequencies != nullptr ? "frequencies" : "counts";
  const Range& range = frequencies != nullptr ? kFrequency : kCount;
  if (!table.is_object() || table.empty())
    return fields.complain("\"{}\" is {}, expected an object of alleles", key, table.is_object() ? "empty" : table.type_name());
  std::map<Allele, double> found;
  std::size_t place = 0;
  for (const auto& item : table.items()) {
    ++place;
    const auto allele = locus.kind == LocusKind::snp ? parse_any_allele(item.key()) : parse_allele(item.key());
    const bool whole = frequencies != nullptr || item.value().is_number_integer();
    if (!allele)
      fields.complain("entry {} of \"{}\" is no allele, expected {}", place, key,
                      locus.kind == LocusKind::snp ? "a letter" : "repeats[.bases] like 9.3");
    else if (!item.value().is_number() || !whole || !range.holds(item.value().get<double>()))
      fields.complain("entry {} of \"{}\" is {}, expected {}", place, key,
                      item.value().is_number() ? item.value().dump() : item.value().type_name(), range.words);
    else if (!found.emplace(*allele, item.value().get<double>()).second)
      fields.complain("entry {} of \"{}\" repeats an allele", place, key);
  }
  double total = 0.0;
  for (const auto& [allele, value] : found) total += value;
  for (const auto& [allele, value] : found) {
    locus.alleles.push_back(allele);
    locus.frequencies.push_back(counts != nullptr ? value / total : value);
  }
  if (counts != nullptr && !locus.n_alleles && kCount.holds(total)) locus.n_alleles = static_cast<std::uint32_t>(total);
}

LocusPopulation read_locus(const Json& object, const std::string& place, const MutationStatements& shared,
                           const LocusDictionary& dictionary, Defects& defects) {
  std::string where = place;
  if (object.is_object() && object.contains("locus") && object["locus"].is_string())
    where += " (" + escaped(object["locus"].get<std::string>()) + ")";
  Fields fields(object, where, defects);
  LocusPopulation locus;
  if (!object.is_object()) return locus;
  read_identity(fields, dictionary, locus);
  if (const auto n = fields.number("n_alleles", Need::optional, kCount)) {
    if (object["n_alleles"].is_number_integer())
      locus.n_alleles = static_cast<std::uint32_t>(*n);
    else
      fields.complain("\"n_alleles\" is no whole number, expected the number of alleles counted (2N)");
  }
  read_frequencies(fields, locus);
  locus.silent = fields.number("silent", Need::optional, kBelowOne).value_or(0.0);
  locus.source = fields.text("source", Need::optional).value_or("");
  locus.note = fields.text("note", Need::optional).value_or("");
  MutationStatements own;
  if (const Json* mutation = fields.find("mutation", Need::optional)) own = read_mutation(*mutation, where + ", mutation", defects);
  locus.mutation = merged_mutation(own, shared, fields);
  locus.rate_source = own.source.empty() ? shared.source : own.source;
  fields.refuse_unknown_keys();
  return locus;
}

void read_loci(Fields& file, const MutationStatements& shared, const LocusDictionary& dictionary, Population& population,
               Defects& defects) {
  const Json* loci = file.find("loci", Need::required);
  if (loci == nullptr) return;
  if (!loci->is_array() || loci->empty())
    return file.complain("\"loci\" is {}, expected a list of loci", loci->is_array() ? "empty" : loci->type_name());
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < loci->size(); ++i) {
    const std::string place = fmt::format("loci[{}]", i);
    LocusPopulation locus = read_locus((*loci)[i], place, shared, dictionary, defects);
    const auto [earlier, fresh] = places.emplace(locus.locus, i);
    if (!fresh && !locus.locus.empty()) defects.push_back(fmt::format("{}: the same locus as loci[{}]", place, earlier->second));
    if (!locus.alleles.empty()) population.loci.push_back(std::move(locus));
  }
}

void read_rare_alleles(Fields& file, RareAlleleRule& rule, Defects& defects) {
  const Json* object = file.find("rare_alleles", Need::required);
  if (object == nullptr) return;
  Fields fields(*object, "rare_alleles", defects);
  rule.numerator = fields.number("numerator", Need::required, kPositive).value_or(rule.numerator);
  rule.fallback = fields.number("fallback", Need::required, kInsideUnit).value_or(rule.fallback);
  rule.floor_seen = fields.flag("floor_seen", false);
  fields.refuse_unknown_keys();
}

/// Watches the parser for keys given twice, which JSON libraries overwrite silently.
class DuplicateKeyWatch {
 public:
  explicit DuplicateKeyWatch(Defects& defects) : defects_(defects) {}

  bool operator()(int, Json::parse_event_t event, Json& value) {
    switch (event) {
      case Json::parse_event_t::object_start:
        open(false);
        break;
      case Json::parse_event_t::array_start:
        open(true);
        break;
      case Json::parse_event_t::object_end:
      case Json::parse_event_t::array_end:
        frames_.pop_back();
        break;
      case Json::parse_event_t::value:
        count_element();
        break;
      case Json::parse_event_t::key:
        see_key(value.get<std::string>());
        break;
    }
    return true;
  }

 private:
  struct Frame {
    bool array = false;
    std::size_t elements = 0;
    std::set<std::string> keys;
    std::string key;
  };

  void count_element() {
    if (!frames_.empty() && frames_.back().array) ++frames_.back().elements;
  }
  void open(bool array) {
    count_element();
    Frame frame;
    frame.array = array;
    frames_.push_back(std::move(frame));
  }
  void see_key(std::string key) {
    Frame& frame = frames_.back();
    frame.key = key;
    if (frame.keys.insert(std::move(key)).second) return;
    std::string where;  // the keys that lead here, without the last one: it may be an allele
    for (std::size_t i = 0; i + 1 < frames_.size(); ++i)
      where += frames_[i].array ? fmt::format("[{}]", frames_[i].elements - 1) : (where.empty() ? "" : ".") + escaped(frames_[i].key);
    defects_.push_back(fmt::format("{}: a key (of an allele list: an allele) is given twice, as number {}", where.empty() ? "file" : where,
                                   frame.keys.size() + 1));
  }

  Defects& defects_;
  std::vector<Frame> frames_;
};

std::optional<Json> parse(const std::string& text, Defects& defects) {
  auto watch = std::make_shared<DuplicateKeyWatch>(defects);
  try {
    return Json::parse(text, [watch](int depth, Json::parse_event_t event, Json& value) { return (*watch)(depth, event, value); });
  } catch (const nlohmann::json::parse_error& error) {
    const std::size_t end = std::min(error.byte, text.size());
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), '\n');
    const std::size_t line_start = end == 0 ? 0 : text.rfind('\n', end - 1) + 1;
    defects.push_back(fmt::format("line {}, column {}: this is not valid JSON; look for a missing comma, quote or bracket just before",
                                  line, end - line_start + 1));
  } catch (const nlohmann::json::exception&) {
    defects.push_back("a number is out of range for this machine");
  }
  return std::nullopt;
}

constexpr const char* kSchema = "homeward-population-1";

}  // namespace

Population read_population_json(const std::string& text, const LocusDictionary& dictionary, std::vector<std::string>& defects) {
  Population population;
  const std::optional<Json> file = parse(text, defects);
  if (!file) return population;
  Fields fields(*file, "file", defects);
  if (const auto schema = fields.text("schema", Need::required); schema && *schema != kSchema)
    fields.complain("\"schema\" is \"{}\", expected \"{}\"", escaped(*schema), kSchema);
  population.id = fields.text("id", Need::required).value_or("");
  population.title = fields.text("title", Need::optional).value_or(population.id);
  population.source = fields.text("source", Need::required).value_or("");
  fields.text("$schema", Need::optional);
  fields.text("licence", Need::optional);
  fields.text("note", Need::optional);
  population.theta = fields.number("theta", Need::required, kBelowOne).value_or(0.0);
  read_rare_alleles(fields, population.rare_alleles, defects);
  MutationStatements shared;
  if (const Json* mutation = fields.find("mutation", Need::optional)) shared = read_mutation(*mutation, "mutation", defects);
  read_loci(fields, shared, dictionary, population, defects);
  fields.refuse_unknown_keys();
  return population;
}

}  // namespace homeward
