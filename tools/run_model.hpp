// The model of a run: chosen on the command line, or rebuilt from a run folder and checked.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "homeward/population.hpp"
#include "homeward/report.hpp"
#include "homeward/scoring_profile.hpp"
#include "homeward/store.hpp"
#include "report/family_check_table.hpp"

namespace homeward::cli {

/// Genetics chosen on a command line.
struct ModelOptions {
  ModelOverrides overrides;
  UntypedParent untyped_parent = UntypedParent::half;
  CoupleWeights couple_weights;
  std::vector<std::string> chosen;  ///< names of the options given
};
/// --theta, --mutation-model, --rate-male, ... --couple-weights. Defaults are empty or shown.
void declare_model_options(po::options_description& group);
/// Throws Error(usage) for values out of range.
ModelOptions parse_model_options(const po::variables_map& values);

/// A store, a population frozen over its alleles, and who said so.
struct RunModel {
  std::unique_ptr<Store> store;
  Population population;
  EffectivePopulation effective;
  CoupleWeights couple_weights;
  std::vector<std::string> warnings;  ///< of the rebuilding; the population has its own
};

/// Opens the store, reads the population and freezes it over the store's alleles.
RunModel make_model(const std::filesystem::path& store, const std::string& population, const ModelOptions& options,
                    const std::filesystem::path& data_dir);

/// The model of a run folder again, from the store named in its manifest or `store`. Refuses (Error(input)) when the store
/// is another one, the population's file has changed, or the digest is not the run's.
RunModel rebuild_model(const RunManifest& manifest, const std::optional<std::filesystem::path>& store,
                       const std::filesystem::path& data_dir);

/// The mutation models and rates in use, in words: "stepwise, 0.002 paternal / 0.0005 maternal".
std::string describe_mutation(const EffectivePopulation& population);
/// Names of the mutation models in use, joined by "+".
std::string mutation_models(const EffectivePopulation& population);

/// Prints every genetics default and choice that applies, one a line.
void print_model(const RunModel& model, const ModelOptions& options, const Context& context);

/// One line on what the check of the families found.
std::string family_check_summary(const FamilyCheckCounts& counts);

inline constexpr const char* kLeadBanner = "every result is a lead to confirm, never an identification";

}  // namespace homeward::cli
