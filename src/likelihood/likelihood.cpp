#include "homeward/likelihood.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <optional>

#include "homeward/error.hpp"
#include "likelihood/locus_sum.hpp"

namespace homeward {

namespace {

using namespace detail;

void check(const Pedigree& pedigree, std::span<const ObservedGenotype> observed, const LocusModel& model,
           const ObservationModel& observation) {
  if (observed.size() != pedigree.size())
    throw Error(ErrorKind::failure,
                fmt::format("locus {}: {} observations for {} persons", model.locus.name, observed.size(), pedigree.size()));
  for (const double p : {observation.error_rate, observation.dropout, observation.dropin})
    if (!(p >= 0.0 && p <= 1.0))
      throw ModelError(model.locus.name, fmt::format("a typing-error, drop-out or drop-in probability is {}, expected 0 to 1", p));
}

std::vector<std::optional<Evidence>> evidence_of(const GeneGraph& graph, const StateSpace& space,
                                                 std::span<const ObservedGenotype> observed, const ObservationModel& observation) {
  std::vector<std::optional<Evidence>> evidence(observed.size());
  for (std::size_t person = 0; person < observed.size(); ++person)
    if (observed[person].kind != Observation::untyped)
      evidence[person] = space.evidence(observed[person], graph.copies(person), observation);
  return evidence;
}

/// True when some person's observation is impossible whatever the pedigree, e.g. two alleles seen of an all-dropped copy.
bool impossible(const std::vector<std::optional<Evidence>>& evidence) {
  for (const std::optional<Evidence>& seen : evidence)
    if (seen && seen->domain.empty()) return true;
  return false;
}

/// The meioses of a graph, one bit each.
std::vector<int> meioses_of(const GeneGraph& graph) {
  std::vector<int> meioses;
  for (std::size_t g = 0; g < graph.genes().size(); ++g)
    if (graph.genes()[g].needed && graph.genes()[g].meiosis()) meioses.push_back(static_cast<int>(g));
  return meioses;
}

/// P(observations at one locus | inheritance vector), by vector; 0 where `wanted` is false. Returns the common exponent.
long likelihoods_by_vector(const GeneGraph& graph, const std::vector<int>& meioses, const LocusSum& locus, std::size_t fixed_bits,
                           std::vector<double>& by_vector) {
  std::vector<ScaledLikelihood> scaled(by_vector.size());
  long largest = std::numeric_limits<long>::min();
  for (std::size_t vector = 0; vector < scaled.size(); ++vector) {
    if ((vector & fixed_bits) != 0) continue;
    GeneGraph decided = graph;
    for (std::size_t k = 0; k < meioses.size(); ++k) decided.decide(meioses[k], static_cast<int>(vector >> k & 1U));
    const ScaledSum sum = locus.evaluate(std::move(decided));
    scaled[vector] = {sum.values()[0], sum.exponent()};
    if (sum.values()[0] > 0.0) largest = std::max(largest, sum.exponent());
  }
  for (std::size_t vector = 0; vector < scaled.size(); ++vector)
    if (scaled[vector].value > 0.0)
      by_vector[vector] = std::ldexp(scaled[vector].value, static_cast<int>(std::max(scaled[vector].exponent - largest, -4000L)));
  return largest == std::numeric_limits<long>::min() ? 0 : largest;
}

/// Recombines in place: by_vector becomes sum over v' of product over meioses of rho (different) or 1 - rho (same).
void recombine(std::vector<double>& by_vector, double rho) {
  for (std::size_t bit = 1; bit < by_vector.size(); bit <<= 1U)
    for (std::size_t vector = 0; vector < by_vector.size(); ++vector) {
      if ((vector & bit) != 0) continue;
      const double same = by_vector[vector];
      const double other = by_vector[vector | bit];
      by_vector[vector] = (1.0 - rho) * same + rho * other;
      by_vector[vector | bit] = rho * same + (1.0 - rho) * other;
    }
}

}  // namespace

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
  check(pedigree, observed, model, observation);
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
  check(pedigree, observed, model, observation);
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

ScaledLikelihood linked_pair_likelihood(const Pedigree& pedigree, const LinkedLocus& first, const LinkedLocus& second, double rho,
                                        const ObservationModel& observation) {
  check(pedigree, first.observed, first.model, observation);
  check(pedigree, second.observed, second.model, observation);
  if (!(rho >= 0.0 && rho <= 0.5)) throw Error(ErrorKind::input, fmt::format("the recombination fraction is {}, expected 0 to 0.5", rho));
  if (first.model.locus.chromosome != second.model.locus.chromosome)
    throw Error(ErrorKind::input, "two linked loci must lie on the same chromosome");
  const StateSpace space1(first.model, first.observed, StateSpace::Lumping::allowed);
  const StateSpace space2(second.model, second.observed, StateSpace::Lumping::allowed);
  GeneGraph graph(pedigree, first.model.locus.chromosome);
  std::vector<std::optional<Evidence>> evidence1 = evidence_of(graph, space1, first.observed, observation);
  std::vector<std::optional<Evidence>> evidence2 = evidence_of(graph, space2, second.observed, observation);
  if (impossible(evidence1) || impossible(evidence2)) return {};
  std::vector<bool> matters(pedigree.size());
  for (std::size_t person = 0; person < matters.size(); ++person) matters[person] = evidence1[person] || evidence2[person];
  graph.prune(matters);

  const std::vector<int> meioses = meioses_of(graph);
  if (meioses.size() > 20)
    throw Error(ErrorKind::failure,
                fmt::format("a linked pair with {} meioses is not supported (at most 20); leave out untyped relatives", meioses.size()));
  // A founder's two haplotypes are interchangeable: one meiosis of each founder is decided at the first locus.
  std::size_t fixed_bits = 0;
  for (const int gene : graph.one_meiosis_per_founder(std::vector<bool>(pedigree.size(), true)))
    for (std::size_t k = 0; k < meioses.size(); ++k)
      if (meioses[k] == gene) fixed_bits |= std::size_t{1} << k;

  std::vector<double> by_vector1(std::size_t{1} << meioses.size(), 0.0);
  std::vector<double> by_vector2(by_vector1.size(), 0.0);
  const LocusSum locus1(space1, first.model.theta, std::move(evidence1), LocusSum::kNobodyOpen, FounderOrder::distinct);
  const LocusSum locus2(space2, second.model.theta, std::move(evidence2), LocusSum::kNobodyOpen, FounderOrder::distinct);
  const long exponent1 = likelihoods_by_vector(graph, meioses, locus1, fixed_bits, by_vector1);
  const long exponent2 = likelihoods_by_vector(graph, meioses, locus2, 0, by_vector2);
  recombine(by_vector2, rho);
  double total = 0.0;
  std::size_t counted = 0;
  for (std::size_t vector = 0; vector < by_vector1.size(); ++vector) {
    if ((vector & fixed_bits) != 0) continue;
    ++counted;
    total += by_vector1[vector] * by_vector2[vector];
  }
  return {total / static_cast<double>(counted), exponent1 + exponent2};
}

}  // namespace homeward
