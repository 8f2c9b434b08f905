// Which HDF5 library this is; the header of HDF5 stays in this folder.
#pragma once

#include <string>

namespace homeward {

std::string hdf5_version_compiled();  ///< of the header this was built with, "1.10.8"
/// Of the library loaded now. Throws Error(failure) when it cannot say.
std::string hdf5_version_loaded();

}  // namespace homeward
