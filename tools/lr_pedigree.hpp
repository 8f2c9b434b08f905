// `homeward lr --pedigree`: a family's profiles under two pedigrees.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "run_model.hpp"

namespace homeward::cli {

struct LrPedigreeOptions {
  std::string population, pedigree;
  std::optional<std::string> alternative;  ///< unset: the sample of the missing person is an unrelated person's
  std::vector<std::string> profiles;
  std::optional<double> dropout, dropin;  ///< of partial profiles
  std::vector<LinkedNames> linked;        ///< no locus in two of them
  ModelOptions model;
};

/// Prints one table for all families of the pedigree file. Throws Error(input) for defects of the files.
int run_lr_pedigree(const LrPedigreeOptions& options, Context& context);

}  // namespace homeward::cli
