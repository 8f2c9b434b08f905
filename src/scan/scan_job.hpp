// What a scan kernel works on: plain data, no ownership. Included by files compiled for special instruction sets: only
// plain C headers here.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace homeward {

/// One query: a cost table of 128 bytes for each of its loci.
struct ScanQuery {
  const uint8_t* tables;  ///< n_loci x 128, aligned to 64: cost by the child's scan code
  const uint16_t* loci;   ///< rows of ScanJob::codes
  uint32_t n_loci;
  uint8_t budget;  ///< a child survives when its cost, saturating at 255, is <= budget; budget <= 254
};

/// Children of a block against some queries. Survivors are bit masks: bit c % 64 of survivors[query * n_words + c / 64] is
/// set when child c survives; bits beyond n_children are 0. n_words = ceil(n_children / 64).
struct ScanJob {
  const uint8_t* codes;     ///< scan codes < 128, locus-major, aligned to 64, readable up to a multiple of 64 children
  size_t stride;            ///< bytes from one locus to the next, a multiple of 64
  const uint8_t* n_groups;  ///< by row of codes: groups of 16 codes in use, 1..8; codes beyond do not occur
  size_t n_children;
  const ScanQuery* queries;
  size_t n_queries;
  uint64_t* survivors;
};

}  // namespace homeward
