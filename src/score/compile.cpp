#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "homeward/error.hpp"
#include "homeward/scoring_profile.hpp"
#include "likelihood/parents.hpp"
#include "score/column_cache.hpp"
#include "score/columns.hpp"
#include "score/family_check.hpp"
#include "score/keyed_cache.hpp"
#include "score/linked_scores.hpp"
#include "score/quantize.hpp"

namespace homeward {

namespace {

constexpr std::size_t kCacheBytes = 128U << 20U;

using Column = std::shared_ptr<const LocusScores>;

/// A parent's call as the compiler uses it: half-known is untyped.
std::optional<Genotype> usable(Genotype call) {
  if (!call.typed() || call.half_known()) return std::nullopt;
  return call;
}

}  // namespace

struct Compiler::Impl {
  const EffectivePopulation& population;
  CoupleWeights weights;
  ScanAlphabet alphabet;
  ColumnCache cache;
  KeyedColumnCache dear_columns;
  FamilyCheck family_check;
  std::vector<std::string> warnings;

  Impl(const EffectivePopulation& effective, CoupleWeights couple_weights)
      : population(effective),
        weights(couple_weights),
        alphabet(effective),
        cache(effective, kCacheBytes),
        dear_columns(kCacheBytes),
        family_check(effective) {
    for (const LocusModel& model : population.loci) {
      if (model.locus.chromosome != Chromosome::autosomal)
        warnings.push_back("locus " + model.locus.name + ": not autosomal; the search does not use it");
    }
  }

  bool used(LocusIndex locus) const { return population.loci[locus].locus.chromosome == Chromosome::autosomal; }

  /// Null when the ratios are undefined (0/0).
  Column column(LocusIndex locus, const std::vector<double>& lr, std::vector<std::uint8_t> inconsistent) const {
    if (lr.empty()) return nullptr;
    auto scores = std::make_shared<LocusScores>();
    scores->log10_lr.resize(lr.size());
    scores->log10_lr[kUntyped] = 0.0;
    for (std::size_t g = 1; g < lr.size(); ++g) {
      scores->log10_lr[g] = std::log10(lr[g]);
      if (std::isnan(scores->log10_lr[g]) || scores->log10_lr[g] == HUGE_VAL)
        throw Error(ErrorKind::failure, "locus " + population.loci[locus].locus.name + ": a likelihood ratio is not a finite number");
    }
    scores->inconsistent = std::move(inconsistent);
    scores->scan_best = best_by_scan_code(scores->log10_lr, alphabet, locus);
    scores->best = *std::max_element(scores->scan_best.begin(), scores->scan_best.end());
    return scores;
  }

  Column parents_column(LocusIndex locus, const std::optional<Genotype>& father, const std::optional<Genotype>& mother) const {
    const LocusModel& model = population.loci[locus];
    return column(locus, parents_likelihood_ratios(model, population.untyped_parent, father, mother),
                  inconsistent_without_mutation(model, father, mother));
  }

  Column single_parent_column(LocusIndex locus, Genotype parent, Sex sex) const {
    const LocusModel& model = population.loci[locus];
    const std::optional<GenotypeCode> code = model.locus.code_of(parent);
    if (!code) throw ModelError(model.locus.name, "a relative has an allele that the run's population was not frozen with");
    return cache.get(locus, sex == Sex::male ? 0 : 1, *code, [&] {
      return sex == Sex::male ? parents_column(locus, parent, std::nullopt) : parents_column(locus, std::nullopt, parent);
    });
  }

  /// Under theta a couple's column is a pedigree likelihood, worth keeping: the couples that are tried with one child share
  /// most of them. Otherwise the closed form is cheaper than looking.
  Column couple_column(LocusIndex locus, Genotype father, Genotype mother) const {
    const LocusModel& model = population.loci[locus];
    const auto f = model.locus.code_of(father), m = model.locus.code_of(mother);
    if (model.theta == 0.0 || !f || !m) return parents_column(locus, father, mother);
    return dear_columns.get(ColumnKey().add(locus).add(*f).add(*m), [&] { return parents_column(locus, father, mother); });
  }

  /// @param call(locus) the parent's usable genotype
  template <typename Call>
  ScoringTerm single_parent(Hypothesis hypothesis, double weight, Sex sex, const Call& call) const {
    ScoringTerm term{hypothesis, weight, {}};
    term.profile.columns.resize(population.loci.size());
    for (LocusIndex locus = 0; locus < population.loci.size(); ++locus) {
      const std::optional<Genotype> parent = call(locus);
      if (parent && used(locus)) term.profile.columns[locus] = single_parent_column(locus, *parent, sex);
    }
    return term;
  }

