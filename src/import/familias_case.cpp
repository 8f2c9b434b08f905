// A Familias project as stated cases and as a population.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <numeric>

#include "base/text.hpp"
#include "homeward/case.hpp"
#include "homeward/error.hpp"
#include "import/familias.hpp"
#include "import/population_file_parts.hpp"
#include "import/text_file.hpp"

namespace homeward {

namespace {

using namespace import;

MutationParameters parameters_of(const FamiliasSystem& system, const FamiliasMutation& stated) {
  MutationParameters parameters;
  parameters.rate_male = system.male.rate;
  parameters.rate_female = system.female.rate;
  parameters.range = stated.range;
  parameters.microvariant_rate = stated.code == 4 ? stated.microvariant_rate : 0.0;
  switch (stated.code) {
    case 0:
      parameters.model = MutationModel::equal;
      break;
    case 1:
      parameters.model = MutationModel::proportional;
      break;
    case 3:
      throw ModelError(system.name, "Familias's stationary stepwise model has no form here; choose another model in the project");
    default:
      parameters.model = MutationModel::stepwise;
      break;
  }
  if (stated.rate == 0.0 && parameters.microvariant_rate == 0.0 && system.male.rate == 0.0 && system.female.rate == 0.0)
    parameters.model = MutationModel::none;
  return parameters;
}

/// Whether two sexes have the same model but for the rate.
bool same_model(const FamiliasMutation& l, const FamiliasMutation& r) {
  if (l.code != r.code) return false;
  const bool stepwise = l.code >= 2;
  return (!stepwise || l.range == r.range) && (l.code != 4 || l.microvariant_rate == r.microvariant_rate);
}

/// The alleles of a system, sorted, with their frequencies as stated.
std::vector<std::pair<Allele, double>> alleles_of(const FamiliasSystem& system) {
  std::vector<std::pair<Allele, double>> alleles;
  for (const auto& [name, frequency] : system.alleles) {
    const std::optional<Allele> allele = parse_any_allele(name);
    if (!allele) throw ModelError(system.name, "an allele of the database is neither repeats[.bases] nor a letter");
    if (!(frequency > 0.0 && frequency <= 1.0)) throw ModelError(system.name, "an allele frequency is not above 0 and at most 1");
    alleles.emplace_back(*allele, frequency);
  }
  std::sort(alleles.begin(), alleles.end());
  for (std::size_t k = 1; k < alleles.size(); ++k)
    if (alleles[k].first == alleles[k - 1].first) throw ModelError(system.name, "an allele of the database is given twice");
  return alleles;
}

/// What the cases of one project share.
class CaseBuilder {
 public:
  CaseBuilder(const FamiliasProject& project, std::string stem) : project_(project), stem_(std::move(stem)) {
    for (const FamiliasSystem& system : project.systems) models_.push_back(model_of(system));
    check_dropout();
  }

  std::vector<Case> build() {
    std::vector<Case> cases;
    for (std::size_t k = 0; k + 1 < project_.pedigrees.size(); ++k)
      cases.push_back(of_pedigrees(project_.pedigrees[k], project_.pedigrees.back()));
    if (project_.pedigrees.size() == 1) cases.push_back(of_pedigrees(project_.pedigrees[0], unrelated(project_.pedigrees[0])));
    for (const FamiliasFamily& family : project_.families)
      for (const FamiliasPedigree& pedigree : family.pedigrees)
        for (const FamiliasPerson& person : project_.unidentified) add_identification(family, pedigree, person, cases);
    return cases;
  }

