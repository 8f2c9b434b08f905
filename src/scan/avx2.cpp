// Scan kernel for AVX2: a table of 128 costs is eight tables of 16, one shuffle each.
#if defined(__x86_64__)

#include <immintrin.h>

#include "scan/kernel_functions.hpp"

#define HOMEWARD_AVX2 __attribute__((target("avx2")))
#define HOMEWARD_AVX2_INLINE HOMEWARD_AVX2 inline __attribute__((always_inline))

#define HOMEWARD_BIT_INLINE HOMEWARD_AVX2_INLINE
#include "scan/bit_count.hpp"

namespace homeward {

namespace {

constexpr size_t kLanes = 32;
/// As in the AVX-512 kernel: a tile whose children are all over the budget is given up.
constexpr uint32_t kFirstCheck = 6;
constexpr uint32_t kCheckEvery = 2;

/// Adds the costs of one locus. A shuffle looks at the low four bits of a code (bit 7 is clear), so each of the kGroups
/// tables answers for all codes at once; bits 4, 5 and 6, moved to bit 7, then choose between the answers pair by pair.
template <int kGroups, int kVectors>
HOMEWARD_AVX2_INLINE void add_locus(const uint8_t* codes, const uint8_t* table, __m256i* cost) {
  __m256i entries[kGroups];
  for (int g = 0; g < kGroups; ++g)
    entries[g] = _mm256_broadcastsi128_si256(_mm_load_si128(reinterpret_cast<const __m128i*>(table + g * 16)));
  for (int v = 0; v < kVectors; ++v) {
    const __m256i code = _mm256_load_si256(reinterpret_cast<const __m256i*>(codes + static_cast<size_t>(v) * kLanes));
    __m256i found[kGroups];
    for (int g = 0; g < kGroups; ++g) found[g] = _mm256_shuffle_epi8(entries[g], code);
    if (kGroups >= 2) {
      const __m256i bit4 = _mm256_slli_epi16(code, 3);
      for (int g = 0; g < kGroups / 2; ++g) found[g] = _mm256_blendv_epi8(found[2 * g], found[2 * g + 1], bit4);
    }
    if (kGroups >= 4) {
      const __m256i bit5 = _mm256_slli_epi16(code, 2);
      for (int g = 0; g < kGroups / 4; ++g) found[g] = _mm256_blendv_epi8(found[2 * g], found[2 * g + 1], bit5);
    }
    if (kGroups >= 8) {
      const __m256i bit6 = _mm256_slli_epi16(code, 1);
      found[0] = _mm256_blendv_epi8(found[0], found[1], bit6);
    }
    cost[v] = _mm256_adds_epu8(cost[v], found[0]);
  }
}

HOMEWARD_AVX2_INLINE __m256i within(__m256i cost, __m256i budget) { return _mm256_cmpeq_epi8(_mm256_max_epu8(cost, budget), budget); }

template <int kVectors>
HOMEWARD_AVX2_INLINE void scan_vectors(const ScanJob& job, const ScanQuery& query, size_t first, uint32_t* out) {
  __m256i cost[kVectors];
  for (int v = 0; v < kVectors; ++v) cost[v] = _mm256_setzero_si256();
  const __m256i budget = _mm256_set1_epi8(static_cast<char>(query.budget));
  const uint8_t* table = query.tables;
  for (uint32_t k = 0; k < query.n_loci; ++k, table += 128) {
    if (k >= kFirstCheck && k % kCheckEvery == 0) {
      __m256i least = cost[0];
      for (int v = 1; v < kVectors; ++v) least = _mm256_min_epu8(least, cost[v]);
      if (_mm256_movemask_epi8(within(least, budget)) == 0) {
        for (int v = 0; v < kVectors; ++v) out[v] = 0;
        return;
      }
    }
    const uint8_t* codes = job.codes + query.loci[k] * job.stride + first;
    const unsigned groups = job.n_groups[query.loci[k]];
    if (groups > 4)
      add_locus<8, kVectors>(codes, table, cost);
    else if (groups > 2)
      add_locus<4, kVectors>(codes, table, cost);
    else
      add_locus<2, kVectors>(codes, table, cost);
  }
  for (int v = 0; v < kVectors; ++v) out[v] = static_cast<uint32_t>(_mm256_movemask_epi8(within(cost[v], budget)));
}

struct Avx2Ops {
  typedef __m256i V;
  HOMEWARD_AVX2_INLINE static V load(const uint8_t* p) { return _mm256_load_si256(reinterpret_cast<const __m256i*>(p)); }
  HOMEWARD_AVX2_INLINE static void store(uint8_t* p, V v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }
  HOMEWARD_AVX2_INLINE static V fill(bool bit) { return _mm256_set1_epi64x(bit ? -1 : 0); }
  HOMEWARD_AVX2_INLINE static V parity(V a, V b, V c) { return _mm256_xor_si256(_mm256_xor_si256(a, b), c); }
  HOMEWARD_AVX2_INLINE static V majority(V a, V b, V c) {
    return _mm256_or_si256(_mm256_and_si256(a, b), _mm256_and_si256(c, _mm256_xor_si256(a, b)));
  }
  HOMEWARD_AVX2_INLINE static V either(V a, V b) { return _mm256_or_si256(a, b); }
  HOMEWARD_AVX2_INLINE static V both(V a, V b) { return _mm256_and_si256(a, b); }
  HOMEWARD_AVX2_INLINE static V without(V a, V b) { return _mm256_andnot_si256(b, a); }
  HOMEWARD_AVX2_INLINE static bool any(V v) { return _mm256_testz_si256(v, v) == 0; }
};

}  // namespace

HOMEWARD_AVX2 size_t count_avx2(const BitJob& job) { return BitCounter<Avx2Ops>::count(job); }

bool avx2_runs_here() { return __builtin_cpu_supports("avx2"); }

HOMEWARD_AVX2 void scan_avx2(const ScanJob& job) {
  const size_t n_words = (job.n_children + 63) / 64;
  for (size_t word = 0; word < n_words;) {
    const bool pair = word + 2 <= n_words;
    for (size_t q = 0; q < job.n_queries; ++q) {
      uint32_t half[4];
      if (pair)
        scan_vectors<4>(job, job.queries[q], word * 64, half);
      else
        scan_vectors<2>(job, job.queries[q], word * 64, half);
      uint64_t* out = job.survivors + q * n_words + word;
      out[0] = half[0] | (static_cast<uint64_t>(half[1]) << 32U);
      if (pair) out[1] = half[2] | (static_cast<uint64_t>(half[3]) << 32U);
    }
    word += pair ? 2 : 1;
  }
  const size_t used = job.n_children % 64;
  if (used != 0)
    for (size_t q = 0; q < job.n_queries; ++q) job.survivors[(q + 1) * n_words - 1] &= (uint64_t{1} << used) - 1;
}

}  // namespace homeward

#endif
