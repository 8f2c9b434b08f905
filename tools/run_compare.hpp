// Do two runs ask the same question of the same data?
#pragma once

#include <string>
#include <vector>

#include "homeward/report.hpp"

namespace homeward::cli {

/// What in two runs makes their hits no hits of one search.
struct RunDifferences {
  std::vector<std::string> inputs;      ///< the store, the population's file
  std::vector<std::string> parameters;  ///< what was chosen on the command line
  bool empty() const { return inputs.empty() && parameters.empty(); }
};

/// Names every difference as "the threshold log10 LR (0 then, 1 now)". Threads, kernel and memory are none.
RunDifferences search_differences(const RunManifest& then, const RunManifest& now);

/// Throws Error(input) when the run is a part of a search only, which has no ranks and no recall.
void refuse_shard(const RunManifest& manifest);

/// Throws Error(usage) for parameters, Error(input) for inputs, naming all differences after `what`.
void refuse_differences(const RunDifferences& differences, const std::string& what);

}  // namespace homeward::cli
