// Every row of the reference set, computed by independent programs, through the library.
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "base/text.hpp"
#include "catch_compat.hpp"
#include "homeward/case.hpp"
#include "likelihood/case_likelihood.hpp"
#include "shared_folder.hpp"

using namespace homeward;

namespace {

struct Worst {
  double p = 0.0, log10_lr = 0.0;
  std::size_t rows = 0;
};

struct Expected {
  double p_h1 = 0.0, p_h2 = 0.0, log10_lr = 0.0;
  bool has_likelihoods = false;
  std::string flag;
};

double number(std::string_view text) {
  if (text == "-Inf") return -std::numeric_limits<double>::infinity();
  if (text == "Inf") return std::numeric_limits<double>::infinity();
  const auto value = parse_double(text);
  return value ? *value : std::nan("");
}

std::map<std::string, Expected> read_expected(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  std::map<std::string, Expected> rows;
  while (std::getline(file, line)) {
    const auto cells = split(line, '\t');
    Expected row;
    row.has_likelihoods = parse_double(cells[2]).has_value();
    row.p_h1 = number(cells[2]);
    row.p_h2 = number(cells[3]);
    row.log10_lr = number(cells[4]);
    row.flag = std::string(trim(cells[5]));
    rows[std::string(cells[0]) + " " + std::string(cells[1])] = row;
  }
  return rows;
}

std::map<std::string, FrequencyFile> read_tables(const std::filesystem::path& folder) {
  std::map<std::string, FrequencyFile> tables;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    tables[entry.path().stem().string()] = read_frequency_file(entry.path());
  return tables;
}

double relative(double value, double expected) { return value == expected ? 0.0 : std::abs(value - expected) / std::abs(expected); }

void compare(const std::string& key, const CaseRow& row, const std::map<std::string, Expected>& expected, Worst& worst) {
  INFO(key);
  const auto found = expected.find(key);
  REQUIRE(found != expected.end());
  const Expected& want = found->second;
  ++worst.rows;
  if (want.has_likelihoods) {
    const double difference = std::max(relative(row.p_h1.plain(), want.p_h1), relative(row.p_h2.plain(), want.p_h2));
    worst.p = std::max(worst.p, difference);
    if (difference > 1e-12) CHECK(difference <= 1e-12);
  }
  if (std::isnan(want.log10_lr)) {
    CHECK(std::isnan(row.log10_lr));
  } else if (std::isinf(want.log10_lr)) {
    CHECK(row.log10_lr == want.log10_lr);
  } else {
    const double difference = std::abs(row.log10_lr - want.log10_lr);
    worst.log10_lr = std::max(worst.log10_lr, difference);
    if (!(difference <= 1e-12)) CHECK(difference <= 1e-12);
  }
  if (row.locus != "TOTAL" && std::string(to_string(row.flag)) != want.flag) CHECK(std::string(to_string(row.flag)) == want.flag);
}

void check_file(const std::string& cases, const std::string& answers, std::size_t rows) {
  const auto shared = shared_folder("reference/" + cases);
  if (!shared) return;
  const auto tables = read_tables(*shared / "reference/freq");
  const auto expected = read_expected(*shared / "reference" / answers);
  std::ifstream file(*shared / "reference" / cases);
  std::string line;
  Worst worst;
  while (std::getline(file, line)) {
    const Case stated = parse_case(line, tables);
    const CaseResult result = evaluate_case(stated);
    for (const CaseRow& row : result.loci)
      if (expected.count(stated.id + " " + row.locus) != 0 || stated.linked.empty())
        compare(stated.id + " " + row.locus, row, expected, worst);
    if (expected.count(stated.id + " TOTAL") != 0) compare(stated.id + " TOTAL", result.total, expected, worst);
  }
  std::cerr << cases << ": " << worst.rows << " rows, worst relative difference of a likelihood " << worst.p
            << ", worst difference of log10 LR " << worst.log10_lr << '\n';
  CHECK(worst.rows == rows);
}

}  // namespace

TEST_CASE("all reference cases agree with independent programs", "[oracle]") { check_file("cases.jsonl", "expected.tsv", 17535); }

TEST_CASE("X, theta with silent, drop-out, drop-in and linked cases agree with independent programs", "[oracle]") {
  const auto shared = shared_folder("reference/expected-ext.tsv");
  if (!shared) return;
  check_file("cases-ext.jsonl", "expected-ext.tsv", read_expected(*shared / "reference/expected-ext.tsv").size());
}
