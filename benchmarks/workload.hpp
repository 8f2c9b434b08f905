// A synthetic national workload: children, searching parents and couples, some of whom belong together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "homeward/scoring_profile.hpp"

namespace homeward::bench {

enum class WorkShape { duos, couples, pedigrees };  ///< pedigrees: the father's mother and brother are typed

struct WorkloadOptions {
  std::size_t n_children = 16384;
  std::size_t n_families = 512;
  WorkShape shape = WorkShape::duos;
  double missing = 0.02;     ///< share of calls that are untyped
  double true_share = 0.02;  ///< share of families whose child is among the children, one mutation in 50 transmissions
  std::uint64_t seed = 1;
};

struct Workload {
  CodeBlock children;
  std::vector<Family> families;
  std::vector<std::vector<Genotype>> calls;  ///< by family, as Compiler::compile takes them
  std::size_t n_members = 1;
};

/// The 24 core loci of a population file, or 24 random tables when the file cannot be read; `source` says which.
EffectivePopulation core_population(const std::string& data_folder, std::string& source);

Workload make_workload(const EffectivePopulation& population, const WorkloadOptions& options);

/// Families of which ten relatives are typed: four grandparents, an uncle of either side, two full sibs of the missing person,
/// its spouse and their child. No children.
Workload make_large_families(const EffectivePopulation& population, std::size_t n_families);

}  // namespace homeward::bench
