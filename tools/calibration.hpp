// Do posteriors keep what they promise? The rows of a run against the truth.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "homeward/simulate.hpp"

namespace homeward::cli {

/// Rows whose posterior lies in one bin.
struct PosteriorBin {
  double low = 0.0, high = 0.0;  ///< low included, high excluded (1 included in the last)
  std::uint64_t rows = 0, true_rows = 0;
  double expected = 0.0;  ///< sum of the posteriors: true rows expected
  double variance = 0.0;  ///< sum of p (1 - p)
};
/// What `rank --fdr` keeps.
struct FdrLevel {
  double fdr = 0.0;
  std::uint64_t rows = 0, false_rows = 0;
  double expected_false = 0.0, sd = 0.0;  ///< sum of 1 - p over the rows; root of the sum of p (1 - p)
};
struct Calibration {
  std::vector<PosteriorBin> bins;
  double expected_true = 0.0, expected_relatives = 0.0;  ///< sums of posterior and posterior_relative over single families
  std::uint64_t true_rows = 0, relative_rows = 0;        ///< single families that are the child's own; that are another relation's
  std::vector<FdrLevel> fdr;
};
/// Reads candidates.tsv. A row is true when the truth says `child` of the pair; an undeclared couple when it does of both families.
Calibration calibrate(const std::filesystem::path& candidates, const std::vector<TruthRow>& truth);

}  // namespace homeward::cli
