// The part of run.json about chance hits and posteriors.
#pragma once

#include "homeward/report.hpp"
#include "report/json_reader.hpp"

namespace homeward {

Json chance_json(const RunBelief& belief);     ///< key "chance"
Json posterior_json(const RunBelief& belief);  ///< key "posterior"
/// Reads both; leaves what a run did not compute as it is.
void read_belief(const JsonReader& run, RunBelief& belief);

}  // namespace homeward
