#include "likelihood/state_space.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "homeward/error.hpp"

namespace homeward::detail {

namespace {

/// True when the alleles of `block` cannot be told apart by any other allele they mutate to.
bool lumpable(const TransitionMatrix& m, const std::vector<bool>& in_block, std::size_t representative) {
  for (std::size_t i = 0; i < in_block.size(); ++i) {
    if (!in_block[i]) continue;
    for (std::size_t j = 0; j < in_block.size(); ++j)
      if (!in_block[j] && m(i, j) != m(representative, j)) return false;
  }
  return true;
}

void check_model(const LocusModel& model) {
  const std::size_t n = model.frequencies.size();
  if (n == 0 || n != model.locus.alleles.size())
    throw ModelError(model.locus.name, fmt::format("{} alleles but {} frequencies", model.locus.alleles.size(), n));
  for (const TransitionMatrix* m : {&model.male, &model.female})
    if (m->size() != n)
      throw ModelError(model.locus.name, fmt::format("a mutation matrix is {} x {}, expected {} x {}", m->size(), m->size(), n, n));
  if (!(model.theta >= 0.0 && model.theta < 1.0))
    throw ModelError(model.locus.name, fmt::format("theta is {}, expected 0 or more and below 1", model.theta));
  if (!(model.silent >= 0.0 && model.silent < 1.0))
    throw ModelError(model.locus.name, fmt::format("the silent allele has frequency {}, expected 0 or more and below 1", model.silent));
  if (model.locus.chromosome != Chromosome::autosomal && model.locus.chromosome != Chromosome::x)
    throw Error(ErrorKind::failure,
                "locus " + model.locus.name + ": only autosomal and X-chromosomal loci have a pedigree likelihood here");
}

/// Which alleles somebody shows.
std::vector<bool> shown_alleles(const LocusModel& model, std::span<const ObservedGenotype> observed) {
  std::vector<bool> shown(model.frequencies.size(), false);
  for (const ObservedGenotype& person : observed) {
    if (person.kind == Observation::untyped) continue;
    for (const Allele allele : {person.genotype.a, person.genotype.b}) {
      if (allele.empty()) continue;
      const auto index = model.locus.index_of(allele);
      if (!index)
        throw ModelError(model.locus.name,
                         "a typed person has an allele that is not in the frequency table; add it with a frequency first");
      shown[*index] = true;
    }
  }
  return shown;
}

}  // namespace

double Evidence::weight(State x) const {
  const auto it = std::lower_bound(domain.begin(), domain.end(), x);
  return it == domain.end() || *it != x ? 0.0 : weights[static_cast<std::size_t>(it - domain.begin())];
}

double Evidence::weight(State x, State y) const {
  const auto i = std::lower_bound(domain.begin(), domain.end(), x);
  const auto j = std::lower_bound(domain.begin(), domain.end(), y);
  if (i == domain.end() || *i != x || j == domain.end() || *j != y) return 0.0;
  return weights[static_cast<std::size_t>(i - domain.begin()) * domain.size() + static_cast<std::size_t>(j - domain.begin())];
}

StateSpace::StateSpace(const LocusModel& model, std::span<const ObservedGenotype> observed, Lumping lumping)
    : model_(model), has_silent_(model.silent > 0.0) {
  check_model(model);
  const std::size_t n = model.frequencies.size();
  const std::vector<bool> shown = shown_alleles(model, observed);
  std::vector<bool> unseen(n);
  for (std::size_t i = 0; i < n; ++i) unseen[i] = !shown[i];
  const auto first = static_cast<std::size_t>(std::find(unseen.begin(), unseen.end(), true) - unseen.begin());
  const bool lump =
      lumping == Lumping::allowed && first < n && lumpable(model.male, unseen, first) && lumpable(model.female, unseen, first);

  std::vector<std::size_t> representative;  // allele that stands for each visible state
  state_of_allele_.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    if (lump && unseen[i] && i != first) continue;
    state_of_allele_[i] = static_cast<State>(representative.size());
    representative.push_back(i);
  }
  if (lump)
    for (std::size_t i = 0; i < n; ++i)
      if (unseen[i]) state_of_allele_[i] = state_of_allele_[first];

  const std::size_t size = representative.size() + (has_silent_ ? 1 : 0);
  frequencies_.assign(size, 0.0);
  dropin_.assign(size, 0.0);
  for (std::size_t i = 0; i < n; ++i) dropin_[state_of_allele_[i]] += model.frequencies[i];
  for (std::size_t x = 0; x < size; ++x) frequencies_[x] = has_silent_ ? dropin_[x] * (1.0 - model.silent) : dropin_[x];
  if (has_silent_) frequencies_.back() = model.silent;

  const auto fill = [&](const TransitionMatrix& m, std::vector<double>& out) {
    out.assign(size * size, 0.0);
    if (has_silent_) out.back() = 1.0;
    for (std::size_t x = 0; x < representative.size(); ++x)
      for (std::size_t j = 0; j < n; ++j) out[x * size + state_of_allele_[j]] += m(representative[x], j);
  };
  fill(model.male, male_);
  fill(model.female, female_);
}

State StateSpace::state_of(Allele allele) const { return state_of_allele_[*model_.locus.index_of(allele)]; }

