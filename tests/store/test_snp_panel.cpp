// SNP panels: two bits a call, whatever does not fit kept beside, at the size of a chip.
#include <random>

#include "catch_compat.hpp"
#include "store_fixture.hpp"

using namespace store_test;

TEST_CASE("a panel of 10,000 SNPs and 20 STRs comes back call by call") {
  const Scratch folder;
  const auto path = folder / "a.h5";
  constexpr std::uint32_t kSnps = 10000, kPersons = 97;  // 97: the last byte of a row is not full
  std::mt19937 random(11);
  FileBuilder f("chip.csv");
  for (std::uint32_t l = 0; l < kSnps; ++l) {
    Locus locus;
    locus.name = "rs" + std::to_string(l);
    locus.kind = LocusKind::snp;
    f.file.loci.push_back(locus);
  }
  for (std::uint32_t l = 0; l < 20; ++l) f.locus_index("L" + std::to_string(l));
  std::vector<Genotype> truth(kPersons * (kSnps + 20));
  for (std::uint32_t p = 0; p < kPersons; ++p) {
    f.add("P" + std::to_string(p), p % 2 == 0 ? Role::child : Role::father, {});
    for (std::uint32_t l = 0; l < kSnps + 20; ++l) {
      Genotype& g = truth[p * (kSnps + 20) + l];
      const unsigned dice = random() % 5;
      if (l < kSnps)
        g = dice == 0 ? Genotype{} : Genotype{Allele::letter(dice < 3 ? 'C' : 'T'), Allele::letter(dice < 2 ? 'C' : 'T')};
      else if (dice != 0)
        g = Genotype{Allele(10 + random() % 5, 0), Allele(12, random() % 4)};
      f.last().calls.push_back({l, g, {}});
    }
  }
  load(path, f);
  CHECK(check_store(path).empty());
  const auto store = Store::open(path);
  REQUIRE(store->loci().size() == kSnps + 20);
  std::vector<PersonIndex> all;
  for (PersonIndex i = 0; i < kPersons; ++i) all.push_back(i);
  ProfileBlock block;
  store->read(all, block);
  std::map<std::string, LocusIndex> index;
  for (LocusIndex l = 0; l < store->loci().size(); ++l) index[store->loci()[l].name] = l;
  std::size_t wrong = 0;
  for (std::uint32_t l = 0; l < kSnps + 20; ++l) {
    const LocusIndex at = index[f.file.loci[l].name];
    for (std::uint32_t p = 0; p < kPersons; ++p) wrong += block.at(at, p) == truth[p * (kSnps + 20) + l] ? 0U : 1U;
  }
  CHECK(wrong == 0);
  // Two bits a call: 97 people x 10,000 SNPs are 250 kB of codes and hardly more on disk.
  CHECK(std::filesystem::file_size(path) < 600000);
  const auto loci = store->info().loci;
  std::uint64_t typed = 0;
  for (std::uint32_t p = 0; p < kPersons; ++p) typed += truth[p * (kSnps + 20)].b.empty() ? 0U : 1U;
  CHECK(loci[index["rs0"]].second == typed);
}

TEST_CASE("SNP calls that two bits cannot hold are kept exactly") {
  const Scratch folder;
  const auto path = folder / "a.h5";
  FileBuilder f("a.csv"), g("b.csv");
  f.add("P1", Role::child, {{"rs1", "A/G"}}).add("P2", Role::child, {{"rs1", "A/A"}}).add("P3", Role::child, {{"rs1", "A/C"}});
  f.add("P4", Role::child, {{"rs1", "G/?"}}).add("P5", Role::child, {{"rs1", "!low"}}).add("P6", Role::child, {{"rs2", "T/T"}});
  g.add("P6", Role::child, {{"rs2", "C/T"}})
      .add("P7", Role::child, {{"rs2", "C/C"}})
      .add("P3", Role::child, {{"rs1", "A/C"}, {"rs2", "T/T"}});
  load(path, f);
  CHECK(load(path, g).conflicts == 1);
  CHECK(check_store(path).empty());
  auto calls = everybody(*Store::open(path));
  CHECK(calls["P1"]["rs1"] == "A/G");
  CHECK(calls["P3"]["rs1"] == "A/C");
  CHECK(calls["P3"]["rs2"] == "T/T");
  CHECK(calls["P4"]["rs1"] == "G/?");
  CHECK(calls["P5"].empty());
  CHECK(calls["P6"]["rs2"] == "T/T");  // the alternative allele appeared later; the first call stands
  CHECK(calls["P7"]["rs2"] == "C/C");
  CHECK(Store::open(path)->info().loci[0].second == 4);
}

TEST_CASE("a file's own panel decides which allele is the reference") {
  const Scratch folder;
  FileBuilder f("a.csv");
  f.add("P1", Role::child, {{"rs1", "T/T"}});
  f.file.loci[0].alleles = {Allele::letter('C'), Allele::letter('T')};
  f.add("P2", Role::child, {{"rs1", "G/G"}}).add("P3", Role::child, {{"rs1", "G/G"}});
  load(folder / "a.h5", f);
  auto calls = everybody(*Store::open(folder / "a.h5"));
  CHECK(calls["P1"]["rs1"] == "T/T");
  CHECK(calls["P2"]["rs1"] == "G/G");
}
