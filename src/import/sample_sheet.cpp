// Sample sheets: what a lab says of its samples beside the profiles. Same columns as the native wide table, no loci.
#include <algorithm>

#include "import/profile_collector.hpp"

namespace homeward::import {

void read_sheet(ImportedFile& file, const TextSource& source, const ImportOptions& options) {
  ImportOptions bare = options;
  bare.sheet.clear();
  bare.role.reset();
  bare.kit.clear();
  bare.sample_regex.clear();
  read_wide(file, source, bare);
  // A sheet has no calls, and a row without a role fills in other things: what read_wide says of both is no news here.
  file.issues.erase(std::remove_if(file.issues.begin(), file.issues.end(),
                                   [](const Issue& issue) {
                                     return issue.code == "W_ROLE_UNKNOWN" || issue.code == "W_NOT_TYPED" || issue.code == "W_CONTROL";
                                   }),
                    file.issues.end());
  for (ImportedSample& sample : file.samples)
    if (sample.role == Role::control && names_a_control(sample.sample_id))
      sample.role = Role::unknown;  // guessed from the name: said nothing
}

}  // namespace homeward::import
