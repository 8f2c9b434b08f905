// Two linked loci of one pedigree: the sum over pairs of inheritance vectors (METHODS, "Linked loci").
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "homeward/error.hpp"
#include "homeward/likelihood.hpp"
#include "likelihood/graph_evidence.hpp"
#include "likelihood/locus_sum.hpp"

namespace homeward {

namespace {

using namespace detail;

/// The meioses of a graph, one bit each.
std::vector<int> meioses_of(const GeneGraph& graph) {
  std::vector<int> meioses;
  for (std::size_t g = 0; g < graph.genes().size(); ++g)
    if (graph.genes()[g].needed && graph.genes()[g].meiosis()) meioses.push_back(static_cast<int>(g));
  return meioses;
}

/// What the two loci have in common: the meioses that matter at either of them.
struct Inheritance {
  GeneGraph graph;
  std::vector<int> meioses;
  std::size_t fixed_bits = 0;  ///< one meiosis of each founder is decided at the first locus: its two haplotypes are interchangeable
  std::size_t n_vectors() const { return std::size_t{1} << meioses.size(); }
  bool fixed(std::size_t vector) const { return (vector & fixed_bits) != 0; }
  GeneGraph decided(std::size_t vector) const {
    GeneGraph one = graph;
    for (std::size_t k = 0; k < meioses.size(); ++k) one.decide(meioses[k], static_cast<int>(vector >> k & 1U));
    return one;
  }
};

Inheritance inheritance_of(const Pedigree& pedigree, Chromosome chromosome, const std::vector<bool>& matters, std::size_t most_meioses) {
  Inheritance all{GeneGraph(pedigree, chromosome), {}, 0};
  all.graph.prune(matters);
  all.meioses = meioses_of(all.graph);
  if (all.meioses.size() > most_meioses)
    throw Error(ErrorKind::failure, fmt::format("a linked pair with {} meioses is not supported (at most {}); leave out untyped relatives",
                                                all.meioses.size(), most_meioses));
  for (const int gene : all.graph.one_meiosis_per_founder(std::vector<bool>(pedigree.size(), true)))
    for (std::size_t k = 0; k < all.meioses.size(); ++k)
      if (all.meioses[k] == gene) all.fixed_bits |= std::size_t{1} << k;
  return all;
}

/// Rows of numbers by inheritance vector, all of them x 2^exponent.
struct ByVector {
  ByVector(std::size_t n_vectors, std::size_t row_width) : width(row_width), values(n_vectors * row_width, 0.0) {}
  std::size_t width;
  std::vector<double> values;
  long exponent = 0;
  double* row(std::size_t vector) { return values.data() + vector * width; }
  const double* row(std::size_t vector) const { return values.data() + vector * width; }
};

/// Fills the rows of all vectors, or of those not fixed at the first locus: fill(sum, row) writes a row from the cells of a sum.
template <typename Fill>
ByVector rows_by_vector(const Inheritance& all, const LocusSum& locus, bool first, std::size_t width, Fill fill) {
  ByVector rows(all.n_vectors(), width);
  std::vector<long> exponents(all.n_vectors(), 0);
  long largest = std::numeric_limits<long>::min();
  for (std::size_t vector = 0; vector < all.n_vectors(); ++vector) {
    if (first && all.fixed(vector)) continue;
    const ScaledSum sum = locus.evaluate(all.decided(vector));
    fill(sum.values(), rows.row(vector));
    exponents[vector] = sum.exponent();
    if (std::any_of(rows.row(vector), rows.row(vector) + width, [](double value) { return value > 0.0; }))
      largest = std::max(largest, sum.exponent());
  }
  if (largest == std::numeric_limits<long>::min()) return rows;
  rows.exponent = largest;
  for (std::size_t vector = 0; vector < all.n_vectors(); ++vector) {
    if (exponents[vector] == largest) continue;
    const int shift = static_cast<int>(std::max(exponents[vector] - largest, -4000L));
    std::for_each(rows.row(vector), rows.row(vector) + width, [shift](double& value) { value = std::ldexp(value, shift); });
  }
  return rows;
}

/// Recombines in place: every row becomes the sum over v' of product over meioses of rho (different) or 1 - rho (same).
void recombine(ByVector& rows, double rho) {
  const std::size_t n_vectors = rows.values.size() / rows.width;
  for (std::size_t bit = 1; bit < n_vectors; bit <<= 1U)
    for (std::size_t vector = 0; vector < n_vectors; ++vector) {
      if ((vector & bit) != 0) continue;
      double* a = rows.row(vector);
      double* b = rows.row(vector | bit);
      for (std::size_t i = 0; i < rows.width; ++i) {
        const double same = a[i], other = b[i];
        a[i] = (1.0 - rho) * same + rho * other;
        b[i] = rho * same + (1.0 - rho) * other;
      }
    }
}

void check_pair(const LinkedLocus& first, const LinkedLocus& second, double rho) {
  if (!(rho >= 0.0 && rho <= 0.5)) throw Error(ErrorKind::input, fmt::format("the recombination fraction is {}, expected 0 to 0.5", rho));
  if (first.model.locus.chromosome != second.model.locus.chromosome)
    throw Error(ErrorKind::input, "two linked loci must lie on the same chromosome");
}

/// From the cells of the missing person's two genes: the sum of all, then its genotypes by code. States are alleles; a/a may be
/// a/silent.
void genotype_row(const std::vector<double>& cells, std::size_t n_states, std::size_t n_alleles, double* row) {
  row[kUntyped] = 0.0;
  for (const double cell : cells) row[kUntyped] += cell;
  for (std::size_t y = 0; y < n_alleles; ++y) {
    for (std::size_t x = 0; x < y; ++x)
      row[genotype_code(static_cast<AlleleIndex>(x), static_cast<AlleleIndex>(y))] = cells[x * n_states + y] + cells[y * n_states + x];
    double& homozygous = row[genotype_code(static_cast<AlleleIndex>(y), static_cast<AlleleIndex>(y))];
    homozygous = cells[y * n_states + y];
    if (n_states > n_alleles) homozygous += cells[y * n_states + n_alleles] + cells[n_alleles * n_states + y];
  }
}

}  // namespace

ScaledLikelihood linked_pair_likelihood(const Pedigree& pedigree, const LinkedLocus& first, const LinkedLocus& second, double rho,
                                        const ObservationModel& observation) {
  check_observations(pedigree, first.observed, first.model, observation);
  check_observations(pedigree, second.observed, second.model, observation);
  check_pair(first, second, rho);
  const StateSpace space1(first.model, first.observed, StateSpace::Lumping::allowed);
  const StateSpace space2(second.model, second.observed, StateSpace::Lumping::allowed);
  const GeneGraph graph(pedigree, first.model.locus.chromosome);
  std::vector<std::optional<Evidence>> evidence1 = evidence_of(graph, space1, first.observed, observation);
  std::vector<std::optional<Evidence>> evidence2 = evidence_of(graph, space2, second.observed, observation);
  if (impossible(evidence1) || impossible(evidence2)) return {};
  std::vector<bool> matters(pedigree.size());
  for (std::size_t person = 0; person < matters.size(); ++person) matters[person] = evidence1[person] || evidence2[person];
  const Inheritance all = inheritance_of(pedigree, first.model.locus.chromosome, matters, 20);

  const LocusSum locus1(space1, first.model.theta, std::move(evidence1), LocusSum::kNobodyOpen, FounderOrder::distinct);
  const LocusSum locus2(space2, second.model.theta, std::move(evidence2), LocusSum::kNobodyOpen, FounderOrder::distinct);
  const auto copy = [](const std::vector<double>& cells, double* row) { row[0] = cells[0]; };
  const ByVector rows1 = rows_by_vector(all, locus1, true, 1, copy);
  ByVector rows2 = rows_by_vector(all, locus2, false, 1, copy);
  recombine(rows2, rho);
  double total = 0.0;
  std::size_t counted = 0;
  for (std::size_t vector = 0; vector < all.n_vectors(); ++vector) {
    if (all.fixed(vector)) continue;
    ++counted;
    total += rows1.row(vector)[0] * rows2.row(vector)[0];
  }
  return {total / static_cast<double>(counted), rows1.exponent + rows2.exponent};
}

std::vector<double> linked_missing_probabilities(const Pedigree& pedigree, PersonInPedigree missing, const LinkedLocus& first,
                                                 const LinkedLocus& second, double rho) {
  check_observations(pedigree, first.observed, first.model, {});
  check_observations(pedigree, second.observed, second.model, {});
  check_pair(first, second, rho);
  if (first.model.theta > 0.0 || second.model.theta > 0.0 || first.model.locus.chromosome != Chromosome::autosomal)
    throw Error(ErrorKind::failure, "tables of linked pairs are supported for autosomal loci without theta only");
  const auto others = [missing](const LinkedLocus& locus) {
    std::vector<ObservedGenotype> observed(locus.observed.begin(), locus.observed.end());
    observed[static_cast<std::size_t>(missing)] = {};
    return observed;
  };
  const std::vector<ObservedGenotype> observed1 = others(first), observed2 = others(second);
  const StateSpace space1(first.model, observed1, StateSpace::Lumping::off);
  const StateSpace space2(second.model, observed2, StateSpace::Lumping::off);
  const GeneGraph graph(pedigree, Chromosome::autosomal);
  std::vector<std::optional<Evidence>> evidence1 = evidence_of(graph, space1, observed1, {});
  std::vector<std::optional<Evidence>> evidence2 = evidence_of(graph, space2, observed2, {});
  std::vector<bool> matters(pedigree.size());
  for (std::size_t person = 0; person < matters.size(); ++person)
    matters[person] = evidence1[person] || evidence2[person] || static_cast<PersonInPedigree>(person) == missing;
  const Inheritance all = inheritance_of(pedigree, Chromosome::autosomal, matters, kMostMeiosesOfTable);

  const std::size_t n1 = first.model.frequencies.size(), n2 = second.model.frequencies.size();
  const std::size_t width1 = genotype_code_count(n1), width2 = genotype_code_count(n2);
  const LocusSum locus1(space1, 0.0, std::move(evidence1), missing, FounderOrder::distinct);
  const LocusSum locus2(space2, 0.0, std::move(evidence2), missing, FounderOrder::distinct);
  const ByVector rows1 = rows_by_vector(
      all, locus1, true, width1, [&](const std::vector<double>& cells, double* row) { genotype_row(cells, space1.size(), n1, row); });
  ByVector rows2 = rows_by_vector(all, locus2, false, width2,
                                  [&](const std::vector<double>& cells, double* row) { genotype_row(cells, space2.size(), n2, row); });
  recombine(rows2, rho);

  std::vector<double> joint(width1 * width2, 0.0);
  for (std::size_t vector = 0; vector < all.n_vectors(); ++vector) {
    if (all.fixed(vector)) continue;
    const double* a = rows1.row(vector);
    const double* b = rows2.row(vector);
    for (std::size_t i = 0; i < width1; ++i) {
      if (a[i] == 0.0) continue;
      double* out = joint.data() + i * width2;
      for (std::size_t j = 0; j < width2; ++j) out[j] += a[i] * b[j];
    }
  }
  const double relatives = joint[0];  // both codes 0: the sum of everything
  if (!(relatives > 0.0)) return {};
  for (double& value : joint) value /= relatives;
  return joint;
}

}  // namespace homeward
