// Merging imported files into a store's content, in memory.
#pragma once

#include <string>
#include <vector>

#include "homeward/import.hpp"
#include "homeward/store.hpp"
#include "store/store_data.hpp"

namespace homeward::storage {

/// Merges the files into `data` and derives persons, families, conflicts and counts over the whole store. Never overwrites:
/// what disagrees is an issue and the earlier statement stays. A file whose sha256 is known is skipped and noted.
/// @returns what was done; `already_loaded` if no file was new, and then `data` is unchanged
LoadSummary merge_files(StoreData& data, const std::vector<ImportedFile>& files, const std::string& time_utc);

}  // namespace homeward::storage
