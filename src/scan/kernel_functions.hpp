// The scan kernels of this build. Each file of an instruction set defines one pair of functions; src/scan/kernels.cpp lists
// them. Only plain headers here.
#pragma once

#include "scan/scan_job.hpp"

namespace homeward {

void scan_portable(const ScanJob& job);

#if defined(__x86_64__)
bool avx2_runs_here();
void scan_avx2(const ScanJob& job);
bool avx512_runs_here();
void scan_avx512(const ScanJob& job);
#endif

}  // namespace homeward
