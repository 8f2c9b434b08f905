// Scan kernel for AVX-512 with VBMI: one VPERMI2B looks 64 children up in a table of 128 costs.
#if defined(__x86_64__)

#include <immintrin.h>

#include "scan/kernel_functions.hpp"

#define HOMEWARD_AVX512 __attribute__((target("avx512f,avx512bw,avx512vbmi")))
#define HOMEWARD_AVX512_INLINE HOMEWARD_AVX512 inline __attribute__((always_inline))

#define HOMEWARD_BIT_INLINE HOMEWARD_AVX512_INLINE
#include "scan/bit_count.hpp"

namespace homeward {

namespace {

constexpr size_t kLanes = 64;
/// From this locus on, every kCheckEvery loci, a tile whose children are all over the budget is given up: sums only grow.
/// With the most telling loci first that saves about a third of the look-ups at a threshold of 1, half at 1e4.
constexpr uint32_t kFirstCheck = 8;
constexpr uint32_t kCheckEvery = 2;

/// One query against kVectors x 64 children. The query's tables are loaded once per locus and used for all of them.
template <int kVectors>
HOMEWARD_AVX512 inline __attribute__((always_inline)) void scan_vectors(const ScanJob& job, const ScanQuery& query, size_t first,
                                                                        uint64_t* out) {
  __m512i cost[kVectors];
  for (int v = 0; v < kVectors; ++v) cost[v] = _mm512_setzero_si512();
  const __m512i budget = _mm512_set1_epi8(static_cast<char>(query.budget));
  const uint8_t* table = query.tables;
  for (uint32_t k = 0; k < query.n_loci; ++k, table += 128) {
    if (k >= kFirstCheck && k % kCheckEvery == 0) {
      __m512i least = cost[0];
      for (int v = 1; v < kVectors; ++v) least = _mm512_min_epu8(least, cost[v]);
      if (_mm512_cmple_epu8_mask(least, budget) == 0) {
        for (int v = 0; v < kVectors; ++v) out[v] = 0;
        return;
      }
    }
    const uint8_t* codes = job.codes + query.loci[k] * job.stride + first;
    const __m512i low = _mm512_load_si512(table);
    const __m512i high = _mm512_load_si512(table + 64);
    for (int v = 0; v < kVectors; ++v) {
      const __m512i code = _mm512_load_si512(codes + static_cast<size_t>(v) * kLanes);
      cost[v] = _mm512_adds_epu8(cost[v], _mm512_permutex2var_epi8(low, code, high));
    }
  }
  for (int v = 0; v < kVectors; ++v) out[v] = _mm512_cmple_epu8_mask(cost[v], budget);
}

/// A full adder is two ternary operations.
struct Avx512Ops {
  typedef __m512i V;
  HOMEWARD_AVX512_INLINE static V load(const uint8_t* p) { return _mm512_load_si512(p); }
  HOMEWARD_AVX512_INLINE static void store(uint8_t* p, V v) { _mm512_storeu_si512(p, v); }
  HOMEWARD_AVX512_INLINE static V fill(bool bit) { return _mm512_set1_epi64(bit ? -1 : 0); }
  HOMEWARD_AVX512_INLINE static V parity(V a, V b, V c) { return _mm512_ternarylogic_epi64(a, b, c, 0x96); }
  HOMEWARD_AVX512_INLINE static V majority(V a, V b, V c) { return _mm512_ternarylogic_epi64(a, b, c, 0xE8); }
  HOMEWARD_AVX512_INLINE static V either(V a, V b) { return _mm512_or_si512(a, b); }
  HOMEWARD_AVX512_INLINE static V both(V a, V b) { return _mm512_and_si512(a, b); }
  HOMEWARD_AVX512_INLINE static V without(V a, V b) { return _mm512_ternarylogic_epi64(a, b, b, 0x30); }
  HOMEWARD_AVX512_INLINE static bool any(V v) { return _mm512_test_epi64_mask(v, v) != 0; }
};

}  // namespace

HOMEWARD_AVX512 size_t count_avx512(const BitJob& job) { return BitCounter<Avx512Ops>::count(job); }

bool avx512_runs_here() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi");
}

HOMEWARD_AVX512 void scan_avx512(const ScanJob& job) {
  constexpr size_t kTile = 16;  // words; 24 loci x 1,024 children stay in the first-level cache while the queries pass
  const size_t n_words = (job.n_children + kLanes - 1) / kLanes;
  size_t word = 0;
  for (; word + kTile <= n_words; word += kTile)
    for (size_t q = 0; q < job.n_queries; ++q) scan_vectors<kTile>(job, job.queries[q], word * kLanes, job.survivors + q * n_words + word);
  for (; word + 4 <= n_words; word += 4)
    for (size_t q = 0; q < job.n_queries; ++q) scan_vectors<4>(job, job.queries[q], word * kLanes, job.survivors + q * n_words + word);
  for (; word < n_words; ++word)
    for (size_t q = 0; q < job.n_queries; ++q) scan_vectors<1>(job, job.queries[q], word * kLanes, job.survivors + q * n_words + word);
  const size_t used = job.n_children % kLanes;
  if (used != 0)
    for (size_t q = 0; q < job.n_queries; ++q) job.survivors[(q + 1) * n_words - 1] &= (uint64_t{1} << used) - 1;
}

}  // namespace homeward

#endif