  template <typename Father, typename Mother>
  ScoringTerm couple(Hypothesis hypothesis, double weight, const Father& father_call, const Mother& mother_call,
                     std::vector<std::string>& undefined) const {
    ScoringTerm term{hypothesis, weight, {}};
    term.profile.columns.resize(population.loci.size());
    for (LocusIndex locus = 0; locus < population.loci.size(); ++locus) {
      const std::optional<Genotype> father = father_call(locus);
      const std::optional<Genotype> mother = mother_call(locus);
      if (!used(locus) || (!father && !mother)) continue;
      Column& target = term.profile.columns[locus];
      if (father && mother) {
        target = couple_column(locus, *father, *mother);
      } else {
        target = father ? single_parent_column(locus, *father, Sex::male) : single_parent_column(locus, *mother, Sex::female);
      }
      if (!target) undefined.push_back(undefined_locus(locus));
    }
    return term;
  }

  /// One term for each consistent part of the family (METHODS, "Reference family"); one in all when nothing is contradicted.
  void pedigree_terms(const Family& family, std::span<const Genotype> calls, std::size_t n_members, CompiledFamily& result) const {
    const std::vector<MemberPairCheck> checks = family_check.pairs(family, calls, n_members);
    const std::vector<std::vector<bool>> parts = consistent_parts(n_members, checks);
    const auto contradicted = std::count_if(checks.begin(), checks.end(), [](const MemberPairCheck& c) { return c.contradicted(); });
    if (contradicted > 0)
      result.warnings.push_back("the DNA contradicts the declared relation of " + std::to_string(contradicted) +
                                " pairs of typed members; searched by its consistent parts, " + std::to_string(parts.size()) +
                                " in number");
    for (const std::vector<bool>& kept : parts) {
      std::vector<Genotype> used(calls.begin(), calls.end());
      for (std::size_t i = 0; i < used.size(); ++i)
        if (!kept[i % n_members]) used[i] = {};
      result.terms.push_back(pedigree(family, 1.0 / static_cast<double>(parts.size()), used, n_members, result.warnings));
    }
  }

  ScoringTerm pedigree(const Family& family, double weight, std::span<const Genotype> calls, std::size_t n_members,
                       std::vector<std::string>& undefined) const {
    ScoringTerm term{Hypothesis::pedigree, weight, {}};
    ColumnKey shape;
    shape.add(family.pedigree.size()).add(family.missing);
    // At autosomal loci nobody's sex matters: fathers and mothers are told by their place.
    for (const PedigreePerson& person : family.pedigree.persons()) shape.add(person.father).add(person.mother);
    term.profile.columns.resize(population.loci.size());
    for (LocusIndex locus = 0; locus < population.loci.size(); ++locus) {
      if (!used(locus)) continue;
      const std::vector<ObservedGenotype> observed = observations(family, calls, n_members, locus);
      ColumnKey key = shape;
      key.add(locus);
      bool any = false;
      for (std::size_t person = 0; person < observed.size(); ++person) {
        if (observed[person].kind == Observation::untyped) continue;
        key.add(static_cast<std::uint32_t>(person)).add(*population.loci[locus].locus.code_of(observed[person].genotype));
        any = true;
      }
      if (!any) continue;
      term.profile.columns[locus] = dear_columns.get(key, [&] {
        return column(
            locus, pedigree_likelihood_ratios(population.loci[locus], population.untyped_parent, family.pedigree, family.missing, observed),
            pedigree_inconsistent(population.loci[locus], family.pedigree, family.missing, observed));
      });
      if (!term.profile.columns[locus]) undefined.push_back(undefined_locus(locus));
    }
    add_linked(family, calls, n_members, term.profile, undefined);
    return term;
  }

  /// What the family's typed members show at a locus, by person of its pedigree.
  std::vector<ObservedGenotype> observations(const Family& family, std::span<const Genotype> calls, std::size_t n_members,
                                             LocusIndex locus) const {
    const LocusModel& model = population.loci[locus];
    std::vector<ObservedGenotype> observed(family.pedigree.size());
    std::size_t member = 0;
    for (std::size_t person = 0; person < observed.size(); ++person) {
      if (family.typed[person] == kNobody) continue;
      const std::optional<Genotype> call = usable(calls[locus * n_members + member++]);
      if (!call) continue;
      if (!model.locus.code_of(*call))
        throw ModelError(model.locus.name, "a relative has an allele that the run's population was not frozen with");
      observed[person] = {Observation::genotype, *call};
    }
    return observed;
  }

  void add_linked(const Family& family, std::span<const Genotype> calls, std::size_t n_members, ScoringProfile& profile,
                  std::vector<std::string>& warnings_of_family) const {
    for (const LinkedLoci& pair : population.linked) {
      const Column& first = profile.columns[pair.first];
      const Column& second = profile.columns[pair.second];
      if (!first || !second) continue;
      try {
        auto scores = linked_scores(population, pair, family.pedigree, family.missing, observations(family, calls, n_members, pair.first),
                                    observations(family, calls, n_members, pair.second), *first, *second);
        if (scores) profile.linked.push_back(std::move(scores));
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::failure) throw;
        warnings_of_family.push_back("loci " + population.loci[pair.first].locus.name + " and " + population.loci[pair.second].locus.name +
                                     " are taken as unlinked: " + error.what());
      }
    }
  }

