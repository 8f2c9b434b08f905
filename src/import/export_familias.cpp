// Export as a Familias 3 project with a DVI section.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/atomic_file.hpp"
#include "homeward/error.hpp"
#include "import/export_parts.hpp"
#include "import/familias.hpp"

namespace homeward {

namespace {

using namespace import;

int model_code(const LocusPopulation& locus) {
  switch (locus.mutation.model) {
    case MutationModel::none:
    case MutationModel::equal:
      return 0;
    case MutationModel::proportional:
      return 1;
    case MutationModel::stepwise:
      return 4;
    default:
      throw ModelError(locus.locus, "Familias has no such mutation model; choose a population with none, equal, proportional or stepwise");
  }
}

/// One person of the DVI section.
struct DviPerson {
  std::string name;
  Sex sex = Sex::unknown;
  const ImportedSample* sample = nullptr;
};
/// Parent and child by name.
using Relations = std::vector<std::pair<std::string, std::string>>;

class ProjectWriter {
 public:
  ProjectWriter(const ImportedFile& content, const Population& population) : content_(content), population_(population) {
    for (std::size_t k = 0; k < content.loci.size(); ++k) locus_index_.emplace(content.loci[k].name, k);
    for (const ImportedSample& sample : content.samples)
      if (!sample_of_.emplace(sample.sample_id, &sample).second)
        losses_.add("further typings or families of a sample were left out: Familias has one of each");
  }

  Exported write(const std::filesystem::path& path) {
    AtomicFile file(path);
    file.write(
        "\"Output from Familias, version 3.3.1\"\n\"(written by homeward)\"\n3.3.1 (DVI)\n\"\"\n0\n\"Known relations\"\n0\n0\n0\n0\n");
    file.write(fmt::format("#FALSE# (#Databases: 1 ;Theta/Kinship/Fst: {} )\n", population_.theta));
    file.write(database());
    file.write("\n[DVI]\n" + unidentified() + families());
    Exported exported;
    exported.files.push_back({path.string(), file.commit(), n_persons_, n_calls_});
    losses_.report(exported);
    return exported;
  }

 private:
  /// Names are lines of the file.
  std::string name_of(std::string_view id) {
    std::string name;
    for (const char c : id) name += c == '\n' || c == '\r' || c == '"' ? '_' : c;
    if (name != id) losses_.add("ids hold line ends or quotes, which were written as _");
    return name;
  }

  std::set<Allele> observed_at(const std::string& locus) const {
    std::set<Allele> alleles;
    const auto index = locus_index_.find(locus);
    if (index == locus_index_.end()) return alleles;
    for (const ImportedSample& sample : content_.samples)
      for (const ImportedCall& call : sample.calls)
        if (call.locus == index->second)
          for (const Allele allele : {call.genotype.a, call.genotype.b})
            if (!allele.empty()) alleles.insert(allele);
    return alleles;
  }

  std::string system(const LocusPopulation& locus) {
    std::map<Allele, double> frequencies;
    for (std::size_t k = 0; k < locus.alleles.size(); ++k) frequencies[locus.alleles[k]] = locus.frequencies[k];
    for (const Allele allele : observed_at(locus.locus))
      if (frequencies.emplace(allele, population_.rare_alleles.floor_of(locus.n_alleles)).second)
        losses_.add("alleles of the profiles are not in the population and were added by its rare-allele rule");
    double sum = 0.0;
    for (const auto& [allele, frequency] : frequencies) sum += frequency;
    const MutationParameters& mutation = locus.mutation;
    const bool none = mutation.model == MutationModel::none;
    const double micro = mutation.model == MutationModel::stepwise ? mutation.microvariant_rate : 0.0;
    std::string text = fmt::format("\"{}\"\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n", locus.locus, none ? 0.0 : mutation.rate_female,
                                   none ? 0.0 : mutation.rate_male, model_code(locus), model_code(locus),
                                   frequencies.size() + (locus.silent > 0.0 ? 1 : 0), mutation.range, mutation.range, micro, micro);
    text += fmt::format("{}\n{}\n{}\t(DatabaseSize = {} , Dropout probability = 0 , Minor allele frequency = 0 )\n",
                        locus.silent > 0.0 ? "#TRUE#" : "#FALSE#", locus.silent, frequencies.size(), locus.n_alleles.value_or(0));
    for (const auto& [allele, frequency] : frequencies)
      text += fmt::format("\"{}\"\n{}\n", to_string(allele), frequency / sum * (1.0 - locus.silent));
    return text;
  }

  std::string database() {
    std::string systems;
    std::size_t n = 0;
    for (const LocusPopulation& locus : population_.loci) {
      if (locus.chromosome != Chromosome::autosomal) continue;
      systems += system(locus);
      loci_.insert(locus.locus);
      ++n;
    }
    return fmt::format("{}\n#TRUE#\n\"{}\"\n{}", n, name_of(population_.id), systems);
  }

