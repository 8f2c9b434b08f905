// A small population, a simulation of it in a folder of its own, and its files read back.
#pragma once

#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "homeward/simulate.hpp"

namespace homeward::test {

/// Four STR loci: a polymorphic one, a two-allele one, one with microvariants, one with many rare alleles.
inline Population small_population(MutationModel model = MutationModel::none, double rate = 0.0) {
  Population population;
  population.id = "toy";
  const auto add = [&](const std::string& name, std::vector<Allele> alleles, std::vector<double> frequencies) {
    LocusPopulation locus;
    locus.locus = name;
    locus.alleles = std::move(alleles);
    locus.frequencies = std::move(frequencies);
    locus.mutation.model = model;
    locus.mutation.rate_male = 2 * rate;
    locus.mutation.rate_female = rate;
    population.loci.push_back(std::move(locus));
  };
  add("L1", {{8, 0}, {9, 0}, {10, 0}, {11, 0}, {12, 0}}, {0.1, 0.2, 0.4, 0.25, 0.05});
  add("L2", {{5, 0}, {6, 0}}, {0.3, 0.7});
  add("L3", {{6, 0}, {7, 0}, {9, 0}, {9, 3}, {10, 0}, {10, 3}}, {0.12, 0.27, 0.2, 0.31, 0.06, 0.04});
  std::vector<Allele> many;
  for (unsigned repeats = 10; repeats < 30; ++repeats) many.push_back({repeats, 0});
  add("L4", many, std::vector<double>(many.size(), 1.0 / static_cast<double>(many.size())));
  return population;
}

inline std::vector<KitShare> one_kit() { return {{"All", {"AMEL", "L1", "L2", "L3", "L4"}, 1.0}}; }

inline EffectivePopulation frozen(const Population& population, UntypedParent untyped_parent = UntypedParent::half) {
  std::vector<ObservedLocus> loci;
  for (const LocusPopulation& locus : population.loci) loci.push_back({locus.locus, {}});
  return freeze(population, loci, {}, untyped_parent);
}

inline SimulationOptions small_options() {
  SimulationOptions options;
  options.n_children = 3000;
  options.n_families = 1000;
  options.related[static_cast<std::size_t>(Relation::child)] = 400;
  options.kits = one_kit();
  options.missing = 0.0;
  options.seed = 20240601;
  return options;
}

/// Removed with its contents when it goes out of scope.
class Folder {
 public:
  Folder() {
    static int next = 0;
    path_ = std::filesystem::temp_directory_path() / ("homeward-simulate-" + std::to_string(::getpid()) + "-" + std::to_string(next++));
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

using Row = std::map<std::string, std::string>;

inline std::vector<Row> read_table(const std::filesystem::path& path, char separator) {
  std::vector<Row> rows;
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  std::vector<std::string> names;
  for (const std::string_view name : split(line, separator)) names.emplace_back(name);
  while (std::getline(file, line)) {
    const std::vector<std::string_view> cells = split(line, separator);
    Row& row = rows.emplace_back();
    for (std::size_t i = 0; i < names.size(); ++i) row[names[i]] = std::string(cells.at(i));
  }
  return rows;
}

/// The two alleles of a cell; both empty when untyped.
inline std::pair<std::string, std::string> alleles_of(const std::string& cell) {
  const std::size_t slash = cell.find('/');
  if (slash == std::string::npos) return {cell, cell};
  return {cell.substr(0, slash), cell.substr(slash + 1)};
}

/// How many standard deviations a binomial count lies from its mean.
inline double binomial_z(double count, double n, double p) { return (count - n * p) / std::sqrt(n * p * (1 - p)); }

/// Pearson's statistic as standard deviations above its mean; categories expected less than 5 are pooled.
inline double chi_square_z(const std::map<std::string, double>& counts, const std::map<std::string, double>& probabilities, double n) {
  double statistic = 0.0, pooled_count = 0.0, pooled_expected = 0.0;
  int categories = 0;
  const auto take = [&](double count, double expected) {
    statistic += (count - expected) * (count - expected) / expected;
    ++categories;
  };
  for (const auto& [name, p] : probabilities) {
    const auto it = counts.find(name);
    const double count = it == counts.end() ? 0.0 : it->second;
    if (n * p >= 5.0) {
      take(count, n * p);
    } else {
      pooled_count += count;
      pooled_expected += n * p;
    }
  }
  if (pooled_expected > 0.0) take(pooled_count, pooled_expected);
  const double freedom = categories - 1;
  return (statistic - freedom) / std::sqrt(2 * freedom);
}

}  // namespace homeward::test
