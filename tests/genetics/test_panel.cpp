#include <algorithm>

#include "catch_compat.hpp"
#include "homeward/panel.hpp"

using namespace homeward;

namespace {

Locus th01() { return {"TH01", LocusKind::str, Chromosome::autosomal, {Allele(6, 0), Allele(7, 0), Allele(9, 3), Allele(10, 0)}}; }

}  // namespace

TEST_CASE("a locus codes every genotype of its alleles and gives it back") {
  Locus locus = th01();
  for (unsigned repeats = 11; repeats < 90; ++repeats) locus.alleles.push_back(Allele(repeats, 0));
  std::vector<bool> used(genotype_code_count(locus.alleles.size()), false);
  used[kUntyped] = true;
  for (const Allele a : locus.alleles)
    for (const Allele b : locus.alleles) {
      const auto code = locus.code_of({a, b});
      REQUIRE(code);
      REQUIRE(*code < used.size());
      used[*code] = true;
      if (locus.genotype_of(*code) != Genotype(a, b)) FAIL("code " << *code);
    }
  CHECK(std::find(used.begin(), used.end(), false) == used.end());
}

TEST_CASE("untyped is code 0; unknown and half-known genotypes have no code") {
  const Locus locus = th01();
  CHECK(locus.code_of({}) == kUntyped);
  CHECK_FALSE(locus.genotype_of(kUntyped).typed());
  CHECK_FALSE(locus.code_of({Allele(6, 0), Allele(8, 0)}));
  CHECK_FALSE(locus.code_of({{}, Allele(6, 0)}));
  CHECK_FALSE(locus.index_of(Allele(9, 0)));
  CHECK(locus.index_of(Allele(9, 3)) == AlleleIndex{2});
}

TEST_CASE("the digest of a panel covers version, names, kinds, chromosomes, alleles and order") {
  const Locus vwa{"vWA", LocusKind::str, Chromosome::autosomal, {Allele(14, 0)}};
  const std::string digest = Panel("1", {th01(), vwa}).digest();
  CHECK(digest.size() == 64);
  CHECK(Panel("1", {th01(), vwa}).digest() == digest);
  CHECK(Panel("2", {th01(), vwa}).digest() != digest);
  CHECK(Panel("1", {vwa, th01()}).digest() != digest);
  Locus changed = th01();
  changed.name = "TH02";
  CHECK(Panel("1", {changed, vwa}).digest() != digest);
  changed = th01();
  changed.kind = LocusKind::snp;
  CHECK(Panel("1", {changed, vwa}).digest() != digest);
  changed = th01();
  changed.chromosome = Chromosome::x;
  CHECK(Panel("1", {changed, vwa}).digest() != digest);
  changed = th01();
  changed.alleles.pop_back();
  CHECK(Panel("1", {changed, vwa}).digest() != digest);
}

TEST_CASE("loci are found by their exact name") {
  const Panel panel("1", {th01()});
  CHECK(panel.find("TH01") == LocusIndex{0});
  CHECK_FALSE(panel.find("th01"));
  CHECK(panel.size() == 1);
}
