// A synthetic folder of registrations: five sites with habits of their own, the same families on several of them, and the truth.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "homeward/family.hpp"

namespace homeward {

/// One searching family or one rescued child that has given samples: what a registration of it may say.
struct RegistryEntity {
  std::string id;  ///< family or child id; stands in the truth only
  bool is_child = false;
  Sex sex = Sex::unknown;  ///< of the missing or rescued child; unknown = drawn
  struct Sample {
    std::string id;
    Role role = Role::unknown;
  };
  std::vector<Sample> samples;
};

struct RegistrySimulationOptions {
  std::uint64_t unsampled = 0;  ///< further searching families, without DNA
  std::uint64_t seed = 1;
};

struct RegistrySimulationCounts {
  static constexpr std::size_t kSites = 5;
  std::uint64_t entities = 0, records = 0, same_pairs = 0;  ///< pairs of records of one entity
  std::array<std::uint64_t, kSites> site_records{};
  std::vector<std::string> files;  ///< names in the folder, the truth last
};

/// Writes site1.csv (UTF-8 with byte order mark), site2.csv (GB18030), site3.csv (Big5, traditional characters), site4.txt (UTF-16, tabs,
/// as Excel's "Unicode text"; numeric sex codes, with site4.mapping.tsv that declares them), site5.csv (UTF-8, semicolons, the worst dates)
/// and registry_truth.tsv (`site source_id entity_id sample_id`). An entity stands on one to three sites, its name, dates, place and
/// telephone written differently; sibs share telephone, surname and place and are two entities. All people are invented; telephone numbers
/// begin with 100, which no subscriber has. Bytes depend on the arguments only (METHODS, "Simulation"). O(records), all in memory (about
/// 0.4 kB each). Throws Error(failure) when a file cannot be written.
RegistrySimulationCounts simulate_registry(const std::vector<RegistryEntity>& entities, const RegistrySimulationOptions& options,
                                           const std::filesystem::path& folder);

}  // namespace homeward
