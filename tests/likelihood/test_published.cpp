// Worked examples of the literature, and the Chinese casework convention.
#include <cmath>
#include <fstream>
#include <map>

#include "base/text.hpp"
#include "catch_compat.hpp"
#include "family_fixture.hpp"
#include "homeward/case.hpp"
#include "homeward/error.hpp"
#include "likelihood/cpi.hpp"
#include "shared_folder.hpp"

using namespace homeward;
using namespace homeward::fixture;

namespace {

std::vector<std::string> csv_cells(const std::string& line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      cells.emplace_back();
    else if (c != '\r')
      cells.back() += c;
  }
  return cells;
}

std::vector<std::map<std::string, std::string>> read_csv(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  const std::vector<std::string> header = csv_cells(line);
  std::vector<std::map<std::string, std::string>> rows;
  while (std::getline(file, line)) {
    const auto cells = csv_cells(line);
    rows.emplace_back();
    for (std::size_t k = 0; k < header.size() && k < cells.size(); ++k) rows.back()[header[k]] = cells[k];
  }
  return rows;
}

std::map<std::string, Pedigree> read_pedigrees(const std::filesystem::path& path) {
  std::map<std::string, std::vector<std::map<std::string, std::string>>> rows;
  for (auto& row : read_csv(path)) rows[row["ped"] + " " + row["hypothesis"]].push_back(row);
  std::map<std::string, Pedigree> pedigrees;
  for (auto& [name, persons] : rows) {
    std::vector<Row> written;
    for (auto& person : persons)
      written.push_back({person["person"].c_str(), person["father"].c_str(), person["mother"].c_str(), person["sex"][0]});
    pedigrees[name] = pedigree(written);
  }
  return pedigrees;
}

Allele allele_of(const std::string& name) { return name == "rest" ? Allele::letter('Z') : *parse_any_allele(name); }

/// "A=0.05;B=0.95 : FA=A/A;CH=A/B"
struct PublishedLocus {
  LocusModel model;
  Typed typed;
  std::vector<std::pair<std::string, Allele>> half_known;
};

PublishedLocus locus_of(std::string_view text, const std::map<std::string, std::string>& row) {
  PublishedLocus result;
  text.remove_prefix(text.find(": ") + 2);
  const std::size_t middle = text.find(" : ");
  std::map<Allele, double> raw;
  for (const std::string_view item : split(trim(text.substr(0, middle)), ';')) {
    const auto parts = split(item, '=');
    if (parts[0] == "silent")
      result.model.silent = *parse_double(parts[1]);
    else
      raw[allele_of(std::string(parts[0]))] = *parse_double(parts[1]);
  }
  result.model.locus.name = "L";
  for (const auto& [allele, frequency] : raw) {
    result.model.locus.alleles.push_back(allele);
    result.model.frequencies.push_back(frequency / (1.0 - result.model.silent));
  }
  result.model.theta = *parse_double(row.at("theta"));
  MutationParameters parameters;
  parameters.model = parse_mutation_model(row.at("mut_model"));
  parameters.rate_male = parse_double(row.at("rate_m")).value_or(0.0);
  parameters.rate_female = parse_double(row.at("rate_f")).value_or(0.0);
  set_mutation(result.model, parameters);
  for (const std::string_view item : split(trim(text.substr(middle + 3)), ';')) {
    const auto parts = split(item, '=');
    const auto alleles = split(parts[1], '/');
    if (alleles[1] == "?")
      result.half_known.emplace_back(std::string(parts[0]), allele_of(std::string(alleles[0])));
    else
      result.typed[std::string(parts[0])] = Genotype(allele_of(std::string(alleles[0])), allele_of(std::string(alleles[1])));
  }
  return result;
}

/// "1/?": the genotype holds 1, the sum over the other allele.
double likelihood_with_half_known(const Pedigree& family, const PublishedLocus& at, std::size_t next = 0, Typed typed = {}) {
  if (next == 0) typed.insert(at.typed.begin(), at.typed.end());
  if (next == at.half_known.size()) return likelihood(family, typed, at.model);
  double total = 0.0;
  for (const Allele other : at.model.locus.alleles) {
    typed[at.half_known[next].first] = Genotype(at.half_known[next].second, other);
    total += likelihood_with_half_known(family, at, next + 1, typed);
  }
  return total;
}

}  // namespace

