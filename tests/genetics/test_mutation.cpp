// Mutation matrices: the reference tables, and what each model promises.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <iostream>
#include <map>
#include <numeric>

#include "base/text.hpp"
#include "catch_compat.hpp"
#include "homeward/error.hpp"
#include "homeward/mutation.hpp"
#include "shared_folder.hpp"

using namespace homeward;

namespace {

double sum_of(std::span<const double> row) { return std::accumulate(row.begin(), row.end(), 0.0); }

MutationParameters parameters(MutationModel model, double microvariant_rate = 1e-5, double range = 0.1) {
  MutationParameters result;
  result.model = model;
  result.microvariant_rate = microvariant_rate;
  result.range = range;
  return result;
}

TransitionMatrix matrix(const MutationParameters& model, double rate, const std::vector<Allele>& alleles,
                        std::vector<double> frequencies = {}) {
  if (frequencies.empty()) frequencies.assign(alleles.size(), 1.0 / static_cast<double>(alleles.size()));
  return mutation_matrix(model, rate, true, alleles, frequencies, "L");
}

const std::vector<Allele> kLadder{Allele(8, 0), Allele(9, 0), Allele(9, 3), Allele(10, 0), Allele(10, 3), Allele(13, 0), Allele(15, 1)};
const std::vector<MutationModel> kModels{MutationModel::none, MutationModel::equal, MutationModel::proportional, MutationModel::onestep,
                                         MutationModel::stepwise};

/// Alleles and frequencies of the one locus of a toy table.
std::map<Allele, double> read_toy(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  std::map<Allele, double> table;
  while (std::getline(file, line)) {
    const auto cells = split(trim(line), ',');
    table[*parse_allele(cells[1])] = *parse_double(cells[2]);
  }
  return table;
}

}  // namespace

TEST_CASE("mutation matrices equal the reference tables", "[oracle]") {
  const auto shared = shared_folder("reference/mutation_matrices.csv");
  if (!shared) return;
  std::ifstream file(*shared / "reference/mutation_matrices.csv");
  std::string line;
  std::getline(file, line);
  std::map<std::string, TransitionMatrix> cache;
  std::map<std::string, std::vector<Allele>> states;
  std::size_t entries = 0;
  double worst = 0.0;
  while (std::getline(file, line)) {
    const auto cells = split(trim(line), ',');
    const std::string name = std::string(cells[0]) + "," + std::string(cells[2]) + "," + std::string(cells[3]) + "," +
                             std::string(cells[4]) + "," + std::string(cells[5]);
    if (cache.count(name) == 0) {
      std::vector<double> frequencies;
      for (const auto& [allele, p] : read_toy(*shared / "reference/freq" / (std::string(cells[0]) + ".csv"))) {
        states[name].push_back(allele);
        frequencies.push_back(p);
      }
      const auto model =
          parameters(parse_mutation_model(cells[2]), parse_double(cells[4]).value_or(0.0), parse_double(cells[5]).value_or(1.0));
      cache[name] = matrix(model, *parse_double(cells[3]), states[name], frequencies);
    }
    const auto index = [&](std::string_view text) {
      const auto& alleles = states[name];
      return static_cast<std::size_t>(std::find(alleles.begin(), alleles.end(), *parse_allele(text)) - alleles.begin());
    };
    const double difference = std::abs(cache[name](index(cells[6]), index(cells[7])) - *parse_double(cells[8]));
    worst = std::max(worst, difference);
    INFO(line);
    CHECK(difference <= 1e-14);
    ++entries;
  }
  std::cerr << "mutation_matrices.csv: " << entries << " entries, worst difference " << worst << '\n';
  CHECK(entries == 483);
}

TEST_CASE("rows sum to 1, rate 0 is the identity, the mean rate is the rate asked for") {
  for (const MutationModel model : kModels) {
    const TransitionMatrix none = matrix(parameters(model, 0.0), 0.0, kLadder);
    CHECK(none == TransitionMatrix::identity(7));
    const TransitionMatrix m = matrix(parameters(model), 0.01, kLadder, {0.1, 0.2, 0.3, 0.1, 0.1, 0.15, 0.05});
    for (std::size_t i = 0; i < 7; ++i) {
      CHECK_THAT(sum_of(m.row(i)), WithinRel(1.0, 1e-14));
      for (const double p : m.row(i)) CHECK(p >= 0.0);
    }
  }
}

TEST_CASE("proportional is stationary, reversible, and of the rate asked for; with a silent allele too") {
  for (const double silent : {0.0, 0.07}) {
    std::vector<double> p{0.1, 0.2, 0.3, 0.4};
    for (double& x : p) x *= 1.0 - silent;
    const TransitionMatrix m =
        matrix(parameters(MutationModel::proportional), 0.01, {Allele(1, 0), Allele(2, 0), Allele(3, 0), Allele(4, 0)}, p);
    double rate = 0.0;
    for (std::size_t i = 0; i < 4; ++i) {
      double passed = 0.0;
      for (std::size_t j = 0; j < 4; ++j) {
        passed += p[j] * m(j, i);
        CHECK_THAT(p[i] * m(i, j), WithinRel(p[j] * m(j, i), 1e-14));
      }
      CHECK_THAT(passed, WithinAbs(p[i], 1e-16));
      rate += p[i] * (1.0 - m(i, i));
    }
    CHECK_THAT(rate, WithinRel(0.01, 1e-12));  // over all alleles: the silent one does not mutate
  }
}

