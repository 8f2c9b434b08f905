// The slow, obviously right likelihood: every true genotype of every person, one after another.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "homeward/likelihood.hpp"

namespace homeward::oracle {

/// Random numbers that are the same with every standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
  double uniform() { return static_cast<double>(engine_() >> 11U) * 0x1.0p-53; }
  bool chance(double p) { return uniform() < p; }

 private:
  std::mt19937_64 engine_;
};

/// States 0..n-1 are the locus's alleles, state n is the silent allele if there is one.
struct Truth {
  std::size_t x = 0, y = 0;  ///< from father, from mother; an X-chromosomal male has y only
};

class Oracle {
 public:
  Oracle(const Pedigree& pedigree, const std::vector<ObservedGenotype>& observed, const LocusModel& model,
         const ObservationModel& observation)
      : pedigree_(pedigree),
        observed_(observed),
        model_(model),
        observation_(observation),
        order_(pedigree.parents_first()),
        truth_(pedigree.size()) {
    n_ = model.frequencies.size() + (model.silent > 0.0 ? 1 : 0);
    for (std::size_t a = 0; a < n_; ++a)
      p_.push_back(a < model.frequencies.size() ? model.frequencies[a] * (1.0 - model.silent) : model.silent);
    drawn_.assign(n_, 0);
  }
  double likelihood() { return sum(0); }

 private:
  bool one_copy(std::size_t person) const { return model_.locus.chromosome == Chromosome::x && pedigree_[person].sex == Sex::male; }
  double mutate(bool male, std::size_t from, std::size_t to) const {
    const std::size_t visible = model_.frequencies.size();
    if (from >= visible || to >= visible) return from == to ? 1.0 : 0.0;
    return (male ? model_.male : model_.female)(from, to);
  }
  double inherit(PersonInPedigree parent, bool male, std::size_t to) const {
    const Truth& genes = truth_[static_cast<std::size_t>(parent)];
    if (one_copy(static_cast<std::size_t>(parent))) return mutate(male, genes.y, to);
    return (mutate(male, genes.x, to) + mutate(male, genes.y, to)) / 2.0;
  }
  double draw(std::size_t a) {
    const double p = total_ == 0 ? p_[a]
                                 : (static_cast<double>(drawn_[a]) * model_.theta + (1.0 - model_.theta) * p_[a]) /
                                       (1.0 + (total_ - 1.0) * model_.theta);
    ++drawn_[a];
    total_ += 1.0;
    return p;
  }
  void put_back(std::size_t a) {
    --drawn_[a];
    total_ -= 1.0;
  }
  double sum(std::size_t next) {
    if (next == order_.size()) return 1.0;
    const auto person = static_cast<std::size_t>(order_[next]);
    const PedigreePerson& who = pedigree_[person];
    double total = 0.0;
    const auto second = [&](double so_far, std::size_t x) {
      for (std::size_t y = 0; y < n_; ++y) {
        truth_[person] = {x, y};
        const double seen = weight(person);
        if (seen == 0.0) continue;
        const double p = who.mother >= 0 ? inherit(who.mother, false, y) : draw(y);
        if (p > 0.0) total += so_far * p * seen * sum(next + 1);
        if (who.mother < 0) put_back(y);
      }
    };
    if (one_copy(person)) {
      second(1.0, 0);
      return total;
    }
    for (std::size_t x = 0; x < n_; ++x) {
      const double p = who.father >= 0 ? inherit(who.father, true, x) : draw(x);
      if (p > 0.0) second(p, x);
      if (who.father < 0) put_back(x);
    }
    return total;
  }

  bool silent(std::size_t a) const { return a >= model_.frequencies.size(); }
  /// P(what was seen | true genotype), from the definitions.
  double weight(std::size_t person) const {
    const ObservedGenotype& seen = observed_[person];
    if (seen.kind == Observation::untyped) return 1.0;
    const Truth& t = truth_[person];
    const bool one = one_copy(person);
    std::set<std::size_t> shown;
    for (const Allele a : {seen.genotype.a, seen.genotype.b})
      if (!a.empty()) shown.insert(*model_.locus.index_of(a));
    if (seen.kind == Observation::set) return set_weight(one ? std::vector<std::size_t>{t.y} : std::vector<std::size_t>{t.x, t.y}, shown);
    if (one) return shown.count(t.y) != 0 ? 1.0 : 0.0;
    if (observation_.error != ErrorModel::none)
      return error_weight(t, *model_.locus.index_of(seen.genotype.a), *model_.locus.index_of(seen.genotype.b));
    std::set<std::size_t> visible;
    for (const std::size_t a : {t.x, t.y})
      if (!silent(a)) visible.insert(a);
    return visible == shown ? 1.0 : 0.0;
  }
  double error_weight(const Truth& t, std::size_t a, std::size_t b) const {
    const double e = observation_.error_rate;
    if (observation_.error == ErrorModel::e1) return std::minmax({t.x, t.y}) == std::minmax({a, b}) ? 1.0 - e : e / 2.0;
    double total = 0.0;
    for (std::size_t r = 0; r < 2; ++r)
      for (std::size_t s = 0; s < 2; ++s)
        if (std::minmax({r, s}) == std::minmax({a, b})) total += (r == t.x ? 1.0 - e : e) * (s == t.y ? 1.0 - e : e);
    return total;
  }
  double dropout_weight(const std::vector<std::size_t>& copies, const std::set<std::size_t>& shown) const {
    double total = 0.0;
    for (unsigned lost = 0; lost < 1U << copies.size(); ++lost) {
      double p = 1.0;
      std::set<std::size_t> left;
      for (std::size_t k = 0; k < copies.size(); ++k) {
        const bool drops = (lost >> k & 1U) != 0;
        p *= drops ? observation_.dropout : 1.0 - observation_.dropout;
        if (!drops && !silent(copies[k])) left.insert(copies[k]);
      }
      if (left == shown) total += p;
    }
    return total;
  }
  double set_weight(const std::vector<std::size_t>& copies, const std::set<std::size_t>& shown) const {
    const double c = observation_.dropin;
    double total = (1.0 - c) * dropout_weight(copies, shown);
    for (const std::size_t extra : shown) {
      std::set<std::size_t> before = shown;
      total += c * model_.frequencies[extra] * dropout_weight(copies, before);
      before.erase(extra);
      total += c * model_.frequencies[extra] * dropout_weight(copies, before);
    }
    return total;
  }

