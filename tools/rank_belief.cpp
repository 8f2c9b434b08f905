#include "rank_belief.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "homeward/error.hpp"
#include "homeward/posterior.hpp"

namespace homeward::cli {

void declare_rank_belief(po::options_description& group) {
  group.add_options()                                                                                                                     //
      ("prior", po::value<double>()->value_name("PHI"), "probability that a child's family is registered (default: the run's)")           //
      ("fdr", po::value<double>()->value_name("A"), "the largest set of candidates of which at most this share is expected to be false")  //
      ("max-expected-chance-hits", po::value<double>()->value_name("N"),
       "candidates whose LR at most N pairs of strangers of the run reach");
}

RankBeliefOptions parse_rank_belief(const po::variables_map& values) {
  RankBeliefOptions options;
  const auto number = [&](const char* name, double lowest, double highest) -> std::optional<double> {
    if (values.count(name) == 0) return std::nullopt;
    const double value = values[name].as<double>();
    if (!(value > lowest && value < highest))
      throw Error(ErrorKind::usage, fmt::format("--{} must lie between {} and {} (both excluded), not {}", name, lowest, highest, value));
    return value;
  };
  options.prior = number("prior", 0.0, 1.0);
  options.fdr = number("fdr", 0.0, 1.0);
  options.max_expected_chance_hits = number("max-expected-chance-hits", 0.0, 1e300);
  return options;
}

void change_prior(std::vector<std::string>& row, double phi_of_run, double phi) {
  const std::optional<double> none = parse_double(row[kPosteriorNone]);
  if (!none) return;
  if (!(phi_of_run > 0.0))
    throw Error(ErrorKind::usage, "the run's prior is 0: its posteriors cannot be moved to another one; run match again with --prior");
  const double all = (1.0 - phi_of_run) / *none;
  const double sum = (all - 1.0 + phi_of_run) / phi_of_run;
  const double all_now = 1.0 - phi + phi * sum;
  for (const std::size_t column : {kPosterior, kPosteriorRelative})
    if (const std::optional<double> p = parse_double(row[column]))
      row[column] = fmt::format("{:.6g}", std::min(1.0, *p * phi / phi_of_run * all / all_now));
  row[kPosteriorNone] = fmt::format("{:.6g}", (1.0 - phi) / all_now);
}

RowThreshold::RowThreshold(const RankBeliefOptions& options, const RunBelief& belief)
    : options_(options), phi_(options.prior.value_or(belief.phi)) {}

void RowThreshold::see(const std::vector<std::string>& row) { posteriors_.push_back(parse_double(row[kPosterior]).value_or(0.0)); }

void RowThreshold::decide() {
  if (!options_.fdr) return;
  std::vector<double> sorted = posteriors_;
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  const std::size_t kept = rows_within_fdr(sorted, *options_.fdr);
  least_posterior_ = kept > 0 ? sorted[kept - 1] : 2.0;
  for (const double p : posteriors_) {
    if (p >= least_posterior_) {
      kept_ += 1.0;
      false_kept_ += 1.0 - p;
    } else {
      true_left_out_ += p;
    }
  }
}

bool RowThreshold::keeps(const std::vector<std::string>& row) const {
  if (options_.fdr && parse_double(row[kPosterior]).value_or(0.0) < least_posterior_) return false;
  const std::optional<double> expected = parse_double(row[kExpectedChanceHits]);
  return !options_.max_expected_chance_hits || (expected && *expected <= *options_.max_expected_chance_hits);
}

std::string RowThreshold::summary(const Context& context) const {
  std::string text = context.say("prior {:.4g} that a child's family is registered", phi_);
  if (options_.fdr)
    text += context.say("; posterior >= {:.4g}: {:.0f} candidates, {:.2f} expected false, {:.2f} true ones expected among those left out",
                        least_posterior_, kept_, false_kept_, true_left_out_);
  return text;
}

}  // namespace homeward::cli
