// Posteriors of the rows of candidates.tsv under the run's prior or another one, and thresholds chosen by what they cost.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "homeward/report.hpp"

namespace homeward::cli {

/// Columns of candidates.tsv this file reads or changes.
inline constexpr std::size_t kPosterior = 11, kExpectedChanceHits = 20, kPosteriorRelative = 26, kPosteriorNone = 27;

struct RankBeliefOptions {
  std::optional<double> prior, fdr, max_expected_chance_hits;
  bool any_threshold() const { return fdr || max_expected_chance_hits; }
};
/// --prior, --fdr, --max-expected-chance-hits
void declare_rank_belief(po::options_description& group);
/// Throws Error(usage) for values out of range.
RankBeliefOptions parse_rank_belief(const po::variables_map& values);

/// Moves the posterior columns of a row from the prior phi of the run to another one: with D = (1 - phi) / P(none) and
/// S = (D - 1 + phi) / phi of METHODS eq. 39, every weight scales by phi' / phi. Rows without a posterior stay.
/// Throws Error(usage) when the run's phi is 0, which says nothing about S.
void change_prior(std::vector<std::string>& row, double phi_of_run, double phi);

/// Decides which rows stay. Two passes: first every row is shown, then asked about.
class RowThreshold {
 public:
  RowThreshold(const RankBeliefOptions& options, const RunBelief& belief);
  void see(const std::vector<std::string>& row);
  void decide();
  bool keeps(const std::vector<std::string>& row) const;
  /// One line: what is kept, what it costs in true candidates.
  std::string summary(const Context& context) const;

 private:
  RankBeliefOptions options_;
  double phi_;
  std::vector<double> posteriors_;
  double least_posterior_ = 0.0;
  double kept_ = 0.0, false_kept_ = 0.0, true_left_out_ = 0.0;
};

}  // namespace homeward::cli
