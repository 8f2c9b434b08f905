#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <span>

#include "homeward/error.hpp"
#include "homeward/likelihood.hpp"
#include "homeward/report.hpp"
#include "likelihood/parents.hpp"
#include "report/formula.hpp"
#include "score/columns.hpp"
#include "score/family_check.hpp"
#include "score/linked_scores.hpp"

namespace homeward {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Fully known and in the state space: what a likelihood can use.
bool usable(const LocusModel& model, Genotype genotype) {
  return genotype.typed() && !genotype.half_known() && model.locus.code_of(genotype).has_value();
}

/// P(child = g | relatives) under both hypotheses and their ratio; NaN where the relatives exclude each other.
struct Probabilities {
  double h1 = kNaN, h2 = kNaN, lr = kNaN;
};

/// P(an unrelated child = g | relatives). With theta it draws from the same urn as the relatives' founders (METHODS, "Theta").
double unrelated_probability(const LocusModel& model, const LocusPedigree& relatives, GenotypeCode g) {
  if (model.theta == 0.0) return unrelated_probabilities(model)[g];
  std::vector<PedigreePerson> persons = relatives.pedigree.persons();
  persons.push_back({persons[static_cast<std::size_t>(relatives.missing)].id + " (unrelated)", kNoParent, kNoParent, Sex::unknown});
  std::vector<ObservedGenotype> observed = relatives.observed;
  observed.emplace_back();
  const std::vector<double> h2 =
      missing_genotype_likelihoods(Pedigree(std::move(persons)), static_cast<PersonInPedigree>(observed.size() - 1), observed, model, {});
  return h2[g] / h2[kUntyped];
}

/// What the explanation of one hypothesis needs from a family, whatever its shape.
class Explainer {
 public:
  Explainer(const EffectivePopulation& population, const Family& family, Hypothesis hypothesis, std::span<const Genotype> member_calls,
            std::size_t n_members)
      : population_(population), family_(family), hypothesis_(hypothesis), calls_(member_calls), n_members_(n_members) {
    if (hypothesis == Hypothesis::parent_only)
      throw Error(ErrorKind::failure, "parent_only is a mean over the whole profile of father_only and mother_only; explain each of these");
    const bool wants_pedigree = hypothesis == Hypothesis::pedigree;
    if (wants_pedigree != (family.shape == FamilyShape::pedigree)) wrong_shape();
    if (wants_pedigree) {
      for (std::size_t i = 0; i < family.typed.size(); ++i)
        if (family.typed[i] != kNobody) member_place_.push_back(i);
      if (member_place_.size() != n_members) wrong_shape();
      return;
    }
    const bool both = family.shape == FamilyShape::couple;
    if (n_members != (both ? 2U : 1U)) wrong_shape();
    if (hypothesis == Hypothesis::father_only && family.shape != FamilyShape::mother) father_ = 0;
    if (hypothesis == Hypothesis::mother_only && family.shape != FamilyShape::father) mother_ = both ? 1 : 0;
    if (both && (hypothesis == Hypothesis::couple || hypothesis == Hypothesis::undeclared_couple)) {
      father_ = 0;
      mother_ = 1;
    }
    if (father_ == kAbsent && mother_ == kAbsent) wrong_shape();
  }

  /// False when nobody is typed at the locus: there is no line.
  bool line(std::size_t locus, Genotype child, LocusLine& out) const {
    const LocusModel& model = population_.loci[locus];
    std::vector<Genotype> used = relatives_at(locus);
    bool any_typed = false;
    bool any_usable = false;
    for (const Genotype g : used) {
      any_typed |= g.typed();
      any_usable |= usable(model, g);
    }
    if (!child.typed() && !any_typed) return false;
    describe(model, locus, child, used, out);
    if (!child.typed()) return unscored(out, "child_untyped", "");
    if (!any_typed) return unscored(out, "relatives_untyped", "");
    if (model.locus.chromosome != Chromosome::autosomal)
      return unscored(out, "not_expressible", "not autosomal: the search does not use the locus");
    if (!usable(model, child) || !any_usable) return unscored(out, "not_expressible", "only one allele is known; the locus is not used");
    score(model, locus, child, out);
    return true;
  }