  std::string undefined_locus(LocusIndex locus) const {
    return "locus " + population.loci[locus].locus.name + ": the typed relatives exclude each other; LR undefined, locus not used";
  }
};

Compiler::Compiler(const EffectivePopulation& population, CoupleWeights weights) {
  const double total = weights.couple + weights.father_only + weights.mother_only;
  if (!(weights.couple >= 0.0 && weights.father_only >= 0.0 && weights.mother_only >= 0.0 && std::abs(total - 1.0) <= 1e-9))
    throw Error(ErrorKind::usage,
                "the weights of a couple's hypotheses must not be negative and must sum to 1; they sum to " + std::to_string(total));
  impl_ = std::make_unique<Impl>(population, weights);
}
Compiler::~Compiler() = default;
Compiler::Compiler(Compiler&&) noexcept = default;

const ScanAlphabet& Compiler::alphabet() const { return impl_->alphabet; }
const std::vector<std::string>& Compiler::warnings() const { return impl_->warnings; }

std::vector<PersonIndex> member_indexes(const Family& family) {
  std::vector<PersonIndex> members;
  if (family.shape == FamilyShape::pedigree) {
    for (const PersonIndex person : family.typed)
      if (person != kNobody) members.push_back(person);
    return members;
  }
  if (family.father != kNobody) members.push_back(family.father);
  if (family.mother != kNobody) members.push_back(family.mother);
  return members;
}

CompiledFamily Compiler::compile(const Family& family, std::span<const Genotype> calls, std::size_t n_members) const {
  const std::size_t n_loci = impl_->population.loci.size();
  if (n_members != member_indexes(family).size() || calls.size() != n_loci * n_members)
    throw Error(ErrorKind::internal, "a family's calls do not fit its members: " + std::to_string(calls.size()) + " calls, " +
                                         std::to_string(n_members) + " members, " + std::to_string(n_loci) + " loci");
  CompiledFamily result;
  result.n_half_known = static_cast<std::uint32_t>(std::count_if(calls.begin(), calls.end(), [](Genotype g) { return g.half_known(); }));
  if (family.shape == FamilyShape::pedigree) {
    impl_->pedigree_terms(family, calls, n_members, result);
    return result;
  }
  const std::size_t mother_member = family.father == kNobody ? 0 : 1;
  const auto father = [&](LocusIndex locus) { return family.father == kNobody ? std::nullopt : usable(calls[locus * n_members]); };
  const auto mother = [&](LocusIndex locus) {
    return family.mother == kNobody ? std::nullopt : usable(calls[locus * n_members + mother_member]);
  };
  const auto typed_somewhere = [&](const auto& call) {
    for (LocusIndex locus = 0; locus < n_loci; ++locus)
      if (impl_->used(locus) && call(locus)) return true;
    return false;
  };
  if (family.shape == FamilyShape::parent) {
    const bool one_is_father = family.father != kNobody;
    for (const Sex sex : {Sex::male, Sex::female})
      result.terms.push_back(one_is_father ? impl_->single_parent(Hypothesis::parent_only, 0.5, sex, father)
                                           : impl_->single_parent(Hypothesis::parent_only, 0.5, sex, mother));
    return result;
  }
  const bool has_mother = typed_somewhere(mother);
  if (has_mother && typed_somewhere(father)) {
    const CoupleWeights& w = impl_->weights;
    result.terms.push_back(impl_->couple(Hypothesis::couple, w.couple, father, mother, result.warnings));
    result.terms.push_back(impl_->single_parent(Hypothesis::father_only, w.father_only, Sex::male, father));
    result.terms.push_back(impl_->single_parent(Hypothesis::mother_only, w.mother_only, Sex::female, mother));
  } else if (has_mother || family.father == kNobody) {
    result.terms.push_back(impl_->single_parent(Hypothesis::mother_only, 1.0, Sex::female, mother));
  } else {
    result.terms.push_back(impl_->single_parent(Hypothesis::father_only, 1.0, Sex::male, father));
  }
  return result;
}

ScoringTerm Compiler::compile_undeclared(std::span<const Genotype> father, std::span<const Genotype> mother) const {
  const std::size_t n_loci = impl_->population.loci.size();
  if (father.size() != n_loci || mother.size() != n_loci)
    throw Error(ErrorKind::internal, "an undeclared couple needs one call per locus and parent, " + std::to_string(n_loci) + " each");
  std::vector<std::string> undefined;
  return impl_->couple(
      Hypothesis::undeclared_couple, 1.0, [&](LocusIndex locus) { return usable(father[locus]); },
      [&](LocusIndex locus) { return usable(mother[locus]); }, undefined);
}

}  // namespace homeward