  std::string dna(const ImportedSample* sample, const std::string& brackets) {
    std::string calls;
    std::size_t n = 0;
    for (const ImportedCall& call : sample == nullptr ? std::vector<ImportedCall>{} : sample->calls) {
      const std::string& locus = content_.loci[call.locus].name;
      if (loci_.count(locus) == 0) {
        losses_.add("calls are of loci that the population lacks: left out");
      } else if (!call.genotype.typed() || call.genotype.half_known()) {
        losses_.add("calls are no genotype (off-ladder, half known, three alleles): left out");
      } else {
        calls += fmt::format("SystemName= {}\nAllele1= {}\nAllele2= {}\n", locus, to_string(call.genotype.a), to_string(call.genotype.b));
        ++n;
      }
    }
    n_calls_ += n;
    return fmt::format("{0}DNA data{1}\nnSystems= {2}\n{3}", brackets, std::string(brackets.size(), ']'), n, calls);
  }

  std::string person(const DviPerson& one, std::size_t number, std::size_t depth) {
    ++n_persons_;
    const char* gender = one.sex == Sex::male ? "Male" : one.sex == Sex::female ? "Female" : "Unknown";
    return fmt::format("{}Person {}{}\nName= {}\nGender= {}\n", std::string(depth, '['), number, std::string(depth, ']'), one.name,
                       gender) +
           dna(one.sample, std::string(depth + 1, '['));
  }

  std::string unidentified() {
    std::string persons;
    std::size_t n = 0;
    for (const ImportedSample& sample : content_.samples)
      if (sample.role == Role::child && sample_of_.at(sample.sample_id) == &sample)
        persons += person({name_of(sample.sample_id), sample.sex, &sample}, ++n, 3);
    return fmt::format("[[Unidentified persons]]\nnPersons= {}\n{}", n, persons);
  }

  /// Declared pedigrees, then families by role.
  std::string families() {
    std::map<std::string, std::vector<const ImportedRelative*>> pedigrees;
    for (const ImportedRelative& relative : content_.relatives) pedigrees[relative.family_id].push_back(&relative);
    std::map<std::string, std::vector<const ImportedSample*>> parents;
    std::set<std::string> in_pedigree;
    for (const ImportedRelative& relative : content_.relatives) in_pedigree.insert(relative.sample_id);
    for (const ImportedSample& sample : content_.samples) {
      const bool parent = sample.role == Role::father || sample.role == Role::mother || sample.role == Role::parent;
      if (parent && in_pedigree.count(sample.sample_id) == 0)
        parents[sample.family_id.empty() ? sample.sample_id : sample.family_id].push_back(&sample);
    }
    std::string text;
    std::size_t n = 0;
    for (const auto& [id, relatives] : pedigrees) text += declared(id, relatives, ++n);
    for (const auto& [id, samples] : parents) text += derived(id, samples, ++n);
    return fmt::format("[[Reference Families]]\nnFamilies= {}\n{}", n, text);
  }

  std::string declared(const std::string& id, const std::vector<const ImportedRelative*>& relatives, std::size_t number) {
    std::map<std::string, std::string> names;
    std::vector<DviPerson> persons;
    for (const ImportedRelative* relative : relatives) {
      const auto sample = sample_of_.find(relative->sample_id);
      const bool typed = !relative->sample_id.empty() && sample != sample_of_.end();
      names[relative->person_id] =
          relative->missing ? std::string(kFamiliasMissing) : name_of(typed ? relative->sample_id : relative->person_id);
      if (!relative->missing) persons.push_back({names[relative->person_id], relative->sex, typed ? sample->second : nullptr});
    }
    Relations relations;
    for (const ImportedRelative* relative : relatives)
      for (const std::string* parent : {&relative->father_id, &relative->mother_id})
        if (const auto found = names.find(*parent); found != names.end()) relations.emplace_back(found->second, names[relative->person_id]);
    return family(id, persons, relations, number);
  }

  std::string derived(const std::string& id, const std::vector<const ImportedSample*>& samples, std::size_t number) {
    std::vector<DviPerson> persons;
    Relations relations;
    for (const ImportedSample* sample : samples) {
      const Sex sex = sample->role == Role::father ? Sex::male : sample->role == Role::mother ? Sex::female : sample->sex;
      persons.push_back({name_of(sample->sample_id), sex, sample});
      relations.emplace_back(persons.back().name, std::string(kFamiliasMissing));
    }
    return family(id, persons, relations, number);
  }

  std::string family(const std::string& id, const std::vector<DviPerson>& persons, const Relations& relations, std::size_t number) {
    std::string text = fmt::format("[[[Family {}]]]\nName= {}\n[[[[Persons]]]]\nnPersons= {}\n", number, name_of(id), persons.size());
    for (std::size_t k = 0; k < persons.size(); ++k) text += person(persons[k], k + 1, 5);
    text +=
        fmt::format("[[[[Pedigrees]]]]\nnPedigrees= 1\n[[[[[Pedigree 1]]]]]\nName= Reference pedigree\nnRelations= {}\n", relations.size());
    for (const auto& [parent, child] : relations) text += fmt::format("Parent= {}\nChild= {}\n", parent, child);
    return text;
  }

  const ImportedFile& content_;
  const Population& population_;
  Losses losses_;
  std::map<std::string, std::size_t> locus_index_;
  std::map<std::string, const ImportedSample*> sample_of_;
  std::set<std::string> loci_;
  std::uint64_t n_persons_ = 0, n_calls_ = 0;
};

}  // namespace

Exported write_familias(const ImportedFile& content, const std::filesystem::path& path, const Population& population) {
  return ProjectWriter(content, population).write(path);
}

}  // namespace homeward
