#include "catch_compat.hpp"
#include "homeward/population.hpp"

using namespace homeward;

TEST_CASE("the rare-allele rule: 5/2N where 2N is known, else 0.001") {
  const RareAlleleRule rule;
  CHECK(rule.floor_of(2016U) == 5.0 / 2016.0);
  CHECK(rule.floor_of(std::nullopt) == 0.001);
  CHECK(rule.floor_of(0U) == 0.001);
  RareAlleleRule other;
  other.numerator = 3.0;
  other.fallback = 0.0005;
  CHECK(other.floor_of(300U) == 0.01);
  CHECK(other.floor_of(std::nullopt) == 0.0005);
}

TEST_CASE("loci of a population are found by their canonical name") {
  Population population;
  population.loci.resize(2);
  population.loci[0].locus = "TH01";
  population.loci[1].locus = "vWA";
  CHECK(population.find("vWA") == &population.loci[1]);
  CHECK(population.find("VWA") == nullptr);
  EffectivePopulation frozen;
  frozen.loci.resize(1);
  frozen.loci[0].locus.name = "TH01";
  CHECK(frozen.find("TH01") == &frozen.loci[0]);
  CHECK(frozen.find("vWA") == nullptr);
}
