#include <array>
#include <string>

#include "homeward/error.hpp"
#include "homeward/kernel.hpp"
#include "scan/kernel_functions.hpp"

namespace homeward {

namespace {

bool always() { return true; }

// Slowest first, as whole searches of mixed kits were measured: preparing tiles costs more there than counting saves. What
// survives counting costs about 25 cycles to look up; a pair costs 0.1 (AVX-512) to 0.5 (portable) to count, and 0.6, 2.5
// or 12 to scan.
#if defined(__x86_64__)
constexpr std::array<Kernel, 6> kKernels{{{"portable", always, scan_portable, nullptr, 0.0},
                                          {"portable-bits", always, scan_portable, count_portable, 0.25},
                                          {"avx2-bits", avx2_runs_here, scan_avx2, count_avx2, 0.08},
                                          {"avx2", avx2_runs_here, scan_avx2, nullptr, 0.0},
                                          {"avx512-bits", avx512_runs_here, scan_avx512, count_avx512, 0.015},
                                          {"avx512", avx512_runs_here, scan_avx512, nullptr, 0.0}}};
#else
constexpr std::array<Kernel, 2> kKernels{
    {{"portable", always, scan_portable, nullptr, 0.0}, {"portable-bits", always, scan_portable, count_portable, 0.25}}};
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
