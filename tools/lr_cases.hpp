// `homeward lr --cases`: stated cases from a JSON-lines file.
#pragma once

#include <string>
#include <vector>

#include "command.hpp"

namespace homeward::cli {

struct LrCasesOptions {
  std::string cases;                     ///< path, "-" = standard input
  std::vector<std::string> frequencies;  ///< ID=FILE.csv, FILE.csv or a folder, in the order given
};

/// Prints the table in input order. Returns 0, or 3 when a case could not be computed (the others are).
int run_lr_cases(const LrCasesOptions& options, Context& context);

}  // namespace homeward::cli
