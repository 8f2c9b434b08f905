#include "likelihood/cpi.hpp"

#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <span>

#include "homeward/error.hpp"

namespace homeward {

namespace {

/// Whole repeats between two alleles of one decimal class; nullopt for alleles of different classes.
std::optional<unsigned> whole_steps(Allele x, Allele y) {
  if (!x.is_str() || !y.is_str() || x.bases() != y.bases()) return std::nullopt;
  return x.repeats() > y.repeats() ? x.repeats() - y.repeats() : y.repeats() - x.repeats();
}

double frequency(const LocusModel& model, Allele allele) {
  const auto index = model.locus.index_of(allele);
  if (!index)
    throw ModelError(model.locus.name, "an allele of the child is not in the frequency table; add it by the rare-allele rule first");
  return model.frequencies[*index];
}

/// Fewest whole steps between the parent's alleles and the candidates; 0 = none exists.
unsigned fewest_steps(const LocusModel& model, Genotype parent, std::span<const Allele> candidates) {
  unsigned fewest = 0;
  for (const Allele a : {parent.a, parent.b})
    for (const Allele x : candidates) {
      if (a == x)
        throw Error(ErrorKind::failure, "locus " + model.locus.name + ": the empirical step is for loci that break Mendel's rules only");
      const std::optional<unsigned> steps = whole_steps(a, x);
      if (steps && (fewest == 0 || *steps < fewest)) fewest = *steps;
    }
  return fewest;
}

int count_at(Genotype parent, Allele x, unsigned steps) {
  return (whole_steps(parent.a, x) == steps ? 1 : 0) + (whole_steps(parent.b, x) == steps ? 1 : 0);
}

void require_typed(const LocusModel& model, std::span<const Genotype> genotypes) {
  for (const Genotype& genotype : genotypes)
    if (!genotype.typed() || genotype.half_known())
      throw Error(ErrorKind::failure, "locus " + model.locus.name + ": the empirical step needs full genotypes");
}

}  // namespace

EmpiricalIndex empirical_duo_index(const LocusModel& model, Genotype parent, Genotype child, double rate) {
  require_typed(model, std::array{parent, child});
  const std::array candidates{child.a, child.b};
  const unsigned steps = fewest_steps(model, parent, candidates);
  if (steps == 0) return {rate, 0};
  double sum = 0.0;
  for (const Allele x : candidates) sum += count_at(parent, x, steps) / frequency(model, x);
  return {rate * std::pow(10.0, 1.0 - steps) * sum / 8.0, steps};
}

EmpiricalIndex empirical_trio_index(const LocusModel& model, Genotype tested, Genotype known, Genotype child, double rate) {
  require_typed(model, std::array{tested, known, child});
  const auto in_known = [&](Allele x) { return known.a == x || known.b == x; };
  std::set<Allele> obligate;  // the child's alleles that may come from the tested parent
  if (in_known(child.b)) obligate.insert(child.a);
  if (in_known(child.a)) obligate.insert(child.b);
  if (obligate.empty()) throw Error(ErrorKind::failure, "locus " + model.locus.name + ": the known parent shares no allele with the child");
  const std::vector<Allele> candidates(obligate.begin(), obligate.end());
  const unsigned steps = fewest_steps(model, tested, candidates);
  if (steps == 0) return {rate, 0};
  int pairs = 0;
  double frequencies = 0.0;
  for (const Allele x : candidates) {
    pairs += count_at(tested, x, steps);
    frequencies += frequency(model, x);
  }
  return {pairs * rate / (4.0 * std::pow(10.0, steps - 1.0) * frequencies), steps};
}

}  // namespace homeward
