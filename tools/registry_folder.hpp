// The registrations of a simulated database: its people as they would stand on the sites of volunteers.
#pragma once

#include <cstdint>
#include <filesystem>

#include "homeward/simulate_registry.hpp"

namespace homeward::cli {

/// Writes OUT/registry for the families and children of OUT/children.csv and OUT/families.csv.
RegistrySimulationCounts write_registry_folder(const std::filesystem::path& out, const std::filesystem::path& data_dir,
                                               const RegistrySimulationOptions& options);

}  // namespace homeward::cli
