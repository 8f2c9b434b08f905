#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <set>

#include "base/text.hpp"
#include "homeward/case.hpp"
#include "homeward/error.hpp"
#include "homeward/family.hpp"

namespace homeward {

namespace {

using Json = nlohmann::json;

[[noreturn]] void fail(const std::string& message) { throw Error(ErrorKind::input, message); }

const Json& need(const Json& object, const char* key, const std::string& where) {
  if (!object.is_object() || !object.contains(key)) fail(fmt::format("{} lacks \"{}\"", where, key));
  return object.at(key);
}

/// A misspelt key would silently change the science.
void allow_keys(const Json& object, std::initializer_list<const char*> keys, const std::string& where) {
  if (!object.is_object()) fail(where + " is not an object");
  for (const auto& [key, value] : object.items())
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) fail(fmt::format("{} has an unknown key \"{}\"", where, escaped(key)));
}

double number(const Json& value, const std::string& what) {
  if (!value.is_number()) fail(what + " is not a number");
  return value.get<double>();
}

double number_or(const Json& object, const char* key, double otherwise, const std::string& where) {
  return object.contains(key) ? number(object.at(key), where + "." + key) : otherwise;
}

std::string text(const Json& value, const std::string& what) {
  if (!value.is_string()) fail(what + " is not a text");
  return value.get<std::string>();
}

struct ParentNames {
  std::string father, mother;
};

Pedigree parse_pedigree(const Json& rows, const std::string& where) {
  if (!rows.is_array() || rows.empty()) fail(where + " is not a list of persons");
  std::vector<ParentNames> parents;
  std::vector<PedigreePerson> persons;
  for (const Json& row : rows) {
    if (!row.is_array() || row.size() != 4) fail(where + ": a person is written [id, father, mother, sex]");
    std::array<std::string, 4> cell;
    for (std::size_t k = 0; k < 4; ++k) cell[k] = text(row[k], where + ": a person's entry");
    const std::optional<Sex> sex = parse_sex(cell[3]);
    if (!sex) fail(where + ": a person's sex is neither M, F nor unknown");
    PedigreePerson person;
    person.id = cell[0];
    person.sex = *sex;
    persons.push_back(person);
    parents.push_back({cell[1], cell[2]});
  }
  const auto resolve = [&](const std::string& name) -> PersonInPedigree {
    if (name == "0" || name.empty()) return kNoParent;
    if (name == "*") return kPopulationGamete;
    for (std::size_t i = 0; i < persons.size(); ++i)
      if (persons[i].id == name) return static_cast<PersonInPedigree>(i);
    fail(where + ": a parent is not a person of the pedigree (0 = founder, * = gamete of the population)");
  };
  for (std::size_t i = 0; i < persons.size(); ++i) {
    persons[i].father = resolve(parents[i].father);
    persons[i].mother = resolve(parents[i].mother);
  }
  Pedigree pedigree(std::move(persons));
  const std::vector<std::string> defects = pedigree.defects();
  if (!defects.empty()) fail(fmt::format("{} is not a sound pedigree ({} defects): {}", where, defects.size(), defects.front()));
  return pedigree;
}

MutationParameters parse_mutation(const Json& mutation) {
  const std::string where = "model.mutation";
  allow_keys(mutation, {"model", "rate", "rate_male", "rate_female", "microvariant_rate", "range"}, where);
  MutationParameters parameters;
  parameters.model = parse_mutation_model(text(need(mutation, "model", where), where + ".model"));
  if (parameters.model == MutationModel::custom) fail(where + ": custom matrices have no form in a case file");
  if (parameters.model == MutationModel::none) {
    parameters.rate_male = parameters.rate_female = 0.0;
    return parameters;
  }
  if (mutation.contains("rate")) {
    parameters.rate_male = parameters.rate_female = number(mutation.at("rate"), where + ".rate");
  } else {
    parameters.rate_male = number(need(mutation, "rate_male", where), where + ".rate_male");
    parameters.rate_female = number(need(mutation, "rate_female", where), where + ".rate_female");
  }
  if (parameters.model == MutationModel::stepwise) {
    parameters.microvariant_rate = number(need(mutation, "microvariant_rate", where), where + ".microvariant_rate");
    parameters.range = number(need(mutation, "range", where), where + ".range");
  }
  return parameters;
}

/// The model of a case, locus-independent part.
struct CaseModel {
  MutationParameters mutation;
  double theta = 0.0, silent = 0.0;
  ObservationModel observation;
  std::set<std::string> partial;  ///< persons whose profile is read through drop-out and drop-in
};

void parse_error(const Json& model, ObservationModel& observation) {
  if (!model.contains("error")) return;
  const Json& error = model.at("error");
  allow_keys(error, {"model", "rate"}, "model.error");
  const std::string name = text(need(error, "model", "model.error"), "model.error.model");
  if (name == "E1" || name == "e1")
    observation.error = ErrorModel::e1;
  else if (name == "E2" || name == "e2")
    observation.error = ErrorModel::e2;
  else if (name != "none")
    fail("model.error.model is unknown; expected none, E1 or E2");
  observation.error_rate = number_or(error, "rate", 0.0, "model.error");
}

CaseModel parse_model(const Json& json) {
  allow_keys(json, {"mutation", "theta", "silent", "error", "dropout", "dropin"}, "model");
  CaseModel model;
  model.mutation = parse_mutation(need(json, "mutation", "model"));
  model.theta = number_or(json, "theta", 0.0, "model");
  model.silent = number_or(json, "silent", 0.0, "model");
  parse_error(json, model.observation);
  model.observation.dropin = number_or(json, "dropin", 0.0, "model");
  if (json.contains("dropout")) {
    const Json& dropout = json.at("dropout");
    allow_keys(dropout, {"rate", "persons"}, "model.dropout");
    model.observation.dropout = number(need(dropout, "rate", "model.dropout"), "model.dropout.rate");
    for (const Json& person : need(dropout, "persons", "model.dropout")) model.partial.insert(text(person, "model.dropout.persons"));
  }
  if (model.observation.dropin > 0.0 && model.partial.empty()) fail("model.dropin needs model.dropout.persons: whose profiles are partial");
  return model;
}

/// A table of one locus: checked, and normalised when it is off by more than rounding.
FrequencyTable normalised_table(const std::map<Allele, double>& by_allele, const std::string& locus) {
  FrequencyTable table;
  for (const auto& [allele, frequency] : by_allele) {
    if (!(frequency > 0.0 && frequency <= 1.0)) throw ModelError(locus, "an allele frequency is not above 0 and at most 1");
    table.alleles.push_back(allele);
    table.frequencies.push_back(frequency);
  }
  table.stated_sum = std::accumulate(table.frequencies.begin(), table.frequencies.end(), 0.0);
  if (!(std::abs(table.stated_sum - 1.0) <= 0.01))
    throw ModelError(locus, fmt::format("allele frequencies sum to {:.6g}, expected 1 within 0.01; complete the table", table.stated_sum));
  if (table.renormalised())
    for (double& p : table.frequencies) p /= table.stated_sum;
  return table;
}

FrequencyTable frequencies_of(const Json& json, const std::string& locus, const std::string& table_locus,
                              const std::map<std::string, FrequencyFile>& tables) {
  if (json.is_string()) {
    const auto file = tables.find(json.get<std::string>());
    if (file == tables.end()) throw ModelError(locus, "its frequencies name a table that was not given; add --frequencies ID=FILE.csv");
    const auto table = file->second.find(table_locus);
    if (table == file->second.end()) throw ModelError(locus, "the frequency table has no such locus");
    return table->second;
  }
  if (!json.is_object()) throw ModelError(locus, "frequencies are neither an object nor the id of a table");
  std::map<Allele, double> by_allele;
  for (const auto& [name, value] : json.items()) {
    const std::optional<Allele> allele = parse_any_allele(name);
    if (!allele) throw ModelError(locus, "an allele of the frequency table is neither repeats[.bases] nor a letter");
    by_allele[*allele] = number(value, "locus " + locus + ": a frequency");
  }
  return normalised_table(by_allele, locus);
}

ObservedGenotype parse_genotype(const Json& json, bool partial, bool one_gene, const std::string& locus) {
  if (!json.is_array()) throw ModelError(locus, "a genotype is not a list of alleles");
  std::vector<Allele> alleles;
  for (const Json& cell : json) {
    const std::optional<Allele> allele = cell.is_string() ? parse_any_allele(cell.get<std::string>()) : std::nullopt;
    if (!allele) throw ModelError(locus, "an allele of a genotype is neither repeats[.bases] nor a letter, as a text");
    alleles.push_back(*allele);
  }
  if (partial) {
    std::sort(alleles.begin(), alleles.end());
    alleles.erase(std::unique(alleles.begin(), alleles.end()), alleles.end());
    if (alleles.size() > 2) throw ModelError(locus, "more than two alleles seen of a partial profile are not supported");
    if (alleles.size() == 2) return {Observation::set, Genotype(alleles[0], alleles[1])};
    return {Observation::set, alleles.empty() ? Genotype() : Genotype(Allele(), alleles[0])};
  }
  if (alleles.empty()) return {};
  if (alleles.size() == 1 && one_gene) alleles.push_back(alleles[0]);
  if (alleles.size() != 2)
    throw ModelError(locus,
                     fmt::format("a genotype has {} alleles, expected {}", alleles.size(), one_gene ? "one (X-chromosomal male)" : "two"));
  return {Observation::genotype, Genotype(alleles[0], alleles[1])};
}

CaseLocus parse_locus(const Json& json, Case& stated, const CaseModel& model, const std::map<std::string, FrequencyFile>& tables) {
  const std::string name = text(need(json, "locus", "a locus"), "a locus name");
  const std::string where = "locus " + name;
  allow_keys(json, {"locus", "frequencies", "frequencies_locus", "genotypes", "chromosome"}, where);
  CaseLocus locus;
  locus.name = name;
  auto frozen = std::make_shared<LocusModel>();
  const std::string table_locus =
      json.contains("frequencies_locus") ? text(json.at("frequencies_locus"), where + ": frequencies_locus") : name;
  FrequencyTable table = frequencies_of(need(json, "frequencies", where), name, table_locus, tables);
  if (table.renormalised() && json.at("frequencies").is_object())
    stated.warnings.push_back(fmt::format("locus {}: allele frequencies sum to {:.6g}, normalised to 1", name, table.stated_sum));
  frozen->locus.name = name;
  frozen->locus.alleles = std::move(table.alleles);
  frozen->frequencies = std::move(table.frequencies);
  frozen->floored.assign(frozen->frequencies.size(), false);
  frozen->mutation = model.mutation;
  frozen->silent = model.silent;
  frozen->theta = model.theta;
  if (json.contains("chromosome")) {
    const std::string chromosome = text(json.at("chromosome"), where + ": chromosome");
    if (chromosome == "X")
      frozen->locus.chromosome = Chromosome::x;
    else if (chromosome != "autosomal")
      throw ModelError(name, "chromosome is neither \"autosomal\" nor \"X\"");
  }
  std::vector<double> visible = frozen->frequencies;
  for (double& p : visible) p *= 1.0 - model.silent;
  const MutationParameters& mutation = frozen->mutation;
  frozen->male = mutation_matrix(mutation, mutation.rate_male, true, frozen->locus.alleles, visible, name);
  frozen->female = mutation_matrix(mutation, mutation.rate_female, false, frozen->locus.alleles, visible, name);
  const bool x = frozen->locus.chromosome == Chromosome::x;
  for (const auto& [person, genotype] : need(json, "genotypes", where).items()) {
    const auto in_h1 = stated.h1.find(person);
    if (!in_h1 || !stated.h2.find(person)) throw ModelError(name, "a typed person is not in both pedigrees");
    const bool one_gene = x && stated.h1[static_cast<std::size_t>(*in_h1)].sex == Sex::male;
    locus.observed.emplace_back(person, parse_genotype(genotype, model.partial.count(person) != 0, one_gene, name));
  }
  locus.model = std::move(frozen);
  return locus;
}

CaseLinkage parse_linkage(const Json& json, const Case& stated) {
  allow_keys(json, {"loci", "rho"}, "linked");
  const Json& names = need(json, "loci", "linked");
  if (!names.is_array() || names.size() != 2) fail("linked.loci is not a pair of locus names");
  const auto index = [&](const Json& name) {
    for (std::size_t k = 0; k < stated.loci.size(); ++k)
      if (name.is_string() && stated.loci[k].name == name.get<std::string>()) return k;
    fail("linked.loci names a locus the case does not have");
  };
  CaseLinkage link;
  link.first = index(names[0]);
  link.second = index(names[1]);
  link.rho = number(need(json, "rho", "linked"), "linked.rho");
  if (link.first == link.second) fail("linked.loci names one locus twice");
  return link;
}

/// Parses JSON; a key given twice in one object is refused, since the second would silently win.
Json parse_json(const std::string& line) {
  std::vector<std::set<std::string>> open;
  const auto watch = [&](int, Json::parse_event_t event, Json& value) {
    if (event == Json::parse_event_t::object_start) open.emplace_back();
    if (event == Json::parse_event_t::object_end) open.pop_back();
    if (event == Json::parse_event_t::key && !open.back().insert(value.get<std::string>()).second)
      fail("a key appears twice in one object");
    return true;
  };
  try {
    return Json::parse(line, watch);
  } catch (const Json::parse_error& error) {
    fail(fmt::format("not valid JSON (column {})", error.byte));
  }
}

}  // namespace