  /// What scoring two linked loci jointly adds. False when linkage changes nothing, or one of them does not count.
  bool linked_line(const LinkedLoci& pair, Genotype child_first, Genotype child_second, LocusLine& out) const {
    const LocusModel& first = population_.loci[pair.first];
    const LocusModel& second = population_.loci[pair.second];
    if (hypothesis_ != Hypothesis::pedigree || !usable(first, child_first) || !usable(second, child_second)) return false;
    const std::vector<ObservedGenotype> at_first = pedigree_observations(first, pair.first);
    const std::vector<ObservedGenotype> at_second = pedigree_observations(second, pair.second);
    const auto nobody = [](const std::vector<ObservedGenotype>& observed) {
      return std::all_of(observed.begin(), observed.end(), [](const auto& seen) { return seen.kind == Observation::untyped; });
    };
    if (nobody(at_first) || nobody(at_second)) return false;
    const LocusScores scores_first = pedigree_scores(first, at_first), scores_second = pedigree_scores(second, at_second);
    if (scores_first.log10_lr.empty() || scores_second.log10_lr.empty()) return false;
    const GenotypeCode code_first = *first.locus.code_of(child_first), code_second = *second.locus.code_of(child_second);
    std::shared_ptr<const LinkedScores> gains;
    try {
      gains = linked_scores(population_, pair, family_.pedigree, family_.missing, at_first, at_second, scores_first, scores_second);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::failure) throw;  // too many meioses: the search takes the loci as unlinked, too
    }
    if (!gains) return false;
    out.locus = first.locus.name + "+" + second.locus.name;
    out.locus_class = "linked";
    out.status = "linked";
    out.log10_lr = gains->at(code_first, code_second);
    out.lr = std::pow(10.0, out.log10_lr);
    out.p_h2 = std::pow(10.0, scores_first.log10_lr[code_first] + scores_second.log10_lr[code_second]) *
               unrelated_probabilities(first)[code_first] * unrelated_probabilities(second)[code_second];
    out.p_h1 = out.p_h2 * out.lr;
    out.formula = "P(both loci|relatives)/product of the two";
    out.note = fmt::format("recombination fraction {:.6g}; p_h1 jointly, p_h2 as if unlinked", pair.rho);
    return true;
  }

