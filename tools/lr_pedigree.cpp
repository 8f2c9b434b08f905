#include "lr_pedigree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <ostream>
#include <set>

#include "base/text.hpp"
#include "homeward/error.hpp"
#include "homeward/import.hpp"
#include "lr_rows.hpp"
#include "score/columns.hpp"

namespace homeward::cli {

namespace {

/// One sample over all its typings.
struct Sample {
  bool partial = false;
  std::map<std::string, Genotype> calls;  ///< by locus
};
using Samples = std::map<std::string, Sample>;

/// One family under one hypothesis.
struct FamilyPedigree {
  Pedigree pedigree;
  std::vector<std::string> sample;        ///< by person, empty = untyped
  std::vector<PersonInPedigree> missing;  ///< the marked persons who have a sample: one, or several who are scored together
};

ImportedFile read_or_refuse(const std::string& path, Context& context) {
  ImportOptions import;
  import.data_dir = context.data_dir;
  import.pedigree_use = PedigreeUse::hypothesis;
  ImportedFile file = read_profiles(path, import);
  std::size_t errors = file.rejects.size();
  for (const Issue& issue : file.issues) {
    if (issue.code == "W_ROLE_UNKNOWN") continue;  // the pedigree says who is who
    if (issue.severity == Severity::error) ++errors;
    if (issue.severity == Severity::note || (context.global.quiet && issue.severity != Severity::error)) continue;
    context.err << fmt::format("homeward: {} {} line {}: {}{}\n", issue.code, path, issue.line, issue.message,
                               issue.suggestion.empty() ? "" : "; " + issue.suggestion);
  }
  if (errors > 0)
    throw Error(ErrorKind::input,
                fmt::format("{}: {} defects; a likelihood ratio needs a sound file, correct the rows above", path, errors));
  return file;
}

void add_samples(const ImportedFile& file, Samples& samples, std::size_t& unreadable) {
  for (const ImportedSample& typing : file.samples) {
    Sample& sample = samples[typing.sample_id];
    sample.partial = sample.partial || typing.partial;
    for (const ImportedCall& call : typing.calls) {
      const std::string& locus = file.loci[call.locus].name;
      if (!call.genotype.typed()) {
        unreadable += call.raw.empty() ? 0 : 1;
        continue;
      }
      const auto [at, added] = sample.calls.emplace(locus, call.genotype);
      if (!added && at->second != call.genotype)
        throw Error(ErrorKind::input, fmt::format("{} line {}: locus {} of a sample differs from an earlier typing of it; keep one",
                                                  file.path, typing.line, locus));
    }
  }
}

FamilyPedigree pedigree_of(const std::vector<const ImportedRelative*>& rows, const std::string& path) {
  FamilyPedigree family;
  std::vector<PedigreePerson> persons;
  const auto place = [&](const std::string& id) -> PersonInPedigree {
    if (id == "*") return kPopulationGamete;
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (rows[i]->person_id == id) return static_cast<PersonInPedigree>(i);
    return kNoParent;
  };
  for (const ImportedRelative* row : rows) {
    persons.push_back({row->person_id, place(row->father_id), place(row->mother_id), row->sex});
    family.sample.push_back(row->sample_id);
    if (row->missing && !row->sample_id.empty()) family.missing.push_back(static_cast<PersonInPedigree>(persons.size()) - 1);
  }
  if (family.missing.empty())
    throw Error(ErrorKind::input,
                fmt::format("{} line {}: nobody marked missing in this family has a sample; give the sample_id of the person in question",
                            path, rows.front()->line));
  family.pedigree = Pedigree(std::move(persons));
  return family;
}

std::map<std::string, FamilyPedigree> families_of(const ImportedFile& file) {
  if (file.relatives.empty())
    throw Error(ErrorKind::input,
                file.path + ": no pedigree rows; expected the columns family_id, person_id, father_id, mother_id, sex, sample_id, missing");
  std::map<std::string, std::vector<const ImportedRelative*>> rows;
  for (const ImportedRelative& relative : file.relatives) rows[relative.family_id].push_back(&relative);
  std::map<std::string, FamilyPedigree> families;
  for (const auto& [id, members] : rows) families.emplace(id, pedigree_of(members, file.path));
  return families;
}

/// The samples in question are unrelated persons', of the family and of each other: the missing persons stay in the family,
/// untyped, and founders are added.
FamilyPedigree missing_unrelated(FamilyPedigree family) {
  std::vector<PedigreePerson> persons = family.pedigree.persons();
  for (PersonInPedigree& place : family.missing) {
    const auto missing = static_cast<std::size_t>(place);
    persons.push_back({persons[missing].id + " (unrelated)", kNoParent, kNoParent, persons[missing].sex});
    family.sample.push_back(family.sample[missing]);
    family.sample[missing].clear();
    place = static_cast<PersonInPedigree>(persons.size() - 1);
  }
  family.pedigree = Pedigree(std::move(persons));
  return family;
}

/// Genotypes of a family at one locus, and whose.
std::vector<ObservedGenotype> observations(const FamilyPedigree& family, const std::string& locus, const Samples& samples) {
  std::vector<ObservedGenotype> observed(family.pedigree.size());
  for (std::size_t i = 0; i < observed.size(); ++i) {
    if (family.sample[i].empty()) continue;
    const Sample& sample = samples.at(family.sample[i]);
    const auto call = sample.calls.find(locus);
    if (call == sample.calls.end()) continue;
    // A heterozygote of a partial profile is seen whole, but its probability still has the factor of nothing lost.
    Genotype genotype = call->second;
    if (sample.partial && genotype.homozygous()) genotype = Genotype(Allele(), genotype.b);
    observed[i] = {sample.partial || genotype.half_known() ? Observation::set : Observation::genotype, genotype};
  }
  return observed;
}

ScaledLikelihood likelihood_of(const FamilyPedigree& family, const std::vector<ObservedGenotype>& observed, const LocusModel& model,
                               UntypedParent rule, const ObservationModel& observation) {
  const LocusPedigree seen = apply_untyped_parent_rule(family.pedigree, family.missing.front(), observed, rule);
  return scaled_pedigree_likelihood(seen.pedigree, seen.observed, model, observation);
}

CaseFlag flag_of(const FamilyPedigree& family, const std::vector<ObservedGenotype>& observed, const ScaledLikelihood& p_h1,
                 const ScaledLikelihood& p_h2) {
  if (p_h1.value == 0.0 && p_h2.value == 0.0) return CaseFlag::undefined;
  std::size_t missing = 0, typed = 0;
  for (std::size_t i = 0; i < observed.size(); ++i) {
    if (observed[i].kind == Observation::untyped) continue;
    ++typed;
    missing += static_cast<std::size_t>(std::count(family.missing.begin(), family.missing.end(), static_cast<PersonInPedigree>(i)));
  }
  // Two missing persons tell of each other, too.
  return missing > 0 && typed > 1 ? CaseFlag::none : CaseFlag::one_sided;
}

std::vector<ObservedLocus> observed_loci(const Samples& samples) {
  std::map<std::string, std::set<Allele>> alleles;
  for (const auto& [id, sample] : samples)
    for (const auto& [locus, genotype] : sample.calls)
      for (const Allele allele : {genotype.a, genotype.b})
        if (!allele.empty()) alleles[locus].insert(allele);
  std::vector<ObservedLocus> observed;
  for (const auto& [locus, seen] : alleles) observed.push_back({locus, {seen.begin(), seen.end()}});
  return observed;
}

ObservationModel observation_model(const LrPedigreeOptions& options, const Samples& samples) {
  bool partial = false;
  for (const auto& [id, sample] : samples) {
    partial = partial || sample.partial;
    for (const auto& [locus, genotype] : sample.calls) partial = partial || genotype.half_known();
  }
  if (partial && !options.dropout)
    throw Error(ErrorKind::usage, "a profile is partial: --dropout RATE is needed, the probability that an allele copy is not seen");
  ObservationModel observation;
  observation.dropout = options.dropout.value_or(0.0);
  observation.dropin = options.dropin.value_or(0.0);
  return observation;
}

/// Only samples the pedigrees name: others must not add alleles to the table.
Samples used_samples(const Samples& all, const std::map<std::string, FamilyPedigree>& h1, const std::map<std::string, FamilyPedigree>& h2,
                     const std::string& pedigree) {
  Samples used;
  for (const auto* families : {&h1, &h2})
    for (const auto& [id, family] : *families)
      for (const std::string& sample : family.sample) {
        if (sample.empty()) continue;
        const auto found = all.find(sample);
        if (found == all.end())
          throw Error(
              ErrorKind::input,
              pedigree + ": a sample_id of the pedigree is in none of the --profiles files; leave sample_id empty for untyped persons");
        used.insert(*found);
      }
  return used;
}

void check_same_samples(const FamilyPedigree& h1, const FamilyPedigree& h2) {
  const auto sorted = [](std::vector<std::string> ids) { return std::multiset<std::string>(ids.begin(), ids.end()); };
  std::multiset<std::string> a = sorted(h1.sample);
  std::multiset<std::string> b = sorted(h2.sample);
  a.erase("");
  b.erase("");
  if (a != b)
    throw Error(ErrorKind::input, "the two pedigrees of a family do not hold the same samples; the same data must be explained by both");
}

struct Counts {
  std::size_t loci = 0, used = 0, one_sided = 0, undefined = 0;
};

/// Two linked loci under one hypothesis. The rule for untyped parents looks at both: whoever is typed at one of them stays.
ScaledLikelihood joint_likelihood(const FamilyPedigree& family, const std::vector<ObservedGenotype>& first,
                                  const std::vector<ObservedGenotype>& second, const LocusModel& first_model,
                                  const LocusModel& second_model, double rho, UntypedParent rule, const ObservationModel& observation) {
  std::vector<ObservedGenotype> either = first;
  for (std::size_t i = 0; i < either.size(); ++i)
    if (either[i].kind == Observation::untyped) either[i] = second[i];
  const LocusPedigree seen = apply_untyped_parent_rule(family.pedigree, family.missing.front(), either, rule);
  std::vector<ObservedGenotype> at_first, at_second;
  for (const PedigreePerson& person : seen.pedigree.persons()) {
    const auto place = static_cast<std::size_t>(*family.pedigree.find(person.id));
    at_first.push_back(first[place]);
    at_second.push_back(second[place]);
  }
  return linked_pair_likelihood(seen.pedigree, {at_first, first_model}, {at_second, second_model}, rho, observation);
}

/// log10 LR of a linked pair less the sum of its two loci: what the total gains by scoring them together. 0 when one of the two does not
/// count.
double gain_of(const LinkedNames& pair, const FamilyPedigree& h1, const FamilyPedigree& h2, const Samples& samples,
               const EffectivePopulation& population, const ObservationModel& observation, const std::map<std::string, CaseRow>& rows) {
  const auto first = rows.find(pair.first), second = rows.find(pair.second);
  if (first == rows.end() || second == rows.end()) return 0.0;
  if (first->second.flag != CaseFlag::none || second->second.flag != CaseFlag::none) return 0.0;
  const LocusModel& a = *population.find(pair.first);
  const LocusModel& b = *population.find(pair.second);
  const auto joint = [&](const FamilyPedigree& family) {
    return joint_likelihood(family, observations(family, pair.first, samples), observations(family, pair.second, samples), a, b, pair.rho,
                            population.untyped_parent, observation);
  };
  return log10_likelihood_ratio(joint(h1), joint(h2)) - first->second.log10_lr - second->second.log10_lr;
}

void print_family(const std::string& id, const FamilyPedigree& h1, const FamilyPedigree& h2, const Samples& samples,
                  const EffectivePopulation& population, const ObservationModel& observation, const std::vector<LinkedNames>& linked,
                  Counts& counts, std::ostream& out) {
  check_same_samples(h1, h2);
  std::map<std::string, CaseRow> rows;
  CaseRow total;
  total.locus = "TOTAL";
  for (const LocusModel& model : population.loci) {
    const std::vector<ObservedGenotype> observed = observations(h1, model.locus.name, samples);
    CaseRow row;
    row.locus = model.locus.name;
    row.p_h1 = likelihood_of(h1, observed, model, population.untyped_parent, observation);
    row.p_h2 = likelihood_of(h2, observations(h2, model.locus.name, samples), model, population.untyped_parent, observation);
    row.flag = flag_of(h1, observed, row.p_h1, row.p_h2);
    // A locus typed on one side only says nothing of the relationship; a mutation model that is not stationary would
    // still move the LR off 1.
    row.log10_lr = row.flag == CaseFlag::one_sided ? 0.0 : log10_likelihood_ratio(row.p_h1, row.p_h2);
    out << lr_row(id, row, row.flag == CaseFlag::one_sided ? 1.0 : row.lr());
    ++counts.loci;
    counts.one_sided += row.flag == CaseFlag::one_sided ? 1 : 0;
    counts.undefined += row.flag == CaseFlag::undefined ? 1 : 0;
    counts.used += row.flag == CaseFlag::none ? 1 : 0;
    total.log10_lr += row.log10_lr;
    rows.emplace(row.locus, row);
  }
  for (const LinkedNames& pair : linked) total.log10_lr += gain_of(pair, h1, h2, samples, population, observation, rows);
  out << lr_total(id, total);
}

void print_summary(const LrPedigreeOptions& options, const Population& population, const EffectivePopulation& effective,
                   const ObservationModel& observation, const Counts& counts, std::size_t unreadable, std::ostream& err) {
  for (const std::string& warning : population.warnings) err << "homeward: " << warning << '\n';
  err << "population " << effective.population_id << ", model digest " << effective.digest << '\n'
      << "mutation " << describe_mutation(effective) << "; theta " << fmt::format("{:.6g}", effective.theta) << "; untyped parent "
      << (effective.untyped_parent == UntypedParent::half
              ? "half (an untyped founder with one child is left out, its gamete drawn from the population)"
              : "full (untyped founders stay, their gametes pass the mutation matrix)")
      << '\n';
  if (options.dropout || options.dropin)
    err << fmt::format("partial profiles: drop-out {:.6g}, drop-in {:.6g}\n", observation.dropout, observation.dropin);
  for (const std::string& added : effective.added) err << "allele added by the rare-allele rule: " << added << '\n';
  for (const std::string& locus : effective.unused_loci)
    err << "locus not used (not autosomal or not in the population): " << locus << '\n';
  for (const LinkedNames& pair : options.linked)
    err << fmt::format("linked: {} and {}, recombination fraction {:.6g}: jointly in the total\n", pair.first, pair.second, pair.rho);
  err << fmt::format("H2: {}\nloci: {} in all, {} used, {} one-sided (LR 1), {} undefined; {} calls that are no genotype\n",
                     options.alternative ? "the alternative pedigree" : "whoever is missing is unrelated", counts.loci, counts.used,
                     counts.one_sided, counts.undefined, unreadable);
  if (counts.undefined > 0)
    err << "homeward: warning: at the undefined loci both hypotheses are impossible; are the relatives labelled correctly?\n";
  err << kLeadBanner << '\n';
}

}  // namespace

int run_lr_pedigree(const LrPedigreeOptions& options, Context& context) {
  const std::map<std::string, FamilyPedigree> h1 = families_of(read_or_refuse(options.pedigree, context));
  std::map<std::string, FamilyPedigree> h2;
  if (options.alternative)
    h2 = families_of(read_or_refuse(*options.alternative, context));
  else
    for (const auto& [id, family] : h1) h2.emplace(id, missing_unrelated(family));
  Samples all;
  std::size_t unreadable = 0;
  for (const std::string& path : options.profiles) add_samples(read_or_refuse(path, context), all, unreadable);
  const Samples samples = used_samples(all, h1, h2, options.pedigree);
  const ObservationModel observation = observation_model(options, samples);
  const Population population = read_population(options.population, context.data_dir);
  const EffectivePopulation effective = freeze(population, observed_loci(samples), options.model.overrides, options.model.untyped_parent);

  for (const LinkedNames& pair : options.linked)
    for (const std::string& locus : {pair.first, pair.second})
      if (effective.find(locus) == nullptr)
        throw Error(ErrorKind::usage,
                    "--linked: locus " + escaped(locus) + " is not among the loci in use; write it as the table of results does");
  Counts counts;
  context.out << lr_header();
  for (const auto& [id, family] : h1) {
    const auto other = h2.find(id);
    if (other == h2.end())
      throw Error(ErrorKind::input,
                  *options.alternative + ": a family of " + options.pedigree + " is missing; give the same family_id in both");
    print_family(id, family, other->second, samples, effective, observation, options.linked, counts, context.out);
  }
  if (!context.global.quiet) print_summary(options, population, effective, observation, counts, unreadable, context.err);
  return 0;
}

}  // namespace homeward::cli