Evidence StateSpace::genotype_evidence(State x, State y, int copies) const {
  Evidence evidence;
  if (copies == 1) {
    if (x != y)
      throw Error(ErrorKind::input,
                  "locus " + model_.locus.name + ": a male has two different alleles at an X-chromosomal locus; expected one");
    return {{x}, {1.0}, true};
  }
  if (x != y) return {{std::min(x, y), std::max(x, y)}, {0.0, 1.0, 1.0, 0.0}, false};
  if (!has_silent_) return {{x}, {1.0}, false};
  return {{x, static_cast<State>(size() - 1)}, {1.0, 1.0, 1.0, 0.0}, false};
}

Evidence StateSpace::error_evidence(State x, State y, const ObservationModel& observation) const {
  const double e = observation.error_rate;
  Evidence evidence;
  for (std::size_t s = 0; s < size(); ++s) evidence.domain.push_back(static_cast<State>(s));
  const auto read = [e](State truth, State seen) { return truth == seen ? 1.0 - e : e; };
  for (const State a : evidence.domain)
    for (const State b : evidence.domain) {
      const bool same = std::minmax(a, b) == std::minmax(x, y);
      double p = same ? 1.0 - e : e / 2.0;
      if (observation.error == ErrorModel::e2) p = read(a, x) * read(b, y) + (x == y ? 0.0 : read(a, y) * read(b, x));
      evidence.weights.push_back(p);
    }
  return evidence;
}

double StateSpace::outcome_of_dropout(std::span<const State> copies, std::span<const State> seen, double dropout) const {
  // Every copy stays or drops; a silent copy is never seen.
  double total = 0.0;
  for (unsigned kept = 0; kept < 1U << copies.size(); ++kept) {
    double p = 1.0;
    bool fits = true;
    for (std::size_t k = 0; k < copies.size() && fits; ++k) {
      const bool stays = (kept >> k & 1U) != 0;
      if (silent(copies[k])) {
        fits = !stays;  // counted once, as dropped
        continue;
      }
      p *= stays ? 1.0 - dropout : dropout;
      if (stays) fits = std::find(seen.begin(), seen.end(), copies[k]) != seen.end();
    }
    for (const State s : seen) {
      bool shown = false;
      for (std::size_t k = 0; k < copies.size(); ++k) shown = shown || ((kept >> k & 1U) != 0 && copies[k] == s);
      fits = fits && shown;
    }
    if (fits) total += p;
  }
  return total;
}

double StateSpace::outcome_of_set(std::span<const State> copies, std::span<const State> seen, const ObservationModel& observation) const {
  const double c = observation.dropin;
  const double without = outcome_of_dropout(copies, seen, observation.dropout);
  if (c == 0.0) return without;
  double total = (1.0 - c) * without;
  for (std::size_t k = 0; k < seen.size(); ++k) {
    std::vector<State> others(seen.begin(), seen.end());
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(k));
    total += c * dropin_[seen[k]] * (without + outcome_of_dropout(copies, others, observation.dropout));
  }
  return total;
}

Evidence StateSpace::set_evidence(std::span<const State> seen, int copies, const ObservationModel& observation) const {
  Evidence evidence;
  evidence.one_gene = copies == 1;
  const auto n = static_cast<State>(size());
  std::vector<double> table;
  std::vector<bool> possible(n, false);
  for (State a = 0; a < n; ++a)
    for (State b = 0; b < (copies == 1 ? 1 : n); ++b) {
      const std::array<State, 2> genes{a, b};
      table.push_back(outcome_of_set({genes.data(), static_cast<std::size_t>(copies)}, seen, observation));
      if (table.back() > 0.0) possible[a] = true;
    }
  for (State a = 0; a < n; ++a)
    if (possible[a]) evidence.domain.push_back(a);
  const std::size_t width = copies == 1 ? 1 : n;
  for (const State a : evidence.domain) {
    if (copies == 1) evidence.weights.push_back(table[a]);
    if (copies == 2)
      for (const State b : evidence.domain) evidence.weights.push_back(table[a * width + b]);
  }
  return evidence;
}

Evidence StateSpace::evidence(const ObservedGenotype& seen, int copies, const ObservationModel& observation) const {
  const std::string& locus = model_.locus.name;
  if (seen.kind == Observation::set) {
    if (observation.error != ErrorModel::none)
      throw Error(ErrorKind::failure, "locus " + locus + ": a typing-error model together with drop-out is not supported");
    std::vector<State> states;
    if (!seen.genotype.a.empty()) states.push_back(state_of(seen.genotype.a));
    if (!seen.genotype.b.empty() && seen.genotype.b != seen.genotype.a) states.push_back(state_of(seen.genotype.b));
    return set_evidence(states, copies, observation);
  }
  if (!seen.genotype.typed() || seen.genotype.half_known())
    throw Error(ErrorKind::input, "locus " + locus + ": a fully typed person needs two alleles; say set for a partial profile");
  const State x = state_of(seen.genotype.a);
  const State y = state_of(seen.genotype.b);
  if (observation.error == ErrorModel::none || observation.error_rate == 0.0) return genotype_evidence(x, y, copies);
  if (has_silent_ || copies == 1 || model_.frequencies.size() > 2)
    throw Error(ErrorKind::failure,
                "locus " + locus + ": typing-error models hold for autosomal loci of two alleles without a silent allele");
  return error_evidence(x, y, observation);
}

}  // namespace homeward::detail