  const Pedigree& pedigree_;
  const std::vector<ObservedGenotype>& observed_;
  const LocusModel& model_;
  const ObservationModel& observation_;
  std::vector<PersonInPedigree> order_;
  std::vector<Truth> truth_;
  std::size_t n_ = 0;
  std::vector<double> p_;
  std::vector<int> drawn_;
  double total_ = 0.0;
};

inline double oracle_likelihood(const Pedigree& pedigree, const std::vector<ObservedGenotype>& observed, const LocusModel& model,
                                const ObservationModel& observation) {
  return Oracle(pedigree, observed, model, observation).likelihood();
}

/// A pedigree of n persons in random order: founders, children of two earlier persons (inbreeding and parent-child
/// matings included), and population gametes in place of one or both parents.
inline Pedigree random_pedigree(Random& random, std::size_t n) {
  std::vector<PedigreePerson> persons(n);
  std::vector<std::size_t> place(n);
  for (std::size_t i = 0; i < n; ++i) place[i] = i;
  for (std::size_t i = n; i > 1; --i) std::swap(place[i - 1], place[random.below(i)]);
  std::vector<PersonInPedigree> males, females;
  for (std::size_t i = 0; i < n; ++i) {
    PedigreePerson& person = persons[place[i]];
    person.id = "P" + std::to_string(place[i]);
    person.sex = random.chance(0.5) ? Sex::male : Sex::female;
    const auto pick = [&](const std::vector<PersonInPedigree>& from) {
      return from.empty() || random.chance(0.15) ? kPopulationGamete : from[random.below(from.size())];
    };
    if (!random.chance(0.35)) {
      person.father = pick(males);
      person.mother = pick(females);
    }
    (person.sex == Sex::male ? males : females).push_back(static_cast<PersonInPedigree>(place[i]));
  }
  return Pedigree(std::move(persons));
}

inline TransitionMatrix random_matrix(Random& random, std::size_t n) {
  TransitionMatrix m(n);
  for (std::size_t i = 0; i < n; ++i) {
    double total = 0.0;
    for (std::size_t j = 0; j < n; ++j) total += m(i, j) = i == j ? 1.0 + random.uniform() : random.chance(0.3) ? 0.0 : random.uniform();
    for (double& p : m.row(i)) p /= total;
  }
  return m;
}

/// A locus with n alleles (STR, a microvariant among them), a random mutation model, theta and silent allele.
inline LocusModel random_model(Random& random, std::size_t n) {
  LocusModel model;
  model.locus.name = "L";
  const std::vector<Allele> ladder{Allele(8, 0), Allele(9, 0), Allele(9, 3), Allele(11, 0)};
  model.locus.alleles.assign(ladder.begin(), ladder.begin() + static_cast<std::ptrdiff_t>(n));
  double total = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    model.frequencies.push_back(0.02 + random.uniform());
    total += model.frequencies.back();
  }
  for (double& p : model.frequencies) p /= total;
  model.floored.assign(n, false);
  model.theta = random.chance(0.5) ? 0.0 : random.uniform() * 0.3;
  model.silent = random.chance(0.6) ? 0.0 : random.uniform() * 0.3;
  std::vector<double> visible = model.frequencies;
  for (double& p : visible) p *= 1.0 - model.silent;
  MutationParameters& mutation = model.mutation;
  mutation.model = static_cast<MutationModel>(random.below(6));
  mutation.rate_male = random.uniform() * 0.2;
  mutation.rate_female = random.chance(0.3) ? mutation.rate_male : random.uniform() * 0.2;
  mutation.microvariant_rate = random.uniform() * 0.1;
  mutation.range = 0.1 + random.uniform();
  if (mutation.model == MutationModel::custom) {
    mutation.custom_male = random_matrix(random, n);
    mutation.custom_female = random.chance(0.5) ? random_matrix(random, n) : mutation.custom_male;
  }
  if (mutation.model == MutationModel::proportional)
    mutation.rate_male /= static_cast<double>(2 * n), mutation.rate_female /= static_cast<double>(2 * n);
  for (const bool male : {true, false}) {
    TransitionMatrix& m = male ? model.male : model.female;
    try {
      m = mutation_matrix(mutation, male ? mutation.rate_male : mutation.rate_female, male, model.locus.alleles, visible, "L");
    } catch (const std::exception&) {  // a rate too high for these frequencies
      m = random_matrix(random, n);
    }
    // 1 - rate close to 0 would carry the rounding of the subtraction into every comparison.
    for (std::size_t i = 0; i < n; ++i)
      if (m(i, i) < 0.05) {
        m = random_matrix(random, n);
        break;
      }
  }
  return model;
}

}  // namespace homeward::oracle
