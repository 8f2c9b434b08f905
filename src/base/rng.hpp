// Random numbers that depend on a key and a counter only: the same population for any thread count, compiler and library.
#pragma once

#include <Random123/philox.h>

#include <cstddef>
#include <cstdint>

namespace homeward {

/// Philox4x32-10 (Salmon et al., SC 2011). Every (seed, stream) pair is an independent sequence of 2^64 blocks of four
/// words, computed from its position alone, so a person's numbers never depend on who was drawn before. Not for secrets.
class CounterRng {
 public:
  CounterRng(std::uint64_t seed, std::uint64_t stream)
      : key_{{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)}},
        counter_{{0U, 0U, static_cast<std::uint32_t>(stream), static_cast<std::uint32_t>(stream >> 32U)}} {}

  std::uint32_t next_u32() {
    if (used_ == kWords) refill();
    return words_.v[used_++];
  }

  /// First word = high half.
  std::uint64_t next_u64() {
    const std::uint64_t high = next_u32();
    return high << 32U | next_u32();
  }

  /// Uniform on the multiples of 2^-53 in [0, 1): the top 53 bits of next_u64().
  double uniform() { return static_cast<double>(next_u64() >> 11U) * 0x1p-53; }

  /// Uniform on 0 .. n - 1 for n >= 1; its bias is below n x 2^-53.
  std::uint64_t below(std::uint64_t n) { return static_cast<std::uint64_t>(uniform() * static_cast<double>(n)); }

 private:
  void refill() {
    words_ = r123::Philox4x32()(counter_, key_);
    used_ = 0;
    if (++counter_.v[0] == 0) ++counter_.v[1];
  }

  static constexpr std::size_t kWords = 4;
  r123::Philox4x32::key_type key_;
  r123::Philox4x32::ctr_type counter_;
  r123::Philox4x32::ctr_type words_{};
  std::size_t used_ = kWords;
};

}  // namespace homeward
