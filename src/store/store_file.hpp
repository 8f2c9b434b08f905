// A StoreData as an HDF5 file and back (data-schemas/store.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "store/hdf5_file.hpp"
#include "store/store_data.hpp"

namespace homeward::storage {

/// Writes the whole store into an existing empty file. Throws Hdf5Error. @returns the content digest it recorded.
std::string write_store_file(const std::filesystem::path& path, const StoreData& data);

/// Opens a store file and checks that it is one we can read. Throws homeward::Error(store): missing, not a homeward store,
/// too old, too new, damaged.
std::unique_ptr<FileReader> open_store_file(const std::filesystem::path& path);

/// Minor version of a store's format. Throws homeward::Error(store).
std::uint64_t format_minor(const std::filesystem::path& path);

/// Everything but the calls. Throws Hdf5Error.
StoreData read_columns(const FileReader& file);

/// The calls of both panels, whole. Throws Hdf5Error. `data` comes from read_columns.
void read_calls(const FileReader& file, StoreData& data);

/// Digest over every decoded dataset of the open file, calls streamed. Equal to the one write_store_file returned, or the
/// file does not hold what was meant. Throws Hdf5Error.
std::string content_digest(const FileReader& file);

/// Reads whole and refuses what does not fit. Throws homeward::Error(store).
StoreData read_store(const std::filesystem::path& path);

inline constexpr const char* kStrCalls = "/typings/str/calls";
inline constexpr const char* kSnpCodes = "/typings/snp/codes";

/// Message of Error(store) for a file that HDF5 or our own checks refuse.
std::string damaged_message(const std::filesystem::path& path, const std::string& defect);

}  // namespace homeward::storage