 private:
  std::shared_ptr<const LocusModel> model_of(const FamiliasSystem& system) {
    auto model = std::make_shared<LocusModel>();
    model->locus.name = system.name;
    double sum = 0.0;
    for (const auto& [allele, frequency] : alleles_of(system)) {
      model->locus.alleles.push_back(allele);
      model->frequencies.push_back(frequency);
      sum += frequency;
    }
    const double expected = 1.0 - system.silent;  // a silent allele takes its share of the sum
    if (!(std::abs(sum - expected) <= kFrequencySumTolerance))
      throw ModelError(system.name,
                       fmt::format("allele frequencies sum to {:.6g}, expected {:.6g} within {}", sum, expected, kFrequencySumTolerance));
    if (std::abs(sum - expected) > kFrequencySumExact)
      warnings_.push_back(fmt::format("locus {}: allele frequencies sum to {:.6g}, normalised to 1", system.name, sum));
    std::vector<double> visible;
    for (double& p : model->frequencies) {
      p /= sum;
      visible.push_back(p * expected);
    }
    model->floored.assign(model->frequencies.size(), false);
    model->silent = system.silent;
    model->theta = project_.theta;
    const MutationParameters male = parameters_of(system, system.male);
    const MutationParameters female = parameters_of(system, system.female);
    model->mutation = male;
    model->male = mutation_matrix(male, male.rate_male, true, model->locus.alleles, visible, system.name);
    model->female = mutation_matrix(female, female.rate_female, false, model->locus.alleles, visible, system.name);
    if (system.minor_allele_frequency > 0.0 &&
        *std::min_element(model->frequencies.begin(), model->frequencies.end()) < system.minor_allele_frequency)
      warnings_.push_back(fmt::format("locus {}: the project's minimum allele frequency is not applied", system.name));
    return model;
  }

  /// Drop-out is a probability of the case here, of the system in Familias.
  void check_dropout() {
    for (const FamiliasSystem& system : project_.systems) {
      if (&system == &project_.systems.front()) dropout_ = system.dropout;
      if (system.dropout != dropout_) throw ModelError(system.name, "its drop-out probability differs from that of the first system");
    }
  }

  Pedigree sound(const FamiliasPedigree& pedigree) const {
    std::vector<std::string> defects;
    Pedigree result = pedigree_of(pedigree, defects);
    if (!defects.empty())
      throw Error(ErrorKind::input,
                  fmt::format("the pedigree on line {} has {} defects: {}", pedigree.line, defects.size(), defects.front()));
    return result;
  }

  static FamiliasPedigree unrelated(const FamiliasPedigree& pedigree) {
    FamiliasPedigree nobody = pedigree;
    nobody.name = "unrelated";
    nobody.relations.clear();
    return nobody;
  }

  void observe(const FamiliasPerson& person, Case& stated) const {
    const bool partial = person.consider_dropout && dropout_ > 0.0;
    for (const FamiliasCall& call : person.calls) {
      const auto locus = std::find_if(stated.loci.begin(), stated.loci.end(), [&](const CaseLocus& l) { return l.name == call.system; });
      if (locus == stated.loci.end()) throw ModelError(call.system, "a genotype is of a system that the database does not have");
      const std::optional<Allele> a = parse_any_allele(call.allele1), b = parse_any_allele(call.allele2);
      if (!a || !b) throw ModelError(call.system, fmt::format("line {}: an allele is neither repeats[.bases] nor a letter", call.line));
      if (!locus->model->locus.index_of(*a) || !locus->model->locus.index_of(*b))
        throw ModelError(call.system, fmt::format("line {}: an allele is not in the database", call.line));
      const Genotype genotype = partial && *a == *b ? Genotype(Allele(), *a) : Genotype(*a, *b);
      locus->observed.emplace_back(person.name, ObservedGenotype{partial ? Observation::set : Observation::genotype, genotype});
    }
  }

  Case start(const std::string& name) const {
    Case stated;
    stated.id = name;
    stated.warnings = warnings_;
    stated.observation.dropout = dropout_;
    for (std::size_t k = 0; k < models_.size(); ++k) stated.loci.push_back({project_.systems[k].name, models_[k], {}});
    return stated;
  }

  Case of_pedigrees(const FamiliasPedigree& h1, const FamiliasPedigree& h2) const {
    Case stated = start(fmt::format("{}:{}/{}", stem_, h1.name, h2.name));
    stated.h1 = sound(h1);
    stated.h2 = sound(h2);
    for (const FamiliasPerson& person : project_.persons) observe(person, stated);
    return stated;
  }

