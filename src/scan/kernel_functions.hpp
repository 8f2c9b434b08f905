// The scan kernels of this build. Each file of an instruction set defines one pair of functions; src/scan/kernels.cpp lists
// them. Only plain headers here.
#pragma once

#include "scan/bit_job.hpp"
#include "scan/scan_job.hpp"

namespace homeward {

void scan_portable(const ScanJob& job);
size_t count_portable(const BitJob& job);

#if defined(__x86_64__)
bool avx2_runs_here();
void scan_avx2(const ScanJob& job);
size_t count_avx2(const BitJob& job);
bool avx512_runs_here();
void scan_avx512(const ScanJob& job);
size_t count_avx512(const BitJob& job);
#endif

}  // namespace homeward
