// Haplotypes that are inherited whole, and counting.
#include <cmath>

#include "catch_compat.hpp"
#include "likelihood/lineage.hpp"

using namespace homeward;

namespace {

Genotype one(unsigned repeats, unsigned bases = 0) { return {Allele(repeats, bases), Allele(repeats, bases)}; }
Genotype two(unsigned a, unsigned b) { return {Allele(a, 0), Allele(b, 0)}; }

LineageComparison compare(std::vector<LineageCall> calls) { return compare_lineage(calls); }

}  // namespace

TEST_CASE("equal haplotypes cannot be excluded, one or two single steps are inconclusive, more exclude") {
  std::vector<LineageCall> calls{
      {"DYS19", one(15), one(15)}, {"DYS385", two(11, 14), two(14, 11)}, {"DYS390", one(24), one(24)}, {"DYS391", one(10), one(10)}};
  CHECK(compare(calls).verdict == LineageVerdict::cannot_exclude);
  CHECK(compare(calls).n_loci == 4);
  calls[0].b = one(16);
  CHECK(compare(calls).verdict == LineageVerdict::inconclusive);
  calls[2].b = one(23);
  CHECK(compare(calls).verdict == LineageVerdict::inconclusive);
  CHECK(compare(calls).steps == 2);
  calls[3].b = one(11);
  CHECK(compare(calls).verdict == LineageVerdict::excluded);
  calls[2].b = calls[2].a;
  calls[3].b = calls[3].a;
  calls[0].b = one(17);
  CHECK(compare(calls).verdict == LineageVerdict::excluded);
  calls[0].b = one(15, 2);
  CHECK(compare(calls).verdict == LineageVerdict::excluded);
  CHECK(compare(calls).no_steps);
}

TEST_CASE("what is not typed in both is not compared") {
  CHECK(compare({}).verdict == LineageVerdict::not_compared);
  CHECK(compare({{"DYS19", one(15), {}}, {"DYS390", Genotype(Allele(), Allele(24, 0)), one(24)}}).verdict == LineageVerdict::not_compared);
}

TEST_CASE("DYS389II is compared without the DYS389I it contains") {
  const LineageComparison shifted = compare({{"DYS389I", one(13), one(14)}, {"DYS389II", one(29), one(30)}});
  CHECK(shifted.n_different == 1);
  CHECK(shifted.verdict == LineageVerdict::inconclusive);
  const LineageComparison hidden = compare({{"DYS389I", one(13), one(14)}, {"DYS389II", one(29), one(29)}});
  CHECK(hidden.n_different == 2);
  CHECK(compare({{"DYS389II", one(29), one(30)}}).n_different == 1);
}

TEST_CASE("counting: (x + 1) / (n + 1), and the bound of Clopper and Pearson") {
  CHECK_THAT(counted_frequency(0, 99).estimate, WithinRel(0.01, 1e-14));
  CHECK_THAT(counted_frequency(0, 99).upper_95, WithinRel(1.0 - std::pow(0.05, 1.0 / 99.0), 1e-12));
  // At the bound, so few or fewer are seen in 1 of 20.
  for (const std::uint64_t x : {std::uint64_t{1}, std::uint64_t{7}}) {
    const double p = counted_frequency(x, 500).upper_95;
    double sum = 0.0, term = std::pow(1.0 - p, 500.0);
    for (std::uint64_t k = 0; k <= x; ++k) {
      sum += term;
      term *= static_cast<double>(500 - k) / static_cast<double>(k + 1) * p / (1.0 - p);
    }
    CHECK_THAT(sum, WithinRel(0.05, 1e-9));
    CHECK(p > counted_frequency(x, 500).estimate);
  }
  CHECK(counted_frequency(0, 0).estimate == 1.0);
  CHECK(counted_frequency(3, 3).upper_95 == 1.0);
}
