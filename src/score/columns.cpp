#include "score/columns.hpp"

#include <utility>

#include "likelihood/parents.hpp"

namespace homeward {

namespace {

GenotypeCode code(std::size_t x, std::size_t y) { return genotype_code(static_cast<AlleleIndex>(x), static_cast<AlleleIndex>(y)); }

/// What a parent passes on when a silent allele exists: visible alleles, and the silent one.
struct SilentGamete {
  std::vector<double> visible;
  double silent = 0.0;
};

SilentGamete silent_gamete(const LocusModel& model, UntypedParent rule, const std::optional<Genotype>& parent, Sex sex) {
  const double s = model.silent;
  if (!parent) {
    SilentGamete gamete{untyped_parent_gamete(model, sex, rule), s};
    for (double& t : gamete.visible) t *= 1.0 - s;
    return gamete;
  }
  SilentGamete gamete{parent_gamete(model, *parent, sex), 0.0};
  if (!parent->homozygous()) return gamete;
  gamete.silent = silent_share(s, model.frequencies[*model.locus.index_of(parent->a)]);
  for (double& t : gamete.visible) t *= 1.0 - gamete.silent;
  return gamete;
}

std::vector<double> silent_likelihood_ratios(const LocusModel& model, UntypedParent rule, const std::optional<Genotype>& father,
                                             const std::optional<Genotype>& mother) {
  const SilentGamete f = silent_gamete(model, rule, father, Sex::male);
  const SilentGamete m = silent_gamete(model, rule, mother, Sex::female);
  const std::vector<double> unrelated = unrelated_probabilities(model);
  const std::size_t n = model.frequencies.size();
  std::vector<double> lr(unrelated.size(), 1.0);
  for (std::size_t y = 0; y < n; ++y) {
    for (std::size_t x = 0; x <= y; ++x)
      lr[code(x, y)] = silent_child_probability({f.visible[x], f.visible[y], f.silent}, {m.visible[x], m.visible[y], m.silent}, x == y) /
                       unrelated[code(x, y)];
  }
  return lr;
}

std::vector<double> theta_likelihood_ratios(const LocusModel& model, UntypedParent rule, const std::optional<Genotype>& father,
                                            const std::optional<Genotype>& mother) {
  const Pedigree trio(
      {{"father", kNoParent, kNoParent, Sex::male}, {"mother", kNoParent, kNoParent, Sex::female}, {"child", 0, 1, Sex::unknown}});
  std::vector<ObservedGenotype> observed(3);
  if (father) observed[0] = {Observation::genotype, *father};
  if (mother) observed[1] = {Observation::genotype, *mother};
  return pedigree_likelihood_ratios(model, rule, trio, 2, observed);
}

}  // namespace

std::vector<double> unrelated_probabilities(const LocusModel& model) {
  const std::size_t n = model.frequencies.size();
  const double s = model.silent;
  std::vector<double> probability(genotype_code_count(n), 1.0);
  for (std::size_t y = 0; y < n; ++y)
    for (std::size_t x = 0; x <= y; ++x)
      probability[code(x, y)] = unrelated_probability(s, model.frequencies[x], model.frequencies[y], x == y);
  return probability;
}

std::vector<double> parents_likelihood_ratios(const LocusModel& model, UntypedParent rule, std::optional<Genotype> father,
                                              std::optional<Genotype> mother) {
  if (model.theta > 0.0) return theta_likelihood_ratios(model, rule, father, mother);
  if (model.silent > 0.0) return silent_likelihood_ratios(model, rule, father, mother);
  const auto gamete = [&](const std::optional<Genotype>& parent, Sex sex) {
    return parent ? parent_gamete(model, *parent, sex) : untyped_parent_gamete(model, sex, rule);
  };
  return child_likelihood_ratios(model, gamete(father, Sex::male), gamete(mother, Sex::female));
}

LocusPedigree apply_untyped_parent_rule(const Pedigree& pedigree, PersonInPedigree missing, std::span<const ObservedGenotype> observed,
                                        UntypedParent rule) {
  LocusPedigree result{pedigree, missing, {observed.begin(), observed.end()}};
  if (rule == UntypedParent::full) return result;
  std::vector<PedigreePerson> persons = pedigree.persons();
  std::vector<bool> left_out(persons.size(), false);
  const auto children_of = [&](PersonInPedigree parent) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < persons.size(); ++i)
      if (!left_out[i]) n += (persons[i].father == parent ? 1U : 0U) + (persons[i].mother == parent ? 1U : 0U);
    return n;
  };
  for (bool again = true; again;) {
    again = false;
    for (std::size_t i = 0; i < persons.size(); ++i) {
      const auto self = static_cast<PersonInPedigree>(i);
      const bool founder = persons[i].father < 0 && persons[i].mother < 0;
      if (left_out[i] || self == missing || !founder || observed[i].kind != Observation::untyped || children_of(self) != 1) continue;
      left_out[i] = again = true;
      for (PedigreePerson& child : persons) {
        if (child.father == self) child.father = kPopulationGamete;
        if (child.mother == self) child.mother = kPopulationGamete;
      }
    }
  }
  std::vector<PersonInPedigree> new_index(persons.size(), kNoParent);
  std::vector<PedigreePerson> kept;
  result.observed.clear();
  for (std::size_t i = 0; i < persons.size(); ++i) {
    if (left_out[i]) continue;
    new_index[i] = static_cast<PersonInPedigree>(kept.size());
    kept.push_back(persons[i]);
    result.observed.push_back(observed[i]);
  }
  for (PedigreePerson& person : kept) {
    if (person.father >= 0) person.father = new_index[static_cast<std::size_t>(person.father)];
    if (person.mother >= 0) person.mother = new_index[static_cast<std::size_t>(person.mother)];
  }
  result.missing = new_index[static_cast<std::size_t>(missing)];
  result.pedigree = Pedigree(std::move(kept));
  return result;
}

std::vector<double> pedigree_likelihood_ratios(const LocusModel& model, UntypedParent rule, const Pedigree& pedigree,
                                               PersonInPedigree missing, std::span<const ObservedGenotype> observed) {
  const LocusPedigree h1 = apply_untyped_parent_rule(pedigree, missing, observed, rule);
  std::vector<double> lr = missing_genotype_likelihoods(h1.pedigree, h1.missing, h1.observed, model, {});
  const double relatives = lr[kUntyped];
  if (!(relatives > 0.0)) return {};
  std::vector<double> h2;
  if (model.theta > 0.0) {
    LocusPedigree with_founder = h1;
    std::vector<PedigreePerson> persons = h1.pedigree.persons();
    // The id only has to differ from the others'.
    persons.push_back({persons[static_cast<std::size_t>(h1.missing)].id + " (unrelated)", kNoParent, kNoParent, Sex::unknown});
    with_founder.observed.push_back({});
    h2 = missing_genotype_likelihoods(Pedigree(std::move(persons)), static_cast<PersonInPedigree>(h1.pedigree.size()),
                                      with_founder.observed, model, {});
  } else {
    h2 = unrelated_probabilities(model);
    for (double& probability : h2) probability *= relatives;
  }
  for (std::size_t g = 1; g < lr.size(); ++g) lr[g] /= h2[g];
  lr[kUntyped] = 1.0;
  return lr;
}

}  // namespace homeward
