#include "homeward/likelihood.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <optional>

#include "homeward/error.hpp"
#include "likelihood/graph_evidence.hpp"
#include "likelihood/locus_sum.hpp"

namespace homeward {

using namespace detail;

double ScaledLikelihood::plain() const { return std::ldexp(value, static_cast<int>(std::max(std::min(exponent, 4000L), -4000L))); }

double likelihood_ratio(const ScaledLikelihood& a, const ScaledLikelihood& b) {
  return ScaledLikelihood{a.value / b.value, a.exponent - b.exponent}.plain();
}

double log10_likelihood_ratio(const ScaledLikelihood& a, const ScaledLikelihood& b) {
  const double ratio = likelihood_ratio(a, b);
  if (std::isnormal(ratio)) return std::log10(ratio);
  return std::log10(a.value / b.value) + static_cast<double>(a.exponent - b.exponent) * std::log10(2.0);
}

ScaledLikelihood scaled_pedigree_likelihood(const Pedigree& pedigree, std::span<const ObservedGenotype> observed, const LocusModel& model,
                                            const ObservationModel& observation) {
  check_observations(pedigree, observed, model, observation);
  const StateSpace space(model, observed, StateSpace::Lumping::allowed);
  GeneGraph graph(pedigree, model.locus.chromosome);
  std::vector<std::optional<Evidence>> evidence = evidence_of(graph, space, observed, observation);
  if (impossible(evidence)) return {};
  const LocusSum locus(space, model.theta, std::move(evidence), LocusSum::kNobodyOpen, FounderOrder::interchangeable);
  const ScaledSum sum = locus.evaluate(std::move(graph));
  return {sum.values()[0], sum.exponent()};
}

double pedigree_likelihood(const Pedigree& pedigree, std::span<const ObservedGenotype> observed, const LocusModel& model,
                           const ObservationModel& observation) {
  return scaled_pedigree_likelihood(pedigree, observed, model, observation).plain();
}

std::vector<double> missing_genotype_likelihoods(const Pedigree& pedigree, PersonInPedigree missing,
                                                 std::span<const ObservedGenotype> observed, const LocusModel& model,
                                                 const ObservationModel& observation) {
  check_observations(pedigree, observed, model, observation);
  if (missing < 0 || static_cast<std::size_t>(missing) >= pedigree.size())
    throw Error(ErrorKind::failure, "locus " + model.locus.name + ": the missing person is not in the pedigree");
  std::vector<ObservedGenotype> others(observed.begin(), observed.end());
  others[static_cast<std::size_t>(missing)] = {};
  const StateSpace space(model, others, StateSpace::Lumping::off);
  GeneGraph graph(pedigree, model.locus.chromosome);
  const int copies = graph.copies(static_cast<std::size_t>(missing));
  std::vector<double> by_code(genotype_code_count(model.frequencies.size()), 0.0);
  std::vector<std::optional<Evidence>> evidence = evidence_of(graph, space, others, observation);
  if (impossible(evidence)) return by_code;
  const ScaledSum sum =
      LocusSum(space, model.theta, std::move(evidence), missing, FounderOrder::interchangeable).evaluate(std::move(graph));

  // A power of two within the range of a double multiplies exactly, and costs less than ldexp for every cell.
  const bool in_range = std::abs(sum.exponent()) <= 1000;
  const double factor = in_range ? std::ldexp(1.0, static_cast<int>(sum.exponent())) : 0.0;
  const auto plain = [&](std::size_t cell) {
    return in_range ? sum.values()[cell] * factor : ScaledLikelihood{sum.values()[cell], sum.exponent()}.plain();
  };
  for (std::size_t cell = 0; cell < sum.values().size(); ++cell) by_code[kUntyped] += plain(cell);
  if (copies == 2 && observation.error == ErrorModel::none) {
    // States are alleles here, so a genotype's cells are known without asking: two orders, and a/a may be a/silent.
    const std::size_t n = model.frequencies.size();
    const auto at = [&](std::size_t x, std::size_t y) { return plain(x * space.size() + y); };
    for (std::size_t y = 0; y < n; ++y) {
      for (std::size_t x = 0; x < y; ++x)
        by_code[genotype_code(static_cast<AlleleIndex>(x), static_cast<AlleleIndex>(y))] = at(x, y) + at(y, x);
      double& homozygous = by_code[genotype_code(static_cast<AlleleIndex>(y), static_cast<AlleleIndex>(y))];
      homozygous = at(y, y);
      if (space.size() > n) homozygous = homozygous + at(y, n) + at(n, y);
    }
    return by_code;
  }
  for (std::size_t code = 1; code < by_code.size(); ++code) {
    const Genotype genotype = model.locus.genotype_of(static_cast<GenotypeCode>(code));
    if (copies == 1 && !genotype.homozygous()) continue;
    const Evidence seen = space.evidence({Observation::genotype, genotype}, copies, observation);
    for (std::size_t i = 0; i < seen.domain.size(); ++i) {
      if (copies == 1) by_code[code] += seen.weights[i] * plain(seen.domain[i]);
      if (copies == 2)
        for (std::size_t j = 0; j < seen.domain.size(); ++j) {
          const double weight = seen.weights[i * seen.domain.size() + j];
          if (weight > 0.0) by_code[code] += weight * plain(seen.domain[i] * space.size() + seen.domain[j]);
        }
    }
  }
  return by_code;
}

}  // namespace homeward
