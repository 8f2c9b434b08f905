// The one body of the loss-counting kernels, for vectors of different widths. Only plain headers here; every file that
// includes it gives a struct with a vector type and its operations, and before that defines HOMEWARD_BIT_INLINE: "inline",
// with the instruction set as target.
#pragma once

#include "scan/bit_job.hpp"

namespace homeward {

/// Counts the losses of 512 lanes in four bit planes that start at 15 - allowed, so that a carry out of the last plane
/// says "more than allowed". Eight rows at a time go through a tree of full adders: three bits in, sum and carry out.
template <class Ops>
struct BitCounter {
  using V = typename Ops::V;

  HOMEWARD_BIT_INLINE static void add(V& sum, V& carry, V a, V b, V c) {
    carry = Ops::majority(a, b, c);
    sum = Ops::parity(a, b, c);
  }

  /// Lanes of one vector, at byte `part` of the rows.
  HOMEWARD_BIT_INLINE static V survivors(const BitJob& job, size_t child, size_t part) {
    const uint8_t bias = static_cast<uint8_t>(kMostLosses - job.allowed[child]);
    V ones = Ops::fill((bias & 1U) != 0), twos = Ops::fill((bias & 2U) != 0), fours = Ops::fill((bias & 4U) != 0),
      eights = Ops::fill((bias & 8U) != 0);
    V dead = Ops::fill(false);
    const uint8_t* rows = job.rows + part;
    for (uint32_t i = job.first[child]; i < job.first[child + 1]; i += kRowGroup) {
      const uint32_t* at = job.offsets + i;
      V s0, s1, s2, t0, t1, t2, t3, s3, f0, f1, e;
      add(s0, t0, Ops::load(rows + at[0]), Ops::load(rows + at[1]), Ops::load(rows + at[2]));
      add(s1, t1, Ops::load(rows + at[3]), Ops::load(rows + at[4]), Ops::load(rows + at[5]));
      add(s2, t2, Ops::load(rows + at[6]), Ops::load(rows + at[7]), ones);
      add(ones, t3, s0, s1, s2);
      add(s3, f0, t0, t1, t2);
      add(twos, f1, s3, t3, twos);
      add(fours, e, f0, f1, fours);
      dead = Ops::either(dead, Ops::both(eights, e));
      eights = Ops::parity(eights, e, Ops::fill(false));
    }
    return Ops::without(Ops::load(reinterpret_cast<const uint8_t*>(job.valid) + part), dead);
  }

  HOMEWARD_BIT_INLINE static size_t count(const BitJob& job) {
    size_t n = 0;
    for (size_t child = 0; child < job.n_children; ++child) {
      if (job.allowed[child] == kNoLosses) continue;
      uint8_t* out = reinterpret_cast<uint8_t*>(job.masks + n * kTileWords);
      bool any = false;
      for (size_t part = 0; part < kRowBytes; part += sizeof(V)) {
        const V mask =
            job.allowed[child] == kAnyLosses ? Ops::load(reinterpret_cast<const uint8_t*>(job.valid) + part) : survivors(job, child, part);
        Ops::store(out + part, mask);
        any |= Ops::any(mask);
      }
      job.children[n] = static_cast<uint32_t>(child);
      n += any ? 1 : 0;  // no branch: whether a child has survivors cannot be foreseen
    }
    return n;
  }
};

}  // namespace homeward
