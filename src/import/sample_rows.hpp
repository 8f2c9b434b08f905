// The original rows of samples that something other than the reader refused (the store, by what it knows already).
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "homeward/import.hpp"

namespace homeward::import {

/// Sample id -> (code, reason).
using RefusedSamples = std::map<std::string, std::pair<std::string, std::string>>;

/// All rows of these samples in a table that has a sample column, as rejects in file order, with the cells in the order of
/// `ImportedFile::reject_header`. Tables whose samples are named by the file (trios, STRmix references) give none.
/// Of a file that is no table (CODIS, Familias) its calls as rows of a native long table. Reads the file again; throws like
/// read_profiles.
std::vector<Reject> rows_of_samples(const ImportedFile& file, const ImportOptions& options, const RefusedSamples& refused);

}  // namespace homeward::import