TEST_CASE("stepwise counts repeats, not table positions, and knows classes") {
  const TransitionMatrix m = matrix(parameters(MutationModel::stepwise, 1e-4, 0.5), 0.01, kLadder);
  // Allele 8: 9, 10 and 13 are 1, 2 and 5 repeats away; 9.3, 10.3 and 15.1 are of other classes.
  const double weights = 0.5 + 0.25 + 0.03125;
  CHECK_THAT(m(0, 1), WithinRel(0.01 * 0.5 / weights, 1e-14));
  CHECK_THAT(m(0, 3), WithinRel(0.01 * 0.25 / weights, 1e-14));
  CHECK_THAT(m(0, 5), WithinRel(0.01 * 0.03125 / weights, 1e-14));
  CHECK_THAT(m(0, 2), WithinRel(1e-4 / 3, 1e-14));
  CHECK_THAT(m(2, 4), WithinRel(0.01, 1e-14));  // 9.3 has one class mate
  CHECK(m(6, 6) == 1.0 - 1e-4);                 // 15.1 is alone: it mutates with the microvariant rate only
  const TransitionMatrix whole = matrix(parameters(MutationModel::stepwise), 0.01, {Allele(8, 0), Allele(9, 0)});
  CHECK(whole(0, 0) == 1.0 - 0.01);  // no other class: no microvariant mutation
}

TEST_CASE("a small range does not underflow when the ladder has a wide gap") {
  const TransitionMatrix m = matrix(parameters(MutationModel::stepwise, 0.0, 1e-10), 0.01, {Allele(5, 0), Allele(60, 0), Allele(61, 0)});
  CHECK_THAT(m(0, 1), WithinRel(0.01, 1e-9));
  CHECK_THAT(sum_of(m.row(0)), WithinRel(1.0, 1e-14));
}

TEST_CASE("onestep reaches neighbours of the same class only") {
  const TransitionMatrix m = matrix(parameters(MutationModel::onestep), 0.01, kLadder);
  CHECK(m(0, 1) == 0.01);   // 8 at the end of the ladder: all of the rate to 9
  CHECK(m(1, 0) == 0.005);  // 9: half each way
  CHECK(m(1, 3) == 0.005);
  CHECK(m(1, 2) == 0.0);   // not to 9.3
  CHECK(m(2, 4) == 0.01);  // 9.3 to 10.3
  CHECK(m(5, 5) == 1.0);   // 13 has no neighbour
  CHECK(m(6, 6) == 1.0);
}

TEST_CASE("a single allele does not mutate") {
  for (const MutationModel model : {MutationModel::equal, MutationModel::proportional, MutationModel::onestep, MutationModel::stepwise})
    CHECK(matrix(parameters(model), 0.01, {Allele(9, 0)})(0, 0) == 1.0);
}

TEST_CASE("a custom matrix is used per sex, as given") {
  MutationParameters model = parameters(MutationModel::custom);
  model.custom_male = TransitionMatrix::identity(2);
  model.custom_female = TransitionMatrix(2, 0.5);
  const std::vector<Allele> alleles{Allele(8, 0), Allele(9, 0)};
  const std::vector<double> p{0.5, 0.5};
  CHECK(mutation_matrix(model, 0.0, true, alleles, p, "L") == model.custom_male);
  CHECK(mutation_matrix(model, 0.0, false, alleles, p, "L") == model.custom_female);
  model.custom_male(0, 1) = 0.1;
  CHECK_THROWS_AS(mutation_matrix(model, 0.0, true, alleles, p, "L"), ModelError);
  model.custom_male = TransitionMatrix::identity(3);
  CHECK_THROWS_AS(mutation_matrix(model, 0.0, true, alleles, p, "L"), ModelError);
  model.custom_male = TransitionMatrix::identity(2);
  model.custom_male(0, 0) = 1.5;
  model.custom_male(0, 1) = -0.5;
  CHECK_THROWS_AS(mutation_matrix(model, 0.0, true, alleles, p, "L"), ModelError);
}

TEST_CASE("models out of range are refused, naming the locus") {
  const auto refused = [](const MutationParameters& model, double rate, const std::vector<Allele>& alleles, std::vector<double> p = {}) {
    CHECK_THROWS_WITH(matrix(model, rate, alleles, std::move(p)), Catch::Matchers::Contains("locus L"));
  };
  const std::vector<Allele> two{Allele(8, 0), Allele(9, 0)};
  const std::vector<Allele> letters{Allele::letter('A'), Allele::letter('G')};
  refused(parameters(MutationModel::equal), -0.1, two);
  refused(parameters(MutationModel::equal), std::nan(""), two);
  refused(parameters(MutationModel::proportional), 0.5, two, {0.01, 0.99});  // would need a negative diagonal
  refused(parameters(MutationModel::stepwise, 0.6), 0.6, kLadder);
  refused(parameters(MutationModel::stepwise, 1e-5, 0.0), 0.1, two);
  refused(parameters(MutationModel::onestep), 0.01, letters);
  refused(parameters(MutationModel::stepwise), 0.01, letters);
  refused(parameters(MutationModel::equal), 0.01, {});
  CHECK(matrix(parameters(MutationModel::equal), 0.01, letters)(0, 1) == 0.01);
}

TEST_CASE("names of mutation models") {
  for (const MutationModel model : kModels) CHECK(parse_mutation_model(to_string(model)) == model);
  CHECK(parse_mutation_model("custom") == MutationModel::custom);
  CHECK_THROWS_AS(parse_mutation_model("Stepwise"), Error);
}
