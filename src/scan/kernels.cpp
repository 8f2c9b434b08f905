#include <array>
#include <string>

#include "homeward/error.hpp"
#include "homeward/kernel.hpp"
#include "scan/kernel_functions.hpp"

namespace homeward {

namespace {

bool always() { return true; }

#if defined(__x86_64__)
constexpr std::array<Kernel, 3> kKernels{
    {{"portable", always, scan_portable}, {"avx2", avx2_runs_here, scan_avx2}, {"avx512", avx512_runs_here, scan_avx512}}};
#else
constexpr std::array<Kernel, 1> kKernels{{{"portable", always, scan_portable}}};
#endif

}  // namespace

std::span<const Kernel> kernels() { return kKernels; }

const Kernel& best_kernel() {
  const Kernel* best = &kKernels.front();
  for (const Kernel& kernel : kKernels)
    if (kernel.runs_here()) best = &kernel;
  return *best;
}

const Kernel& kernel_named(std::string_view name) {
  std::string runnable;
  for (const Kernel& kernel : kKernels) {
    if (kernel.name == name) {
      if (kernel.runs_here()) return kernel;
      throw Error(ErrorKind::usage, "kernel '" + std::string(name) + "' cannot run on this processor; best here: " + best_kernel().name);
    }
    runnable += (runnable.empty() ? "" : ", ") + std::string(kernel.name);
  }
  throw Error(ErrorKind::usage, "unknown kernel '" + std::string(name) + "'; known: " + runnable);
}

}  // namespace homeward
