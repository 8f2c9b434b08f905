// family_check.tsv: families whose typed members' DNA does not fit the family as declared.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "homeward/report.hpp"

namespace homeward {

/// What the check of the searching families found (METHODS, "Reference family").
struct FamilyCheckCounts {
  std::uint64_t families = 0;               ///< families looked at
  std::uint64_t pairs = 0;                  ///< pairs of typed members compared
  std::uint64_t contradicted = 0;           ///< of these, pairs whose declared relation the DNA contradicts
  std::uint64_t contradicted_families = 0;  ///< families with such a pair
  std::uint64_t swaps = 0;                  ///< pairs whose exchanged profiles would leave nothing contradicted
  std::uint64_t sex_markers = 0;            ///< members whose amelogenin contradicts their sex
  std::uint64_t rows = 0;
};

const std::vector<std::string>& family_check_columns();

/// The rows of family_check.tsv (data-schemas/family-check.md), header and `#ok` line included, in the order of families, to
/// `sink` piece by piece. Same bytes for any thread count. Cost: about 1 us per pair of members; memory: 16,384 families.
FamilyCheckCounts check_families(const ProfileSource& source, const EffectivePopulation& population, int threads,
                                 const std::function<void(std::string_view)>& sink);
/// The same into a file: temporary file, fsync, rename; 0600.
RunOutput write_family_check(const std::filesystem::path& path, const ProfileSource& source, const EffectivePopulation& population,
                             int threads, FamilyCheckCounts& counts);

}  // namespace homeward
