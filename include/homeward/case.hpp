// Stated cases: two pedigrees against each other, with everything needed to compute inside.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "homeward/observation.hpp"
#include "homeward/pedigree.hpp"
#include "homeward/population.hpp"

namespace homeward {

/// One locus of a case: the model and what was seen of each typed person.
struct CaseLocus {
  std::string name;  ///< as the case calls it; distinct within a case
  std::shared_ptr<const LocusModel> model;
  std::vector<std::pair<std::string, ObservedGenotype>> observed;  ///< person id; persons not listed are untyped
};

/// Two loci of a case (indexes into Case::loci) with recombination fraction rho.
struct CaseLinkage {
  std::size_t first = 0, second = 0;
  double rho = 0.5;
};

/// A stated case: H1 against H2.
struct Case {
  std::string id;
  Pedigree h1, h2;
  ObservationModel observation;
  std::vector<CaseLocus> loci;
  std::vector<CaseLinkage> linked;
  std::vector<std::string> warnings;  ///< complete sentences
};

/// Allele frequencies of one locus, sorted by allele, normalised to sum 1.
struct FrequencyTable {
  std::vector<Allele> alleles;
  std::vector<double> frequencies;
  double stated_sum = 1.0;  ///< before normalisation
  bool renormalised() const { return stated_sum < 1.0 - 1e-9 || stated_sum > 1.0 + 1e-9; }
};
/// Tables by locus name.
using FrequencyFile = std::map<std::string, FrequencyTable>;

/// Reads a CSV `locus,allele,frequency` (`freq` equals `frequency`; further columns are ignored). Frequencies of a locus
/// must sum to 1 within 0.01 and are normalised when off by more than 1e-9. Throws Error(input) naming file, line and column.
FrequencyFile read_frequency_file(const std::filesystem::path& path);

/// Reads one line of a case file (JSON; docs/METHODS.md, "Case file"). `tables`: frequency files by id, for loci whose
/// `frequencies` is a string. Throws Error(input), or ModelError naming the locus; the text never shows alleles.
Case parse_case(const std::string& line, const std::map<std::string, FrequencyFile>& tables);

/// The cases of a Familias project (.fam): each of its pedigrees against the last one (a single one against all members
/// unrelated), and for the DVI section every unidentified person as the "Missing person" of every pedigree of every reference
/// family, against unrelated, unless sex rules it out. Database, mutation models by sex, theta, silent allele and drop-out are the
/// project's own. Throws Error(input) naming the line, ModelError naming the locus, when the project states what has no form here.
std::vector<Case> read_familias_cases(const std::filesystem::path& path);

/// The case's name alone, empty if the line is not an object with a text `case`: to name a case that cannot be parsed.
std::string case_name(const std::string& line);

}  // namespace homeward
