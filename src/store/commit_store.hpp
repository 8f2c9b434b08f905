// One commit of a whole store, shared by everything that writes one.
#pragma once

#include <filesystem>

#include "store/store_data.hpp"

namespace homeward::storage {

/// Writes `data` as the store at `path` by the commit protocol: a new file, read back and compared, flushed, renamed. Throws
/// StoreWriteError or Error(failure). The lock is the caller's.
void commit_store(const std::filesystem::path& path, StoreData& data);

/// What is at `path`, ready to be written again by this version; a new store with a fresh uuid when nothing is there. Throws Error(store).
StoreData content_to_change(const std::filesystem::path& path);

/// The file that a store's path means. Throws Error(store) when its folder does not exist.
std::filesystem::path store_target(const std::filesystem::path& path);

}  // namespace homeward::storage
