// Scan kernels: integer code that discards almost every child, and never a true one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace homeward {

struct ScanJob;  // src/scan/scan_job.hpp: plain data
struct BitJob;   // src/scan/bit_job.hpp: plain data

/// A kernel is a named value you can list, force, test and benchmark. All scan functions give the same survivors, bit for
/// bit, and so do all count functions. A kernel without `count` looks scores up for every family; one with it counts the
/// loci at which single parents lose, and looks scores up for the other families. Either way the result is the same.
struct Kernel {
  const char* name;     ///< "portable", "portable-bits", "avx2", ...
  bool (*runs_here)();  ///< does this CPU (and OS) have the instructions
  void (*scan)(const ScanJob&);
  std::size_t (*count)(const BitJob&);  ///< null: single parents are scanned like other families. Returns the children with survivors
  double count_limit;                   ///< share of a tile's pairs that may survive counting before looking up would have been faster
};

/// Every kernel built in, slowest first; "portable" is the reference and always there.
std::span<const Kernel> kernels();
/// The fastest kernel that runs here.
const Kernel& best_kernel();
/// Forces a kernel by name; throws Error(usage) listing the names when unknown, or when it cannot run here. Never replaces silently.
const Kernel& kernel_named(std::string_view name);

}  // namespace homeward