std::string case_name(const std::string& line) {
  const Json json = Json::parse(line, nullptr, false);
  return json.is_object() && json.contains("case") && json.at("case").is_string() ? json.at("case").get<std::string>() : std::string();
}

Case parse_case(const std::string& line, const std::map<std::string, FrequencyFile>& tables) {
  const Json json = parse_json(line);
  allow_keys(json, {"case", "H1", "H2", "model", "loci", "linked"}, "the case");
  Case stated;
  stated.id = text(need(json, "case", "the case"), "case");
  stated.h1 = parse_pedigree(need(json, "H1", "the case"), "H1");
  stated.h2 = parse_pedigree(need(json, "H2", "the case"), "H2");
  const CaseModel model = parse_model(need(json, "model", "the case"));
  stated.observation = model.observation;
  std::set<std::string> names;
  for (const Json& locus : need(json, "loci", "the case")) {
    stated.loci.push_back(parse_locus(locus, stated, model, tables));
    if (!names.insert(stated.loci.back().name).second) throw ModelError(stated.loci.back().name, "appears twice in the case");
  }
  std::set<std::size_t> linked;
  if (json.contains("linked"))
    for (const Json& link : json.at("linked")) {
      stated.linked.push_back(parse_linkage(link, stated));
      if (!linked.insert(stated.linked.back().first).second || !linked.insert(stated.linked.back().second).second)
        fail("a locus stands in two linked pairs; only disjoint pairs are supported");
    }
  return stated;
}