  /// Whether the pedigree is sound for a missing person of unknown sex and not for this one.
  static bool excluded_by_sex(const FamiliasPedigree& identified, const FamiliasPedigree& pedigree) {
    std::vector<std::string> with_person, without;
    pedigree_of(identified, with_person);
    pedigree_of(pedigree, without);
    return !with_person.empty() && without.empty();
  }

  /// H1: the unidentified person is the missing one; H2: the missing one is somebody else, the person unrelated.
  void add_identification(const FamiliasFamily& family, const FamiliasPedigree& pedigree, const FamiliasPerson& person,
                          std::vector<Case>& cases) const {
    FamiliasPedigree h1 = pedigree;
    const auto place = std::find_if(h1.members.begin(), h1.members.end(), [](const auto& m) { return m.first == kFamiliasMissing; });
    if (place == h1.members.end()) return;
    FamiliasPedigree h2 = pedigree;
    h2.members.emplace_back(person.name, person.sex);
    place->first = person.name;
    if (place->second == Sex::unknown) place->second = person.sex;
    if (excluded_by_sex(h1, pedigree)) return;
    Case stated = start(fmt::format("{}:{}={}:{}", stem_, person.name, family.name, pedigree.name));
    stated.h1 = sound(h1);
    stated.h2 = sound(h2);
    observe(person, stated);
    for (const FamiliasPerson& relative : family.persons) observe(relative, stated);
    cases.push_back(std::move(stated));
  }

  const FamiliasProject& project_;
  std::string stem_;
  std::vector<std::shared_ptr<const LocusModel>> models_;
  std::vector<std::string> warnings_;
  double dropout_ = 0.0;
};

}  // namespace

std::vector<Case> read_familias_cases(const std::filesystem::path& path) {
  const TextFile text = read_text_file(path, {});
  if (!is_familias(text.decoded.text)) throw input_error(path, "is no Familias project");
  try {
    const FamiliasProject project = parse_familias(text.decoded.text);
    std::vector<Case> cases = CaseBuilder(project, path.stem().string()).build();
    if (cases.empty()) throw Error(ErrorKind::input, "the project has no pedigree to compute");
    return cases;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::input) throw;
    throw input_error(path, error.what());
  }
}

Population read_population_familias(std::string_view text, const LocusDictionary& dictionary, std::vector<std::string>& defects) {
  Population population;
  const FamiliasProject project = parse_familias(text);
  population.title = project.database;
  population.theta = project.theta;
  for (const FamiliasSystem& system : project.systems) {
    const auto known = dictionary.find(system.name);
    if (known && (known->name.empty() || known->kind == LocusKind::sex)) continue;
    LocusPopulation locus;
    locus.locus = known ? known->name : system.name;
    if (known) {
      locus.kind = known->kind;
      locus.chromosome = known->chromosome;
    }
    locus.n_alleles = system.database_size;
    locus.silent = system.silent;
    locus.rate_source = locus.source = "Familias project";
    try {
      if (!same_model(system.male, system.female))
        throw ModelError(system.name,
                         "the mutation models of mothers and fathers differ in more than the rate, which a population has no form for");
      locus.mutation = parameters_of(system, system.male);
      for (const auto& [allele, frequency] : alleles_of(system)) {
        locus.alleles.push_back(allele);
        locus.frequencies.push_back(frequency / (1.0 - system.silent));
        if (!known && allele.is_letter()) locus.kind = LocusKind::snp;
      }
    } catch (const ModelError& error) {
      defects.push_back(fmt::format("line {}: {}", system.line, error.what()));
      continue;
    }
    if (population.find(locus.locus) != nullptr)
      defects.push_back(fmt::format("line {}: locus {} is given twice", system.line, locus.locus));
    population.loci.push_back(std::move(locus));
  }
  return population;
}

}  // namespace homeward
