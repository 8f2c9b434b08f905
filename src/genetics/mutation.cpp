#include "homeward/mutation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <utility>

#include "homeward/error.hpp"

namespace homeward {

namespace {

constexpr std::array<std::pair<std::string_view, MutationModel>, 6> kModels{{{"none", MutationModel::none},
                                                                             {"equal", MutationModel::equal},
                                                                             {"proportional", MutationModel::proportional},
                                                                             {"onestep", MutationModel::onestep},
                                                                             {"stepwise", MutationModel::stepwise},
                                                                             {"custom", MutationModel::custom}}};

/// What the models see of a locus.
struct StateSpace {
  std::span<const Allele> alleles;
  std::span<const double> frequencies;
  const std::string& locus;
  std::size_t size() const { return alleles.size(); }
  Allele operator[](std::size_t i) const { return alleles[i]; }
  bool same_class(std::size_t i, std::size_t j) const { return (*this)[i].bases() == (*this)[j].bases(); }
  int steps(std::size_t i, std::size_t j) const {
    return std::abs(static_cast<int>((*this)[i].repeats()) - static_cast<int>((*this)[j].repeats()));
  }
};

double sum_of(std::span<const double> row) { return std::accumulate(row.begin(), row.end(), 0.0); }

void require_probability(double value, const char* what, const std::string& locus) {
  if (!(value >= 0.0 && value <= 1.0)) throw ModelError(locus, fmt::format("{} is {}, expected a probability from 0 to 1", what, value));
}

void require_repeats(const StateSpace& space, std::string_view model) {
  for (const Allele allele : space.alleles)
    if (!allele.is_str())
      throw ModelError(
          space.locus,
          fmt::format("mutation model {} counts repeats, but the locus has letter alleles; use none, equal or proportional", model));
}

TransitionMatrix equal_matrix(const StateSpace& space, double rate) {
  const std::size_t n = space.size();
  TransitionMatrix m(n, n > 1 ? rate / static_cast<double>(n - 1) : 0.0);
  for (std::size_t i = 0; i < n; ++i) m(i, i) = n > 1 ? 1.0 - rate : 1.0;
  return m;
}

TransitionMatrix proportional_matrix(const StateSpace& space, double rate) {
  const std::size_t n = space.size();
  if (space.frequencies.size() != space.alleles.size())
    throw ModelError(space.locus, fmt::format("{} alleles but {} frequencies", space.alleles.size(), space.frequencies.size()));
  double visible = 0.0;  // 1 - s when the locus has a silent allele of frequency s
  for (const double p : space.frequencies) visible += p;
  double heterozygosity = 0.0;
  for (const double p : space.frequencies) heterozygosity += p / visible * (1.0 - p / visible);
  if (n == 1) return TransitionMatrix::identity(1);
  const double alpha = rate / visible / heterozygosity;
  TransitionMatrix m(n);
  for (std::size_t j = 0; j < n; ++j) {
    const double q = space.frequencies[j] / visible;
    for (std::size_t i = 0; i < n; ++i) m(i, j) = i == j ? 1.0 - alpha + alpha * q : alpha * q;
  }
  return m;
}

TransitionMatrix onestep_matrix(const StateSpace& space, double rate) {
  require_repeats(space, "onestep");
  const std::size_t n = space.size();
  TransitionMatrix m = TransitionMatrix::identity(n);
  for (std::size_t i = 0; i < n; ++i) {
    // A microvariant steps within its own decimal class: 9.3 to 8.3 or 10.3.
    const auto neighbour = [&](std::size_t j) { return space.same_class(i, j) && space.steps(i, j) == 1; };
    int neighbours = 0;
    for (std::size_t j = 0; j < n; ++j) neighbours += neighbour(j) ? 1 : 0;
    if (neighbours == 0) continue;
    m(i, i) = 1.0 - rate;
    for (std::size_t j = 0; j < n; ++j)
      if (neighbour(j)) m(i, j) = rate / neighbours;
  }
  return m;
}

void fill_stepwise_row(const StateSpace& space, const MutationParameters& parameters, double rate, std::size_t i, TransitionMatrix& m) {
  const std::size_t n = space.size();
  int nearest = 0;  // powers are taken relative to the nearest class member, so that a small range cannot underflow to 0/0
  int others = 0;
  for (std::size_t j = 0; j < n; ++j) {
    if (!space.same_class(i, j))
      ++others;
    else if (i != j && (nearest == 0 || space.steps(i, j) < nearest))
      nearest = space.steps(i, j);
  }
  double total = 0.0;
  for (std::size_t j = 0; j < n; ++j) {
    if (i == j || !space.same_class(i, j)) continue;
    m(i, j) = std::pow(parameters.range, space.steps(i, j) - nearest);
    total += m(i, j);
  }
  m(i, i) = 1.0 - (nearest > 0 ? rate : 0.0) - (others > 0 ? parameters.microvariant_rate : 0.0);
  for (std::size_t j = 0; j < n; ++j) {
    if (i == j) continue;
    m(i, j) = space.same_class(i, j) ? rate * m(i, j) / total : parameters.microvariant_rate / others;
  }
}

TransitionMatrix stepwise_matrix(const StateSpace& space, const MutationParameters& parameters, double rate) {
  require_repeats(space, "stepwise");
  require_probability(parameters.microvariant_rate, "microvariant rate", space.locus);
  if (!(parameters.range > 0.0 && std::isfinite(parameters.range)))
    throw ModelError(space.locus, fmt::format("mutation range is {}, expected a positive number (0.1: each further step ten times rarer)",
                                              parameters.range));
  const std::size_t n = space.size();
  TransitionMatrix m(n);
  for (std::size_t i = 0; i < n; ++i) fill_stepwise_row(space, parameters, rate, i, m);
  return m;
}

TransitionMatrix custom_matrix(const StateSpace& space, const TransitionMatrix& given) {
  const std::size_t n = space.size();
  if (given.size() != n)
    throw ModelError(space.locus, fmt::format("the custom mutation matrix is {} x {}, expected {} x {} (one row and column per allele)",
                                              given.size(), given.size(), n, n));
  TransitionMatrix m = given;
  for (std::size_t i = 0; i < n; ++i) {
    const double total = sum_of(m.row(i));
    if (!(std::abs(total - 1.0) <= 1e-9))
      throw ModelError(space.locus,
                       fmt::format("row {} of the custom mutation matrix sums to {:.12g}, expected 1 within 1e-9", i + 1, total));
    for (double& p : m.row(i)) p /= total;  // printed with nine digits or more: the last ones are made to sum to 1
  }
  return m;
}

void check_rows(const TransitionMatrix& m, double rate, const std::string& locus) {
  for (std::size_t i = 0; i < m.size(); ++i) {
    if (!std::ranges::all_of(m.row(i), [](double p) { return p >= 0.0; }))
      throw ModelError(locus,
                       fmt::format("mutation rate {} makes row {} of the mutation matrix negative; use a smaller rate", rate, i + 1));
    if (!(std::abs(sum_of(m.row(i)) - 1.0) <= 1e-12))
      throw ModelError(locus, fmt::format("row {} of the mutation matrix does not sum to 1; check the rates and the alleles", i + 1));
  }
}

}  // namespace

std::string_view to_string(MutationModel model) {
  for (const auto& [name, value] : kModels)
    if (value == model) return name;
  return "unknown";
}

MutationModel parse_mutation_model(std::string_view text) {
  for (const auto& [name, value] : kModels)
    if (name == text) return value;
  throw Error(ErrorKind::input, "unknown mutation model; expected none, equal, proportional, onestep, stepwise or custom");
}

TransitionMatrix mutation_matrix(const MutationParameters& parameters, double rate, bool male, std::span<const Allele> alleles,
                                 std::span<const double> frequencies, const std::string& locus_name) {
  const StateSpace space{alleles, frequencies, locus_name};
  if (alleles.empty()) throw ModelError(locus_name, "no alleles; a mutation matrix needs the locus's allele list");
  TransitionMatrix m;
  if (parameters.model == MutationModel::none) return TransitionMatrix::identity(space.size());
  if (parameters.model != MutationModel::custom) require_probability(rate, "mutation rate", locus_name);
  switch (parameters.model) {
    case MutationModel::none:
      break;
    case MutationModel::equal:
      m = equal_matrix(space, rate);
      break;
    case MutationModel::proportional:
      m = proportional_matrix(space, rate);
      break;
    case MutationModel::onestep:
      m = onestep_matrix(space, rate);
      break;
    case MutationModel::stepwise:
      m = stepwise_matrix(space, parameters, rate);
      break;
    case MutationModel::custom:
      m = custom_matrix(space, male ? parameters.custom_male : parameters.custom_female);
      break;
  }
  check_rows(m, rate, locus_name);
  return m;
}

}  // namespace homeward
