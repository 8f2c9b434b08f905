#include "homeward/version.hpp"

#ifndef HOMEWARD_VERSION
#error "HOMEWARD_VERSION comes from CMake"
#endif

namespace homeward {

std::string version() { return HOMEWARD_VERSION; }

std::vector<std::pair<std::string, std::string>> build_facts() {
  return {
      {"version", HOMEWARD_VERSION}, {"git", HOMEWARD_GIT}, {"build", HOMEWARD_BUILD_TYPE}, {"compiler", HOMEWARD_COMPILER},
#ifdef NDEBUG
      {"assertions", "off"},
#else
      {"assertions", "on"},
#endif
  };
}

}  // namespace homeward
