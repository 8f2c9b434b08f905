#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "catch_compat.hpp"
#include "homeward/error.hpp"
#include "homeward/import.hpp"

using namespace homeward;

namespace {

const std::filesystem::path kData = std::filesystem::path(HOMEWARD_SOURCE_DIR) / "data";

}  // namespace

TEST_CASE("every locus of every kit is canonical in the dictionary, and no kit has one twice") {
  const LocusDictionary dictionary(kData);
  const std::vector<std::string> names = kit_names(kData);
  CHECK(names.size() == 45);
  for (const std::string& name : names) {
    const Kit kit = find_kit(name, kData);
    CHECK(kit.name == name);
    CHECK(kit.loci.size() >= 5);
    CHECK(std::set<std::string>(kit.loci.begin(), kit.loci.end()).size() == kit.loci.size());
    for (const std::string& locus : kit.loci) {
      INFO(name << " " << locus);
      const auto found = dictionary.find(locus, name);
      REQUIRE(found);
      CHECK(found->name == locus);
    }
  }
}

TEST_CASE("a kit answers to its name in any case, without its parenthesis, and to its further names") {
  for (const char* name : {"PowerPlex 21", "powerplex 21", "PowerPlex21", "POWERPLEX_21"}) CHECK(find_kit(name, kData).loci.size() == 21);
  for (const char* name : {"ForenSeq DNA Signature (autosomal STR part)", "ForenSeq DNA Signature", "forenseq"})
    CHECK(find_kit(name, kData).loci.size() == 27);
  CHECK(find_kit("SureID 27comp", kData).loci.size() == 27);
  CHECK(find_kit("Identifiler Plus", kData).loci == find_kit("Identifiler", kData).loci);
  CHECK(find_kit("SureID PanGlobal", kData).loci.size() == 27);
  CHECK(find_kit("PowerPlex 16", kData).name != find_kit("PowerPlex 18D", kData).name);
}

TEST_CASE("the order of a kit is its own, and its core loci are there") {
  const Kit kit = find_kit("PowerPlex 21", kData);
  CHECK(kit.loci.front() == "AMEL");
  CHECK(kit.loci.back() == "FGA");
  for (const char* locus : {"D6S1043", "Penta D", "Penta E", "vWA", "TH01"})
    CHECK(std::count(kit.loci.begin(), kit.loci.end(), locus) == 1);
  const Kit agcu = find_kit("AGCU 21+1", kData);
  CHECK(std::count(agcu.loci.begin(), agcu.loci.end(), "D5S2800") == 1);
  CHECK(std::count(agcu.loci.begin(), agcu.loci.end(), "D5S2500") == 0);
}

TEST_CASE("an unknown kit is refused with near names") {
  try {
    find_kit("PowerPlex 22", kData);
    FAIL("not refused");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::input);
    CHECK(std::string(error.what()).find("PowerPlex 21") != std::string::npos);
  }
  CHECK_THROWS_AS(find_kit("", kData), Error);
}
