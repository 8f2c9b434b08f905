// The same person typed twice under two ids.
#pragma once

#include <string>

#include "command.hpp"

namespace homeward::cli {

struct DedupProfilesOptions {
  std::string store, population, output;  ///< output empty = standard output
  double min_log10_lr = 6.0;
};

/// Writes the list of pairs (data-schemas/same-person.md).
void find_duplicate_profiles(const DedupProfilesOptions& options, Context& context);

}  // namespace homeward::cli
