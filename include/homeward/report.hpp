// Reports: the manifest of a run, the tables of its folder, and one pair locus by locus.
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "homeward/population.hpp"
#include "homeward/results.hpp"
#include "homeward/scoring_profile.hpp"

namespace homeward {

/// What run.json says (schema: data-schemas/run.schema.json). Enough to rebuild the model and to check that inputs are the same.
struct RunManifest {
  std::string run_id, command, status = "running";  ///< status: running | complete | stopped | failed
  int exit_code = 0;
  std::vector<std::string> arguments;
  std::string started, finished;  ///< UTC, the only timestamps of a run folder
  std::string store_path, store_sha256, store_uuid;
  std::uint64_t store_generation = 0, n_children = 0, n_families = 0;
  std::vector<std::pair<std::string, std::uint64_t>> loci;  ///< locus, persons typed
  std::string population, population_sha256, model_digest;  ///< population: as given (path or id)
  ModelOverrides overrides;
  UntypedParent untyped_parent = UntypedParent::half;
  CoupleWeights couple_weights;
  double theta = 0.0;
  std::string mutation_model;
  double min_log10_lr = 0.0;
  std::uint32_t top_k = 50;
  bool exhaustive = false, undeclared_couples = true;
  std::string kernel;
  int threads = 1;
  std::uint64_t seed = 1;
  SearchCounts counts;
  double search_seconds = 0.0, total_seconds = 0.0;
  std::vector<std::string> added_alleles, unused_loci, warnings;
  std::vector<std::pair<std::string, std::uint64_t>> outputs;  ///< file name, rows
};

/// Writes run.json (temporary file, fsync, rename; 0600).
void write_manifest(const std::filesystem::path& run_folder, const RunManifest& manifest);
/// Throws Error(input) naming the missing or mistyped key.
RunManifest read_manifest(const std::filesystem::path& run_folder);

/// One pair locus by locus under one hypothesis. Lines in the order of the effective population; only loci typed in the
/// child or a relative. The sum of log10_lr over lines of status consistent / inconsistent is the term's exact score.
/// @param member_calls as Compiler::compile takes them; @param child_calls by locus of the population.
std::vector<LocusLine> explain_pair(const EffectivePopulation& population, const Family& family, Hypothesis hypothesis,
                                    const std::vector<Genotype>& member_calls, std::size_t n_members,
                                    const std::vector<Genotype>& child_calls);

}  // namespace homeward
