// What this build is.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace homeward {

/// "0.1.0"
std::string version();
/// Facts of the build, in a fixed order: version, git, build type, compiler, assertions, hdf5, eigen, ...
std::vector<std::pair<std::string, std::string>> build_facts();

}  // namespace homeward
