#include <fstream>
#include <set>

#include "base/text.hpp"
#include "catch_compat.hpp"
#include "homeward/error.hpp"
#include "homeward/import.hpp"
#include "shared_folder.hpp"

using namespace homeward;

namespace {

const std::filesystem::path kData = std::filesystem::path(HOMEWARD_SOURCE_DIR) / "data";

std::string name_of(const std::string& spelling, const std::string& kit = {}) {
  static const LocusDictionary dictionary(kData);
  const auto found = dictionary.find(spelling, kit);
  return found ? found->name : "(unknown)";
}

}  // namespace

TEST_CASE("every canonical name is found under itself and is no alias") {
  const LocusDictionary dictionary(kData);
  REQUIRE(dictionary.names().size() > 140);
  for (const std::string& name : dictionary.names()) {
    INFO(name);
    const auto found = dictionary.find(name);
    REQUIRE(found);
    CHECK(found->name == name);
    CHECK_FALSE(found->alias);
  }
}

TEST_CASE("spellings differ in case, spaces and punctuation only by accident") {
  for (const char* spelling : {"Penta D", "PENTA D", "PENTA_D", "PENTAD", "Penta-D", "pentad", "Penta.D", " Penta D "})
    CHECK(name_of(spelling) == "Penta D");
  for (const char* spelling : {"vWA", "VWA", "vWa", "VWF", "vWA31"}) CHECK(name_of(spelling) == "vWA");
  for (const char* spelling : {"TH01", "THO1", "TH 01", "TC11", "Th01"}) CHECK(name_of(spelling) == "TH01");
  for (const char* spelling : {"TPOX", "TP0X"}) CHECK(name_of(spelling) == "TPOX");
  for (const char* spelling : {"CSF1PO", "CSF1P0"}) CHECK(name_of(spelling) == "CSF1PO");
  for (const char* spelling : {"AMEL", "AM", "Amelogenin", "AMELOGENIN", "AMELX/Y"}) CHECK(name_of(spelling) == "AMEL");
  for (const char* spelling : {"SE33", "ACTBP2", "ACTBP2 (SE33)"}) CHECK(name_of(spelling) == "SE33");
  for (const char* spelling : {"DYS389I", "DYS389 1", "DYS389-I", "B_DYS389I"}) CHECK(name_of(spelling) == "DYS389I");
  for (const char* spelling : {"DYS389II", "DYS389 2", "DYS389 II"}) CHECK(name_of(spelling) == "DYS389II");
  for (const char* spelling : {"YGATAH4", "GATAH4", "Y-GATA-H4", "Y GATA H4", "R_Y_GATA_H4"}) CHECK(name_of(spelling) == "YGATAH4");
  for (const char* spelling : {"Yindel", "YINDEL", "Y indel"}) CHECK(name_of(spelling) == "Yindel");
  CHECK(name_of("DYS385a/b") == "DYS385");
  CHECK(name_of("D22-GATA198B05") == "D22GATA198B05");
  CHECK(name_of("FES/FPS") == "FESFPS");
}

TEST_CASE("a near name is another locus or unknown, never the nearest") {
  for (const char* spelling : {"", "  ", "Height", "D3S135", "D2S411", "Sample Name", "rs", "rs12x", "rs123456789012345"})
    CHECK(name_of(spelling) == "(unknown)");
  CHECK(name_of("D2S441") != name_of("D2S1338"));
}

TEST_CASE("quality peaks of kits are known and are no loci") {
  for (const char* spelling : {"QS1", "qs2", "IQC", "IQCS", "IQCL"}) CHECK(name_of(spelling).empty());
}

TEST_CASE("kind and chromosome") {
  const LocusDictionary dictionary(kData);
  CHECK(dictionary.find("AMEL")->kind == LocusKind::sex);
  CHECK(dictionary.find("DXS10103")->chromosome == Chromosome::x);
  CHECK(dictionary.find("HPRTB")->chromosome == Chromosome::x);
  for (const char* locus : {"DYS391", "DYF387S1", "Yindel", "YGATAH4"}) CHECK(dictionary.find(locus)->chromosome == Chromosome::y);
  CHECK(dictionary.find("Penta E")->chromosome == Chromosome::autosomal);
  CHECK(dictionary.find("Penta E")->kind == LocusKind::str);
  const auto snp = dictionary.find("RS12913832");
  REQUIRE(snp);
  CHECK(snp->name == "rs12913832");
  CHECK(snp->kind == LocusKind::snp);
  CHECK(snp->alias);
  CHECK_FALSE(dictionary.find("rs12913832")->alias);
  CHECK(dictionary.find("VWA")->alias);
}

TEST_CASE("D5S2500 is resolved by kit, never by name alone") {
  CHECK(name_of("D5S2500") == "D5S2500");
  CHECK(name_of("D5S2500", "AGCU 21+1") == "D5S2800");
  CHECK(name_of("d5s2500", "agcu_21+1 v2") == "D5S2800");
  CHECK(name_of("D5S2500", "Microreader 23sp") == "D5S2500");
  CHECK(name_of("D5S2800", "AGCU 21+1") == "D5S2800");
  CHECK(name_of("D10S1435", "AGCU 21+1") == "D10S1435");
}

TEST_CASE("every spelling of the reference list is known and means the same locus") {
  const auto shared = shared_folder("data/locus_aliases.csv");
  if (!shared) return;
  std::ifstream stream(*shared / "data/locus_aliases.csv");
  std::string line;
  std::getline(stream, line);
  std::size_t checked = 0;
  while (std::getline(stream, line)) {
    const auto cells = split(line, ',');
    if (line.find("NOT A SPELLING") != std::string::npos) continue;
    INFO(cells[0]);
    CHECK(name_of(std::string(cells[0])) == (cells[1] == "(not a locus)" ? std::string_view{} : cells[1]));
    ++checked;
  }
  CHECK(checked == 196);
}

TEST_CASE("a data folder without its tables is refused with the file named") {
  try {
    const LocusDictionary dictionary("no-such-folder");
    FAIL("not refused");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::failure);
    CHECK(std::string(error.what()).find("loci.tsv") != std::string::npos);
  }
}
