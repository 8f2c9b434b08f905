// Where an id still stands after a withdrawal: in files that commands left beside a store, and in run folders.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace homeward::cli {

/// Whether the bytes of a file hold one of the texts. A file that cannot be read counts as holding it: it has to be looked at.
bool file_holds(const std::filesystem::path& path, const std::vector<std::string>& texts);

/// Files beside the store, and run folders at most three levels below `runs`, that name one of the ids: in their text files, or in the id
/// tables of hits.h5.
struct Residue {
  std::vector<std::string> files, runs;
};
Residue find_residue(const std::filesystem::path& store, const std::filesystem::path& runs, const std::vector<std::string>& ids);

}  // namespace homeward::cli
