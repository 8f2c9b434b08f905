#include <random>

#include "catch_compat.hpp"
#include "search/pair_counts.hpp"

using namespace homeward;

TEST_CASE("pairs without a shared locus are counted as by visiting every pair") {
  std::mt19937_64 random(11);
  for (const std::size_t n_loci : {3U, 24U, 70U, 200U}) {
    for (int round = 0; round < 20; ++round) {
      const auto draw = [&](std::size_t n) {
        std::vector<LocusMask> masks(n, LocusMask((n_loci + 63) / 64));
        for (LocusMask& mask : masks)
          for (std::size_t l = 0; l < n_loci; ++l)
            if (random() % 100 < (round % 4 == 0 ? 90U : 4U)) mask[l / 64] |= std::uint64_t{1} << (l % 64);
        return masks;
      };
      const auto mine = draw(60);
      const auto theirs = draw(40);
      MaskTally a(n_loci), b(n_loci);
      for (const LocusMask& mask : mine) a.add(mask);
      for (const LocusMask& mask : theirs) b.add(mask);
      std::uint64_t expected = 0;
      for (const LocusMask& x : mine)
        for (const LocusMask& y : theirs) {
          bool shared = false;
          for (std::size_t w = 0; w < x.size(); ++w) shared = shared || (x[w] & y[w]) != 0;
          expected += shared ? 0 : 1;
        }
      CHECK(a.disjoint_pairs(b) == expected);
    }
  }
}
