#include "homeward/mutation.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdlib>
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
  Eigen::Index size() const { return static_cast<Eigen::Index>(alleles.size()); }
  Allele operator[](Eigen::Index i) const { return alleles[static_cast<std::size_t>(i)]; }
  bool same_class(Eigen::Index i, Eigen::Index j) const { return (*this)[i].bases() == (*this)[j].bases(); }
  int steps(Eigen::Index i, Eigen::Index j) const {
    return std::abs(static_cast<int>((*this)[i].repeats()) - static_cast<int>((*this)[j].repeats()));
  }
};

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

Eigen::MatrixXd equal_matrix(const StateSpace& space, double rate) {
  const Eigen::Index n = space.size();
  Eigen::MatrixXd m = Eigen::MatrixXd::Constant(n, n, n > 1 ? rate / static_cast<double>(n - 1) : 0.0);
  m.diagonal().setConstant(n > 1 ? 1.0 - rate : 1.0);
  return m;
}

Eigen::MatrixXd proportional_matrix(const StateSpace& space, double rate) {
  const Eigen::Index n = space.size();
  if (space.frequencies.size() != space.alleles.size())
    throw ModelError(space.locus, fmt::format("{} alleles but {} frequencies", space.alleles.size(), space.frequencies.size()));
  double visible = 0.0;  // 1 - s when the locus has a silent allele of frequency s
  for (const double p : space.frequencies) visible += p;
  double heterozygosity = 0.0;
  for (const double p : space.frequencies) heterozygosity += p / visible * (1.0 - p / visible);
  if (n == 1) return Eigen::MatrixXd::Identity(1, 1);
  const double alpha = rate / visible / heterozygosity;
  Eigen::MatrixXd m(n, n);
  for (Eigen::Index j = 0; j < n; ++j) {
    const double q = space.frequencies[static_cast<std::size_t>(j)] / visible;
    m.col(j).setConstant(alpha * q);
    m(j, j) = 1.0 - alpha + alpha * q;
  }
  return m;
}

Eigen::MatrixXd onestep_matrix(const StateSpace& space, double rate) {
  require_repeats(space, "onestep");
  const Eigen::Index n = space.size();
  Eigen::MatrixXd m = Eigen::MatrixXd::Identity(n, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    // A microvariant steps within its own decimal class: 9.3 to 8.3 or 10.3.
    const auto neighbour = [&](Eigen::Index j) { return space.same_class(i, j) && space.steps(i, j) == 1; };
    int neighbours = 0;
    for (Eigen::Index j = 0; j < n; ++j) neighbours += neighbour(j) ? 1 : 0;
    if (neighbours == 0) continue;
    m(i, i) = 1.0 - rate;
    for (Eigen::Index j = 0; j < n; ++j)
      if (neighbour(j)) m(i, j) = rate / neighbours;
  }
  return m;
}

void fill_stepwise_row(const StateSpace& space, const MutationParameters& parameters, double rate, Eigen::Index i, Eigen::MatrixXd& m) {
  const Eigen::Index n = space.size();
  int nearest = 0;  // powers are taken relative to the nearest class member, so that a small range cannot underflow to 0/0
  int others = 0;
  for (Eigen::Index j = 0; j < n; ++j) {
    if (!space.same_class(i, j))
      ++others;
    else if (i != j && (nearest == 0 || space.steps(i, j) < nearest))
      nearest = space.steps(i, j);
  }
  double total = 0.0;
  for (Eigen::Index j = 0; j < n; ++j) {
    if (i == j || !space.same_class(i, j)) continue;
    m(i, j) = std::pow(parameters.range, space.steps(i, j) - nearest);
    total += m(i, j);
  }
  m(i, i) = 1.0 - (nearest > 0 ? rate : 0.0) - (others > 0 ? parameters.microvariant_rate : 0.0);
  for (Eigen::Index j = 0; j < n; ++j) {
    if (i == j) continue;
    m(i, j) = space.same_class(i, j) ? rate * m(i, j) / total : parameters.microvariant_rate / others;
  }
}

Eigen::MatrixXd stepwise_matrix(const StateSpace& space, const MutationParameters& parameters, double rate) {
  require_repeats(space, "stepwise");
  require_probability(parameters.microvariant_rate, "microvariant rate", space.locus);
  if (!(parameters.range > 0.0 && std::isfinite(parameters.range)))
    throw ModelError(space.locus, fmt::format("mutation range is {}, expected a positive number (0.1: each further step ten times rarer)",
                                              parameters.range));
  const Eigen::Index n = space.size();
  Eigen::MatrixXd m = Eigen::MatrixXd::Zero(n, n);
  for (Eigen::Index i = 0; i < n; ++i) fill_stepwise_row(space, parameters, rate, i, m);
  return m;
}

Eigen::MatrixXd custom_matrix(const StateSpace& space, const Eigen::MatrixXd& given) {
  const Eigen::Index n = space.size();
  if (given.rows() != n || given.cols() != n)
    throw ModelError(space.locus, fmt::format("the custom mutation matrix is {} x {}, expected {} x {} (one row and column per allele)",
                                              given.rows(), given.cols(), n, n));
  Eigen::MatrixXd m = given;
  for (Eigen::Index i = 0; i < n; ++i) {
    const double total = m.row(i).sum();
    if (!(std::abs(total - 1.0) <= 1e-9))
      throw ModelError(space.locus,
                       fmt::format("row {} of the custom mutation matrix sums to {:.12g}, expected 1 within 1e-9", i + 1, total));
    m.row(i) /= total;  // printed with nine digits or more: the last ones are made to sum to 1
  }
  return m;
}

void check_rows(const Eigen::MatrixXd& m, double rate, const std::string& locus) {
  for (Eigen::Index i = 0; i < m.rows(); ++i) {
    if (!(m.row(i).minCoeff() >= 0.0))
      throw ModelError(locus,
                       fmt::format("mutation rate {} makes row {} of the mutation matrix negative; use a smaller rate", rate, i + 1));
    if (!(std::abs(m.row(i).sum() - 1.0) <= 1e-12))
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

Eigen::MatrixXd mutation_matrix(const MutationParameters& parameters, double rate, bool male, std::span<const Allele> alleles,
                                std::span<const double> frequencies, const std::string& locus_name) {
  const StateSpace space{alleles, frequencies, locus_name};
  if (alleles.empty()) throw ModelError(locus_name, "no alleles; a mutation matrix needs the locus's allele list");
  Eigen::MatrixXd m;
  if (parameters.model == MutationModel::none) return Eigen::MatrixXd::Identity(space.size(), space.size());
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
