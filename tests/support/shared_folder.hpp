// Where the reference data lies: HOMEWARD_SHARED, else ../shared beside the source tree. Tests skip loudly without it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>

inline std::optional<std::filesystem::path> shared_folder(const std::string& needed) {
  const char* set = std::getenv("HOMEWARD_SHARED");
  const std::filesystem::path folder =
      set != nullptr ? std::filesystem::path(set) : std::filesystem::path(HOMEWARD_SOURCE_DIR) / ".." / "shared";
  if (std::filesystem::exists(folder / needed)) return folder;
  std::cerr << "SKIPPED: reference data not found: " << (folder / needed).string() << " (set HOMEWARD_SHARED)\n";
  return std::nullopt;
}
