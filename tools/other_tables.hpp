// The LRs of listed candidates under other frequency tables and co-ancestries.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "candidate_rows.hpp"
#include "command.hpp"
#include "homeward/report.hpp"

namespace homeward::cli {

struct OtherTables {
  std::vector<std::string> populations;  ///< paths or ids
  std::vector<double> thetas;            ///< with the run's population
  std::optional<std::filesystem::path> store;
  bool empty() const { return populations.empty() && thetas.empty(); }
};
/// --also-population, --also-theta, --store
void declare_other_tables(po::options_description& group);
OtherTables parse_other_tables(const po::variables_map& values);

/// log10 LR of every row under one other model; NaN for undeclared couples and pairs without a locus in common there.
struct OtherScores {
  std::string column;  ///< "log10_lr@us-asian", "log10_lr@theta=0.03"
  std::vector<double> log10_lr;
};
/// Scores the rows anew from the run's store. Throws as rebuild_model does when the store is not the run's.
std::vector<OtherScores> score_elsewhere(const OtherTables& tables, const RunManifest& manifest, const std::vector<CandidateRow>& rows,
                                         const std::filesystem::path& data_dir);

/// The lowest LR over the run's own and all other models, by row.
std::vector<double> lowest_log10_lr(const std::vector<OtherScores>& others, const std::vector<CandidateRow>& rows);
/// A line for people: how many candidates the verbal scale puts into another class under the lowest LR; empty when none.
std::string verdict_warning(const std::vector<double>& lowest, const std::vector<CandidateRow>& rows, const VerbalScale& scale);

}  // namespace homeward::cli
