#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/rng.hpp"
#include "catch_compat.hpp"

using homeward::CounterRng;

TEST_CASE("the generator is Philox4x32-10: known answers of its authors") {
  // Counter words 0 and 1 are the block, 2 and 3 the stream, the key is the seed: the all-zero vector is reachable as it
  // is, the others through the block function itself.
  CounterRng zero(0, 0);
  for (const std::uint32_t expected : {0x6627e8d5U, 0xe169c58dU, 0xbc57ac4cU, 0x9b00dbd8U}) CHECK(zero.next_u32() == expected);

  const r123::Philox4x32 philox;
  const auto ones = philox({{0xffffffffU, 0xffffffffU, 0xffffffffU, 0xffffffffU}}, {{0xffffffffU, 0xffffffffU}});
  CHECK((ones[0] == 0x408f276dU && ones[1] == 0x41c83b0eU && ones[2] == 0xa20bc7c6U && ones[3] == 0x6d5451fdU));
  const auto pi = philox({{0x243f6a88U, 0x85a308d3U, 0x13198a2eU, 0x03707344U}}, {{0xa4093822U, 0x299f31d0U}});
  CHECK((pi[0] == 0xd16cfe09U && pi[1] == 0x94fdccebU && pi[2] == 0x5001e420U && pi[3] == 0x24126ea1U));
}

TEST_CASE("seed and stream fill key and counter, low words first") {
  const std::uint64_t seed = 0x299f31d0a4093822U;
  const std::uint64_t stream = 0x0370734413198a2eU;
  CounterRng rng(seed, stream);
  const r123::Philox4x32 philox;
  for (std::uint32_t block = 0; block < 3; ++block) {
    const auto expected = philox({{block, 0U, 0x13198a2eU, 0x03707344U}}, {{0xa4093822U, 0x299f31d0U}});
    for (std::size_t word = 0; word < 4; ++word) CHECK(rng.next_u32() == expected[word]);
  }
}

TEST_CASE("uniform() is the top 53 bits, first word high, and stays below 1") {
  CounterRng words(5, 9);
  CounterRng reals(5, 9);
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t high = words.next_u32();
    const std::uint64_t low = words.next_u32();
    const double u = reals.uniform();
    CHECK(u == static_cast<double>((high << 32U | low) >> 11U) / 9007199254740992.0);
    CHECK(u >= 0.0);
    CHECK(u < 1.0);
  }
}

TEST_CASE("uniform() is uniform, below() too") {
  constexpr int kDraws = 100000;
  std::array<int, 64> bins{};
  std::array<int, 7> faces{};
  CounterRng rng(1, 2);
  for (int i = 0; i < kDraws; ++i) {
    ++bins[static_cast<std::size_t>(rng.uniform() * 64)];
    ++faces.at(rng.below(7));
  }
  double bins_chi = 0.0, faces_chi = 0.0;
  for (const int n : bins) bins_chi += (n - kDraws / 64.0) * (n - kDraws / 64.0) / (kDraws / 64.0);
  for (const int n : faces) faces_chi += (n - kDraws / 7.0) * (n - kDraws / 7.0) / (kDraws / 7.0);
  CHECK(std::abs(bins_chi - 63) < 5 * std::sqrt(2 * 63.0));
  CHECK(faces_chi < 6 + 5 * std::sqrt(2 * 6.0));
}

TEST_CASE("streams of one seed and equal streams of two seeds do not repeat each other") {
  std::vector<std::uint64_t> firsts;
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    for (std::uint64_t stream = 0; stream < 20; ++stream) firsts.push_back(CounterRng(seed, stream << 56U | stream).next_u64());
  std::sort(firsts.begin(), firsts.end());
  CHECK(std::adjacent_find(firsts.begin(), firsts.end()) == firsts.end());
}