 private:
  static constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);

  [[noreturn]] void wrong_shape() const {
    throw Error(ErrorKind::failure, "hypothesis " + std::string(to_string(hypothesis_)) + " does not fit a family of shape " +
                                        std::string(to_string(family_.shape)) + " with " + std::to_string(n_members_) + " typed members");
  }

  Genotype member(std::size_t locus, std::size_t k) const { return k == kAbsent ? Genotype{} : calls_[locus * n_members_ + k]; }

  std::vector<Genotype> relatives_at(std::size_t locus) const {
    std::vector<Genotype> used;
    if (hypothesis_ == Hypothesis::pedigree)
      for (std::size_t k = 0; k < n_members_; ++k) used.push_back(member(locus, k));
    else
      used = {member(locus, father_), member(locus, mother_)};
    return used;
  }

  std::optional<Genotype> usable_parent(const LocusModel& model, std::size_t locus, std::size_t k) const {
    const Genotype g = member(locus, k);
    return usable(model, g) ? std::optional(g) : std::nullopt;
  }

  /// Position among the members of a pedigree's person, kAbsent when not typed.
  std::size_t member_of(PersonInPedigree person) const {
    for (std::size_t k = 0; k < member_place_.size(); ++k)
      if (person >= 0 && member_place_[k] == static_cast<std::size_t>(person)) return k;
    return kAbsent;
  }

  static bool unscored(LocusLine& out, const char* status, const char* note) {
    out.status = status;
    out.note = note;
    out.p_h1 = out.p_h2 = kNaN;
    return true;
  }

  void describe(const LocusModel& model, std::size_t locus, Genotype child, std::span<const Genotype> used, LocusLine& out) const {
    out.locus = model.locus.name;
    out.locus_class = locus_class(model.locus);
    out.gt_child = to_string(child);
    if (hypothesis_ == Hypothesis::pedigree) {
      const PedigreePerson& missing = family_.pedigree[static_cast<std::size_t>(family_.missing)];
      const std::size_t father = member_of(missing.father);
      const std::size_t mother = member_of(missing.mother);
      out.gt_father = to_string(member(locus, father));
      out.gt_mother = to_string(member(locus, mother));
      for (std::size_t k = 0; k < n_members_; ++k)
        if (k != father && k != mother && used[k].typed())
          out.gt_others += (out.gt_others.empty() ? "" : ";") + family_.pedigree[member_place_[k]].id + "=" + to_string(used[k]);
    } else {
      out.gt_father = to_string(used[0]);
      out.gt_mother = to_string(used[1]);
    }
    out.mut_model = to_string(model.mutation.model);
    out.mut_rate = hypothesis_ == Hypothesis::mother_only ? model.mutation.rate_female : model.mutation.rate_male;
    if (model.mutation.model == MutationModel::none) out.mut_rate = 0.0;
    out.theta = model.theta;
    out.freq_source = model.source;
    const auto frequency = [&](Allele allele) {
      const auto index = model.locus.index_of(allele);
      return index ? model.frequencies[*index] : kNaN;
    };
    out.freq_a = frequency(child.a);
    out.freq_b = frequency(child.b);
    out.freq_floor_applied = floored_alleles(model, child, used);
  }

  static std::string floored_alleles(const LocusModel& model, Genotype child, std::span<const Genotype> used) {
    std::vector<Allele> seen{child.a, child.b};
    for (const Genotype g : used) seen.insert(seen.end(), {g.a, g.b});
    std::sort(seen.begin(), seen.end());
    seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
    std::string text;
    for (const Allele allele : seen)
      if (const auto index = model.locus.index_of(allele); index && model.floored[*index])
        text += (text.empty() ? "" : ",") + to_string(allele);
    return text.empty() ? "no" : text;
  }

  void score(const LocusModel& model, std::size_t locus, Genotype child, LocusLine& out) const {
    const GenotypeCode code = *model.locus.code_of(child);
    const bool pedigree = hypothesis_ == Hypothesis::pedigree;
    const Probabilities probabilities =
        pedigree ? pedigree_case(model, locus, code, child, out) : parents_case(model, locus, code, child, out);
    if (std::isnan(probabilities.lr)) {
      unscored(out, "not_expressible", "the typed relatives exclude each other: LR undefined, the locus is not used");
      return;
    }
    out.p_h1 = probabilities.h1;
    out.p_h2 = probabilities.h2;
    out.lr = probabilities.lr;
    out.log10_lr = std::log10(probabilities.lr);
  }

  Probabilities parents_case(const LocusModel& model, std::size_t locus, GenotypeCode code, Genotype child, LocusLine& out) const {
    const std::optional<Genotype> father = usable_parent(model, locus, father_);
    const std::optional<Genotype> mother = usable_parent(model, locus, mother_);
    out.status = inconsistent_without_mutation(model, father, mother)[code] != 0 ? "inconsistent" : "consistent";
    out.min_steps = fewest_steps(child, father, mother);
    out.formula = parent_formula(child, father, mother);
    if (model.theta != 0.0)
      out.formula += ", before theta";
    else if (model.silent != 0.0)
      out.formula += ", before the silent allele";
    if (father && mother && model.mutation.rate_female != model.mutation.rate_male && model.mutation.model != MutationModel::none)
      out.note = fmt::format("maternal rate {:.6g}", model.mutation.rate_female);
    const std::vector<double> lr = parents_likelihood_ratios(model, population_.untyped_parent, father, mother);
    if (lr.empty()) return {};
    const double p_h2 = unrelated_probability(model, parents_pedigree(father, mother), code);
    return {lr[code] * p_h2, p_h2, lr[code]};
  }

  LocusPedigree parents_pedigree(const std::optional<Genotype>& father, const std::optional<Genotype>& mother) const {
    const auto observe = [](const std::optional<Genotype>& g) {
      return g ? ObservedGenotype{Observation::genotype, *g} : ObservedGenotype{};
    };
    const std::vector<ObservedGenotype> observed{{}, observe(father), observe(mother)};
    const Pedigree trio(
        {{"child", 1, 2, Sex::unknown}, {"father", kNoParent, kNoParent, Sex::male}, {"mother", kNoParent, kNoParent, Sex::female}});
    return apply_untyped_parent_rule(trio, 0, observed, population_.untyped_parent);
  }

  std::vector<ObservedGenotype> pedigree_observations(const LocusModel& model, std::size_t locus) const {
    std::vector<ObservedGenotype> observed(family_.pedigree.size());
    for (std::size_t k = 0; k < n_members_; ++k)
      if (const auto g = usable_parent(model, locus, k)) observed[member_place_[k]] = {Observation::genotype, *g};
    return observed;
  }

  LocusScores pedigree_scores(const LocusModel& model, const std::vector<ObservedGenotype>& observed) const {
    LocusScores scores;
    for (const double lr : pedigree_likelihood_ratios(model, population_.untyped_parent, family_.pedigree, family_.missing, observed))
      scores.log10_lr.push_back(std::log10(lr));
    return scores;
  }

  Probabilities pedigree_case(const LocusModel& model, std::size_t locus, GenotypeCode code, Genotype child, LocusLine& out) const {
    const std::vector<ObservedGenotype> observed = pedigree_observations(model, locus);
    const bool fits = pedigree_inconsistent(model, family_.pedigree, family_.missing, observed)[code] == 0;
    out.status = fits ? "consistent" : "inconsistent";
    out.min_steps = fits ? 0 : steps_from_parents(model, locus, child);
    out.formula = "P(child|relatives)/P(child), peeling";
    const std::vector<double> lr =
        pedigree_likelihood_ratios(model, population_.untyped_parent, family_.pedigree, family_.missing, observed);
    if (lr.empty()) return {};
    const LocusPedigree relatives = apply_untyped_parent_rule(family_.pedigree, family_.missing, observed, population_.untyped_parent);
    const double p_h2 = unrelated_probability(model, relatives, code);
    return {lr[code] * p_h2, p_h2, lr[code]};
  }

  int steps_from_parents(const LocusModel& model, std::size_t locus, Genotype child) const {
    const PedigreePerson& missing = family_.pedigree[static_cast<std::size_t>(family_.missing)];
    const auto father = usable_parent(model, locus, member_of(missing.father));
    const auto mother = usable_parent(model, locus, member_of(missing.mother));
    if (!father && !mother) return kStepsNotCounted;
    const int steps = fewest_steps(child, father, mother);
    return steps == 0 ? kStepsNotCounted : steps;
  }

  const EffectivePopulation& population_;
  const Family& family_;
  Hypothesis hypothesis_;
  std::span<const Genotype> calls_;
  std::size_t n_members_;
  std::size_t father_ = kAbsent, mother_ = kAbsent;  ///< member numbers of the parents in use
  std::vector<std::size_t> member_place_;            ///< by member: its place in the pedigree
};

}  // namespace

