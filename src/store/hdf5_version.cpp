#include "store/hdf5_version.hpp"

#include <fmt/format.h>
#include <hdf5.h>

#include "homeward/error.hpp"

namespace homeward {

std::string hdf5_version_compiled() { return fmt::format("{}.{}.{}", H5_VERS_MAJOR, H5_VERS_MINOR, H5_VERS_RELEASE); }

std::string hdf5_version_loaded() {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned release = 0;
  if (H5get_libversion(&major, &minor, &release) < 0) throw Error(ErrorKind::failure, "the HDF5 library does not tell its version");
  return fmt::format("{}.{}.{}", major, minor, release);
}

}  // namespace homeward