TEST_CASE("published likelihood ratios are reproduced within their printed digits", "[oracle]") {
  const auto shared = shared_folder("reference/published.csv");
  if (!shared) return;
  const auto pedigrees = read_pedigrees(*shared / "reference/pedigrees.csv");
  std::size_t n = 0;
  double worst_formula = 0.0;
  for (const auto& row : read_csv(*shared / "reference/published.csv")) {
    INFO(row.at("pub_id"));
    double lr = 1.0;
    std::string_view rest = row.at("loci");
    for (bool more = true; more;) {
      const std::size_t bar = rest.find(" | ");
      more = bar != std::string_view::npos;
      const PublishedLocus at = locus_of(rest.substr(0, bar), row);
      if (more) rest.remove_prefix(bar + 3);
      lr *= likelihood_with_half_known(pedigrees.at(row.at("ped") + " H1"), at) /
            likelihood_with_half_known(pedigrees.at(row.at("ped") + " H2"), at);
    }
    const double expected = *parse_double(row.at("expected_LR"));
    const double difference = expected == 0.0 ? lr : std::abs(lr / expected - 1.0);
    CHECK(difference <= *parse_double(row.at("rel_tol")));
    if (row.at("kind") == "formula") worst_formula = std::max(worst_formula, difference);
    ++n;
  }
  CHECK(n == 51);
  CHECK(worst_formula < 1e-12);
}

TEST_CASE("the empirical decreasing step of Chinese casework is reproduced", "[oracle]") {
  const auto shared = shared_folder("reference/cn_empirical.csv");
  if (!shared) return;
  std::size_t n = 0;
  for (const auto& row : read_csv(*shared / "reference/cn_empirical.csv")) {
    INFO(row.at("id"));
    const FrequencyFile file = read_frequency_file(*shared / "reference/freq" / (row.at("freqs") + ".csv"));
    LocusModel model;
    model.locus.name = row.at("locus");
    model.locus.alleles = file.at(row.at("locus")).alleles;
    model.frequencies = file.at(row.at("locus")).frequencies;
    const auto genotype = [&](const char* who) {
      const auto alleles = split(row.at(who), '/');
      return Genotype(*parse_allele(alleles[0]), *parse_allele(alleles[1]));
    };
    const double mu = *parse_double(row.at("mu"));
    const EmpiricalIndex index = row.at("type") == "duo" ? empirical_duo_index(model, genotype("AF"), genotype("CH"), mu)
                                                         : empirical_trio_index(model, genotype("AF"), genotype("MO"), genotype("CH"), mu);
    CHECK_THAT(index.pi, WithinRel(*parse_double(row.at("PI")), 1e-12));
    if (const auto steps = parse_integer(row.at("min_step"))) CHECK(index.steps == static_cast<unsigned>(*steps));
    ++n;
  }
  CHECK(n > 50);
}

TEST_CASE("the empirical step refuses what it is not made for") {
  const LocusModel model = locus({Allele(9, 0), Allele(9, 3), Allele(10, 0), Allele(12, 0)}, {0.25, 0.25, 0.25, 0.25});
  const Genotype g9(Allele(9, 0), Allele(9, 0));
  const Genotype g10(Allele(10, 0), Allele(10, 0));
  CHECK_THROWS_AS(empirical_duo_index(model, g9, Genotype(Allele(9, 0), Allele(12, 0)), 0.002), Error);
  CHECK_THROWS_AS(empirical_trio_index(model, g9, g9, g10, 0.002), Error);
  CHECK_THROWS_AS(empirical_duo_index(model, g9, Genotype(Allele(10, 0), Allele(20, 0)), 0.002), ModelError);
  CHECK_THROWS_AS(empirical_duo_index(model, Genotype(), g9, 0.002), Error);
  const EmpiricalIndex none = empirical_duo_index(model, g9, Genotype(Allele(9, 3), Allele(9, 3)), 0.002);
  CHECK(none.pi == 0.002);
  CHECK(none.steps == 0);
}