namespace {

std::vector<LocusLine> explain_calls(const EffectivePopulation& population, const Family& family, Hypothesis hypothesis,
                                     const std::vector<Genotype>& member_calls, std::size_t n_members,
                                     const std::vector<Genotype>& child_calls) {
  const Explainer explainer(population, family, hypothesis, member_calls, n_members);
  std::vector<LocusLine> lines;
  double sum = 0.0;
  for (std::size_t locus = 0; locus < population.loci.size(); ++locus) {
    LocusLine line;
    if (!explainer.line(locus, child_calls[locus], line)) continue;
    sum += line.log10_lr;
    line.cum_log10_lr = sum;
    lines.push_back(std::move(line));
  }
  for (const LinkedLoci& pair : population.linked) {
    LocusLine line;
    if (!explainer.linked_line(pair, child_calls[pair.first], child_calls[pair.second], line)) continue;
    sum += line.log10_lr;
    line.cum_log10_lr = sum;
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace

std::vector<LocusLine> explain_pair(const EffectivePopulation& population, const Family& family, Hypothesis hypothesis,
                                    const std::vector<Genotype>& member_calls, std::size_t n_members,
                                    const std::vector<Genotype>& child_calls) {
  if (hypothesis != Hypothesis::pedigree || n_members < 2)
    return explain_calls(population, family, hypothesis, member_calls, n_members, child_calls);
  // Relatives who contradict each other are searched by their consistent parts: the likeliest one is explained.
  const FamilyCheck check(population);
  std::vector<LocusLine> likeliest;
  for (const std::vector<bool>& kept : consistent_parts(n_members, check.pairs(family, member_calls, n_members))) {
    std::vector<Genotype> used = member_calls;
    for (std::size_t i = 0; i < used.size(); ++i)
      if (!kept[i % n_members]) used[i] = {};
    std::vector<LocusLine> lines = explain_calls(population, family, hypothesis, used, n_members, child_calls);
    const bool better = !likeliest.empty() && !lines.empty() && lines.back().cum_log10_lr > likeliest.back().cum_log10_lr;
    if (likeliest.empty() || better) likeliest = std::move(lines);
  }
  return likeliest;
}

}  // namespace homeward