FrequencyFile read_frequency_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) fail("cannot read " + path.string());
  std::string line;
  std::size_t row = 0;
  std::array<std::size_t, 3> column{};
  std::map<std::string, std::map<Allele, double>> by_locus;
  while (std::getline(file, line)) {
    ++row;
    if (row == 1 && line.rfind("\xEF\xBB\xBF", 0) == 0) line.erase(0, 3);
    if (trim(line).empty()) continue;
    const std::vector<std::string_view> cells = split(trim(line), ',');
    if (row == 1) {
      const auto find = [&](std::initializer_list<std::string_view> names) {
        for (std::size_t k = 0; k < cells.size(); ++k)
          if (std::find(names.begin(), names.end(), lower_ascii(trim(cells[k]))) != names.end()) return k;
        fail(fmt::format("{}: no column {}; expected the header locus,allele,frequency", path.string(), *names.begin()));
      };
      column = {find({"locus", "marker"}), find({"allele"}), find({"frequency", "freq"})};
      continue;
    }
    const auto cell = [&](std::size_t k) { return column[k] < cells.size() ? trim(cells[column[k]]) : std::string_view(); };
    const std::optional<Allele> allele = parse_any_allele(cell(1));
    const std::optional<double> frequency = parse_double(cell(2));
    if (cell(0).empty() || !allele || !frequency)
      fail(fmt::format("{} line {}: expected a locus, an allele (repeats[.bases] or a letter) and a frequency", path.string(), row));
    if (!by_locus[std::string(cell(0))].emplace(*allele, *frequency).second)
      fail(fmt::format("{} line {}: the allele appears twice", path.string(), row));
  }
  FrequencyFile tables;
  for (const auto& [locus, by_allele] : by_locus) tables[locus] = normalised_table(by_allele, locus);
  return tables;
}

}  // namespace homeward
