// The data files of the project that are tables: tab-separated, comment lines with #, one header line.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace homeward {

/// Rows of a table of data_dir, each with as many cells as the header; a cell "." reads as empty.
/// Throws Error(failure) when the file is missing, has another header or a ragged row: the installation is damaged.
std::vector<std::vector<std::string>> read_data_table(const std::filesystem::path& path, const std::vector<std::string>& header);

/// How names of loci and kits are compared: upper case, without spaces and _ - / .
std::string name_key(std::string_view name);

}  // namespace homeward
