// Scan kernels: integer code that discards almost every child, and never a true one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace homeward {

struct ScanJob;  // src/scan/scan_job.hpp: plain data

/// A kernel is a named value you can list, force, test and benchmark. All kernels give the same survivors, bit for bit.
struct Kernel {
  const char* name;     ///< "portable", "avx2", "avx512"
  bool (*runs_here)();  ///< does this CPU (and OS) have the instructions
  void (*scan)(const ScanJob&);
};

/// Every kernel built in, slowest first; "portable" is the reference and always there.
std::span<const Kernel> kernels();
/// The fastest kernel that runs here.
const Kernel& best_kernel();
/// Forces a kernel by name; throws Error(usage) listing the names when unknown, or when it cannot run here. Never replaces silently.
const Kernel& kernel_named(std::string_view name);

}  // namespace homeward
