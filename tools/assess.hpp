// What a run's candidates are worth: expected chance hits and posteriors, into the rows and the manifest.
#pragma once

#include <iosfwd>
#include <optional>

#include "command.hpp"
#include "homeward/posterior.hpp"
#include "homeward/report.hpp"
#include "run_model.hpp"

namespace homeward::cli {

struct BeliefOptions {
  PriorChoice prior;
};
/// --prior, --close-relative, --apart
void declare_belief_options(po::options_description& group);
/// Throws Error(usage) for values out of range. Appends the names of the options given to `chosen`.
BeliefOptions parse_belief_options(const po::variables_map& values, std::vector<std::string>& chosen);

/// Writes the choices down, before the search.
void note_belief(const BeliefOptions& options, bool undeclared_couples, RunBelief& belief);
/// Fills the rows' chance hits and posteriors and the rest of manifest.belief; appends warnings where observed chance hits exceed the
/// expected.
void assess(const RunModel& model, HitStream& hits, CandidateSelection& selection, RunManifest& manifest);
/// Observed against expected by class, the prior and what it gives.
void print_belief(const RunBelief& belief, const Context& context);

}  // namespace homeward::cli
