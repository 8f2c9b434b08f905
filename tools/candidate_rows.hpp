// Reading candidates.tsv.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace homeward::cli {

using CandidateRow = std::vector<std::string>;  ///< cells in the order of candidate_columns()

/// Hands over the rows best first until `take` returns false. Throws Error(input) when the file cannot be read, has other columns,
/// or lacks its last line: a file cut short is never taken for a whole one.
void for_each_candidate(const std::filesystem::path& path, const std::function<bool(CandidateRow&&)>& take);

}  // namespace homeward::cli
