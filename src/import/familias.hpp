// Familias projects (.fam of Familias 3): persons with genotypes, pedigrees, the frequency database, the DVI section.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "homeward/pedigree.hpp"

namespace homeward::import {

struct FamiliasCall {
  std::string system, allele1, allele2;  ///< names as the database prints them
  std::uint64_t line = 0;
};
struct FamiliasPerson {
  std::string name;
  Sex sex = Sex::unknown;
  bool consider_dropout = false;
  std::vector<FamiliasCall> calls;
  std::uint64_t line = 0;
};
/// Members are the persons of the project or family, in their order, then persons the pedigree adds.
struct FamiliasPedigree {
  std::string name;
  std::vector<std::pair<std::string, Sex>> members;
  std::vector<std::pair<std::size_t, std::size_t>> relations;  ///< parent, child: into `members`
  bool twins = false;                                          ///< holds a relation that is no parent and child
  std::uint64_t line = 0;
};
/// A mutation model of one sex. Codes: 0 equal, 1 proportional, 2 stepwise, 3 stepwise made stationary, 4 extended stepwise.
struct FamiliasMutation {
  int code = 0;
  double rate = 0.0, range = 0.0, microvariant_rate = 0.0;
  friend bool operator==(const FamiliasMutation&, const FamiliasMutation&) = default;
};
struct FamiliasSystem {
  std::string name;
  FamiliasMutation female, male;
  std::vector<std::pair<std::string, double>> alleles;  ///< without the silent one
  double silent = 0.0;
  std::optional<std::uint32_t> database_size;  ///< alleles counted
  double dropout = 0.0, minor_allele_frequency = 0.0;
  std::uint64_t line = 0;
};
/// A reference family of the DVI section.
struct FamiliasFamily {
  std::string name;
  std::vector<FamiliasPerson> persons;
  std::vector<FamiliasPedigree> pedigrees;
  std::uint64_t line = 0;
};
struct FamiliasProject {
  std::string version, database;
  double theta = 0.0;
  std::vector<FamiliasPerson> persons;
  std::vector<FamiliasPedigree> pedigrees;
  std::vector<FamiliasSystem> systems;
  std::vector<FamiliasPerson> unidentified;  ///< DVI section
  std::vector<FamiliasFamily> families;      ///< DVI section
};

/// Bounds of one project: persons over all pedigrees together, and relations of one pedigree.
inline constexpr std::size_t kMaxFamiliasMembers = 1'000'000;
inline constexpr std::size_t kMaxFamiliasRelations = 20'000;

/// The member of a DVI pedigree whose identity is asked for.
inline constexpr std::string_view kFamiliasMissing = "Missing person";

bool is_familias(std::string_view text);

/// Reads a project. Throws Error(input) "line N: expected ..., found ..." at the first thing that does not fit (a file of
/// positions cannot be read past it); the text shows no names and no alleles. Memory is bounded by the text.
FamiliasProject parse_familias(std::string_view text);

/// The DVI section, `text` beginning at `[DVI]`, its first line numbered `line`. Errors as above.
void parse_familias_dvi(std::string_view text, std::uint64_t line, FamiliasProject& project);

/// The pedigree in our terms: a parent's sex says which parent; one parent alone is joined by a gamete of the population; a
/// parent of unknown sex takes the place that is free. Defects (twins, a third parent) as sentences.
Pedigree pedigree_of(const FamiliasPedigree& pedigree, std::vector<std::string>& defects);

}  // namespace homeward::import
