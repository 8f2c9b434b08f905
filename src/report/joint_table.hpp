// joint.tsv: two children who may both belong to one family, scored together.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "homeward/report.hpp"

namespace homeward {

/// Two listed children of one family whose DNA alone makes them full sibs at least this much (log10 LR) are scored together.
inline constexpr double kJointFrom = 4.0;
/// Of every family the best so many leads are compared with each other.
inline constexpr std::size_t kJointLeads = 10;

const std::vector<std::string>& joint_columns();

/// joint.tsv (data-schemas/joint.md; METHODS, "Joint cases"): pairs of leads of one family, scored together by the pedigree likelihood.
/// Temporary file, fsync, rename; 0600. Same bytes for any thread count. Cost: 45 pairs a family at about 1 us, and
/// milliseconds for each pair of likely sibs.
RunOutput write_joint(const std::filesystem::path& path, const TableInputs& inputs, const CandidateSelection& selection);

}  // namespace homeward
