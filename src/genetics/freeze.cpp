#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/sha256.hpp"
#include "homeward/error.hpp"
#include "homeward/population.hpp"

namespace homeward {

namespace {

constexpr std::size_t kMaxAlleles = 361;  // genotype codes of more would not fit 16 bits

using Observed = std::map<std::string, std::set<Allele>>;

Observed merged(const std::vector<ObservedLocus>& observed) {
  Observed all;
  for (const ObservedLocus& locus : observed) {
    std::set<Allele>& alleles = all[locus.name];
    for (const Allele allele : locus.alleles)
      if (!allele.empty()) alleles.insert(allele);
  }
  return all;
}

void require(bool holds, const std::string& locus, const char* what, double value, const char* expected) {
  if (!holds) throw ModelError(locus, fmt::format("{} is {}, expected {}", what, value, expected));
}

RareAlleleRule effective_rule(const Population& population, const ModelOverrides& overrides) {
  RareAlleleRule rule = population.rare_alleles;
  rule.numerator = overrides.rare_numerator.value_or(rule.numerator);
  rule.fallback = overrides.rare_fallback.value_or(rule.fallback);
  rule.floor_seen = rule.floor_seen || overrides.floor_seen;
  require(rule.numerator > 0.0 && std::isfinite(rule.numerator), {}, "the numerator of the rare-allele rule", rule.numerator,
          "a positive number of alleles (5)");
  require(rule.fallback > 0.0 && rule.fallback < 1.0, {}, "the fallback frequency of the rare-allele rule", rule.fallback,
          "a frequency between 0 and 1 (0.001)");
  return rule;
}

MutationParameters effective_mutation(const LocusPopulation& table, const ModelOverrides& overrides) {
  MutationParameters mutation = table.mutation;
  if (overrides.mutation_model) {
    const bool counts_repeats = *overrides.mutation_model == MutationModel::stepwise || *overrides.mutation_model == MutationModel::onestep;
    if (table.kind == LocusKind::str || !counts_repeats) mutation.model = *overrides.mutation_model;
  }
  mutation.rate_male = overrides.rate_male.value_or(mutation.rate_male);
  mutation.rate_female = overrides.rate_female.value_or(mutation.rate_female);
  mutation.microvariant_rate = overrides.microvariant_rate.value_or(mutation.microvariant_rate);
  mutation.range = overrides.range.value_or(mutation.range);
  return mutation;
}

void check_table(const LocusPopulation& table) {
  if (table.alleles.empty() || table.alleles.size() != table.frequencies.size())
    throw ModelError(table.locus, fmt::format("{} alleles and {} frequencies, expected one frequency per allele and at least one",
                                              table.alleles.size(), table.frequencies.size()));
  if (!std::is_sorted(table.alleles.begin(), table.alleles.end()) ||
      std::adjacent_find(table.alleles.begin(), table.alleles.end()) != table.alleles.end())
    throw ModelError(table.locus, "the alleles of the table are not sorted and distinct");
  double sum = 0.0;
  for (const double p : table.frequencies) {
    require(p > 0.0 && p <= 1.0, table.locus, "a frequency", p, "more than 0 and at most 1");
    sum += p;
  }
  require(std::abs(sum - 1.0) <= kFrequencySumTolerance, table.locus, "the sum of the frequencies", sum,
          "1 within 0.01; look for a missing allele and add it deliberately");
  require(table.silent >= 0.0 && table.silent < 1.0, table.locus, "the frequency of the silent allele", table.silent,
          "at least 0 and below 1");
}

/// Alleles and frequencies of one frozen locus; appends to `added`.
void fill_frequencies(const LocusPopulation& table, const std::set<Allele>& observed, const RareAlleleRule& rule, LocusModel& model,
                      std::vector<std::string>& added) {
  const double floor = rule.floor_of(table.n_alleles);
  require(floor < 1.0, table.locus, "the floor of the rare-allele rule", floor, "below 1; give a smaller numerator");
  std::map<Allele, double> frequencies;
  for (std::size_t i = 0; i < table.alleles.size(); ++i) frequencies.emplace(table.alleles[i], table.frequencies[i]);
  std::set<Allele> unseen;
  for (const Allele allele : observed)
    if (frequencies.emplace(allele, floor).second) unseen.insert(allele);
  if (frequencies.size() > kMaxAlleles)
    throw ModelError(table.locus,
                     fmt::format("{} alleles, expected at most {}; check the data for misread alleles", frequencies.size(), kMaxAlleles));
  double sum = 0.0;
  for (auto& [allele, p] : frequencies) {
    if (table.kind == LocusKind::str && !allele.is_str())
      throw ModelError(table.locus, "a letter among the alleles of an STR locus; check the data, or give the locus the kind snp");
    const bool raised = rule.floor_seen && p < floor;
    if (raised) p = floor;
    model.locus.alleles.push_back(allele);
    model.floored.push_back(raised || unseen.count(allele) != 0);
    sum += p;
  }
  for (const auto& [allele, p] : frequencies) {
    model.frequencies.push_back(p / sum);
    if (unseen.count(allele) != 0) added.push_back(fmt::format("{} {} {:.6g}", table.locus, to_string(allele), p / sum));
  }
}

void fill_matrices(LocusModel& model) {
  std::vector<double> visible = model.frequencies;  // what founders carry visibly: the silent allele takes its share
  for (double& p : visible) p *= 1.0 - model.silent;
  const Locus& locus = model.locus;
  model.male = mutation_matrix(model.mutation, model.mutation.rate_male, true, locus.alleles, visible, locus.name);
  model.female = mutation_matrix(model.mutation, model.mutation.rate_female, false, locus.alleles, visible, locus.name);
}

void add_matrix(Sha256& hash, const TransitionMatrix& matrix) {
  hash.add_number(matrix.size());
  for (std::size_t i = 0; i < matrix.size(); ++i)
    for (const double p : matrix.row(i)) hash.add_real(p);
}

/// Parameters, not matrix entries: a power may differ in its last bit between mathematics libraries. Only those the model
/// uses, so that a rate without effect does not keep two runs from merging.
void add_mutation(Sha256& hash, const MutationParameters& mutation) {
  hash.add_number(static_cast<std::uint64_t>(mutation.model));
  if (mutation.model == MutationModel::none) return;
  if (mutation.model == MutationModel::custom) {
    add_matrix(hash, mutation.custom_male);
    add_matrix(hash, mutation.custom_female);
    return;
  }
  hash.add_real(mutation.rate_male);
  hash.add_real(mutation.rate_female);
  if (mutation.model != MutationModel::stepwise) return;
  hash.add_real(mutation.microvariant_rate);
  hash.add_real(mutation.range);
}

std::string digest_of(const EffectivePopulation& population) {
  Sha256 hash;
  hash.add_text("homeward-effective-population-1");
  hash.add_real(population.theta);
  hash.add_number(static_cast<std::uint64_t>(population.untyped_parent));
  hash.add_number(population.loci.size());
  for (const LocusModel& model : population.loci) {
    hash.add_text(model.locus.name);
    hash.add_number(static_cast<std::uint64_t>(model.locus.kind));
    hash.add_number(model.locus.alleles.size());
    for (std::size_t i = 0; i < model.locus.alleles.size(); ++i) {
      hash.add_number(model.locus.alleles[i].code());
      hash.add_real(model.frequencies[i]);
    }
    hash.add_real(model.silent);
    hash.add_real(model.theta);
    add_mutation(hash, model.mutation);
  }
  for (const LinkedLoci& pair : population.linked) {
    hash.add_text("linked");
    hash.add_number(pair.first);
    hash.add_number(pair.second);
    hash.add_real(pair.rho);
  }
  return hash.hex();
}

std::vector<LinkedLoci> linked_loci(const std::vector<LinkedNames>& names, const std::vector<LocusModel>& loci) {
  const auto index_of = [&](const std::string& name) {
    const auto found = std::find_if(loci.begin(), loci.end(), [&](const LocusModel& model) { return model.locus.name == name; });
    return static_cast<std::size_t>(found - loci.begin());
  };
  std::vector<LinkedLoci> linked;
  for (const LinkedNames& pair : names) {
    const std::size_t a = index_of(pair.first), b = index_of(pair.second);
    if (a == loci.size() || b == loci.size()) continue;
    linked.push_back({static_cast<LocusIndex>(std::min(a, b)), static_cast<LocusIndex>(std::max(a, b)), pair.rho});
  }
  // The order of the options changes nothing.
  std::sort(linked.begin(), linked.end(), [](const LinkedLoci& l, const LinkedLoci& r) { return l.first < r.first; });
  return linked;
}

bool scored(const LocusPopulation& table) { return table.kind != LocusKind::sex && table.chromosome == Chromosome::autosomal; }

}  // namespace

EffectivePopulation freeze(const Population& population, const std::vector<ObservedLocus>& observed, const ModelOverrides& overrides,
                           UntypedParent untyped_parent) {
  EffectivePopulation frozen;
  frozen.population_id = population.id;
  frozen.population_sha256 = population.sha256;
  frozen.theta = overrides.theta.value_or(population.theta);
  require(frozen.theta >= 0.0 && frozen.theta < 1.0, {}, "theta", frozen.theta, "at least 0 and below 1");
  frozen.untyped_parent = untyped_parent;
  frozen.rare_alleles = effective_rule(population, overrides);

  Observed unused = merged(observed);
  for (const LocusPopulation& table : population.loci) {
    const auto seen = unused.find(table.locus);
    if (seen == unused.end() || !scored(table)) continue;
    check_table(table);
    LocusModel model;
    model.locus.name = table.locus;
    model.locus.kind = table.kind;
    model.locus.chromosome = table.chromosome;
    model.mutation = effective_mutation(table, overrides);
    model.silent = table.silent;
    model.theta = frozen.theta;
    model.source = table.source.empty() ? population.source : table.source;
    fill_frequencies(table, seen->second, frozen.rare_alleles, model, frozen.added);
    fill_matrices(model);
    frozen.loci.push_back(std::move(model));
    unused.erase(seen);
  }
  for (const auto& [name, alleles] : unused) frozen.unused_loci.push_back(name);
  frozen.linked = linked_loci(overrides.linked, frozen.loci);
  frozen.digest = digest_of(frozen);
  return frozen;
}

}  // namespace homeward
