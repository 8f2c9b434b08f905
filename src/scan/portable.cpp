// The reference kernel: what every other kernel must agree with, bit for bit. Plain C++ on any machine.
#include <string.h>

#define HOMEWARD_BIT_INLINE inline __attribute__((always_inline))
#include "scan/bit_count.hpp"
#include "scan/kernel_functions.hpp"

namespace homeward {

namespace {

constexpr size_t kWord = 64;  // children of one survivor mask

bool any_within(const uint32_t* cost, uint32_t budget) {
  uint32_t least = cost[0];
  for (size_t i = 1; i < kWord; ++i) least = cost[i] < least ? cost[i] : least;
  return least <= budget;
}

/// Sums wider than a byte need no saturation on the way: a budget is at most 254, so "sum > budget" says the same of the
/// sum and of the sum saturated at 255.
uint64_t survivors_of_word(const ScanJob& job, const ScanQuery& query, size_t first, size_t n) {
  uint32_t cost[kWord] = {};
  for (uint32_t k = 0; k < query.n_loci; ++k) {
    if (k >= 8 && k % 2 == 0 && !any_within(cost, query.budget)) return 0;  // sums only grow
    const uint8_t* codes = job.codes + query.loci[k] * job.stride + first;
    const uint8_t* table = query.tables + size_t{k} * 128;
    for (size_t i = 0; i < kWord; ++i) cost[i] += table[codes[i]];
  }
  uint64_t mask = 0;
  for (size_t i = 0; i < n; ++i) mask |= static_cast<uint64_t>(cost[i] <= query.budget) << i;
  return mask;
}

/// Sixteen bytes are what compilers for any machine know to keep in a register.
struct PortableOps {
  typedef uint64_t V __attribute__((vector_size(16)));
  static V load(const uint8_t* p) {
    V v;
    memcpy(&v, p, sizeof v);
    return v;
  }
  static void store(uint8_t* p, V v) { memcpy(p, &v, sizeof v); }
  static V fill(bool bit) {
    const uint64_t word = bit ? ~uint64_t{0} : 0;
    return V{word, word};
  }
  static V parity(V a, V b, V c) { return a ^ b ^ c; }
  static V majority(V a, V b, V c) { return (a & b) | (c & (a ^ b)); }
  static V either(V a, V b) { return a | b; }
  static V both(V a, V b) { return a & b; }
  static V without(V a, V b) { return a & ~b; }
  static bool any(V v) { return (v[0] | v[1]) != 0; }
};

}  // namespace

size_t count_portable(const BitJob& job) { return BitCounter<PortableOps>::count(job); }

void scan_portable(const ScanJob& job) {
  const size_t n_words = (job.n_children + kWord - 1) / kWord;
  for (size_t word = 0; word < n_words; ++word) {
    const size_t first = word * kWord;
    const size_t n = job.n_children - first < kWord ? job.n_children - first : kWord;
    for (size_t q = 0; q < job.n_queries; ++q) job.survivors[q * n_words + word] = survivors_of_word(job, job.queries[q], first, n);
  }
}

}  // namespace homeward
