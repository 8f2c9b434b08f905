// What a cell says: the grammar, and the traps that real tables hold.
#include "catch_compat.hpp"
#include "import/allele_cell.hpp"

using namespace homeward;
using namespace homeward::import;

namespace {

CallReading reading(std::string_view cell, LocusKind kind = LocusKind::str, bool partial = false,
                    Chromosome chromosome = Chromosome::autosomal) {
  CallReader reader(kind, chromosome, partial);
  reader.add(cell);
  return reader.finish();
}

std::string text(std::string_view cell, LocusKind kind = LocusKind::str, bool partial = false) {
  const CallReading r = reading(cell, kind, partial);
  switch (r.kind) {
    case CallKind::untyped:
      return "untyped";
    case CallKind::typed:
    case CallKind::half_known:
      return to_string(r.genotype);
    case CallKind::off_ladder:
      return "off ladder";
    case CallKind::many_alleles:
      return "many";
    case CallKind::sequence:
      return "sequence";
    case CallKind::syntax:
      return "syntax";
  }
  return {};
}

}  // namespace

TEST_CASE("any separator and either order of alleles gives the same genotype") {
  for (const char* cell : {"15/17", "17/15", "15,17", "15, 17", "15;17", "15|17", "15 17", "15，17", "15、17", "15／17", "15；17",
                           " 15/17 ", "１５/１７", "15, 17, , , , , , ", "15/15/17"})
    CHECK(text(cell) == "15/17");
  CHECK(text("9.3/10") == "9.3/10");
  CHECK(text("15") == "15/15");
  CHECK(text("15/15") == "15/15");
  CHECK(text("12.0/13.0") == "12/13");
}

TEST_CASE("every missing token is untyped") {
  for (const char* cell :
       {"", " ", ".", "-", "NA", "na", "N/A", "NULL", "0", "-9", "?", "INC", "*", "/", "-/-", "0/0", "0,0", "?/?", "-9,-9", "\xE3\x80\x80"})
    CHECK(text(cell) == "untyped");
}

TEST_CASE("a single allele is a homozygote, of a partial profile half known") {
  CHECK(text("15", LocusKind::str, true) == "15/?");
  CHECK(text("15/15", LocusKind::str, true) == "15/15");
  CHECK(text("15/17", LocusKind::str, true) == "15/17");
  CHECK(text("15/?") == "15/?");
  CHECK(text("15/*") == "15/?");
  CHECK(text("15/-") == "15/?");
  CHECK(text("15,NA") == "15/15");
}

TEST_CASE("spreadsheet numbers are repaired, other decimals are not guessed") {
  const CallReading r = reading("9.3000000000000007");
  CHECK(to_string(r.genotype) == "9.3/9.3");
  CHECK(r.repaired_float);
  CHECK(text("9.300000000000001/10.199999999999999") == "9.3/10.2");
  CHECK_FALSE(reading("12.0").repaired_float);
  for (const char* cell : {"9.35", "9.3.1", "09", "177", "100", "1e1", "+9", "-5", "9,3/10", "15-17", "11-Dec", "12月11日", "fifteen",
                           "15/1S", "X", "0x1", "15//abc"})
    CHECK(text(cell) == "syntax");
}

TEST_CASE("off-ladder calls and sequences are no alleles") {
  for (const char* cell : {"OL", "ol", "<12", ">30", "F", "15/OL", "15,>30", "OL, , ,", "<9.3"}) CHECK(text(cell) == "off ladder");
  CHECK(text("[AGAT]11 [AGAC]6 AGAT") == "sequence");
  const CallReading lus = reading("15_14_1_0/16.3_11_1_0");
  CHECK(to_string(lus.genotype) == "15/16.3");
  CHECK(lus.length_of_sequence);
  CHECK(text("15_AGAT") == "syntax");
}

TEST_CASE("three different alleles are no genotype") {
  CHECK(text("15/16/17") == "many");
  CHECK(text("15,16,17,18,19") == "many");
  CHECK(text("15/16/OL") == "off ladder");
  CHECK(text("28/29/<25") == "many");  // an allele of that class is a third one
  CHECK(text("<25,>40") == "off ladder");
}

TEST_CASE("F beside an allele is a second allele that is not known") {
  CHECK(text("15,F") == text("15/?"));
  CHECK(reading("15,F").wildcard);
  CHECK_FALSE(reading("15/?").wildcard);
  CHECK(text("15,17,F") == "off ladder");
  CHECK(text("F,F") == "off ladder");
}

TEST_CASE("letters belong to the sex marker and to SNPs, numbers to STRs") {
  CHECK(text("X/Y", LocusKind::sex) == "X/Y");
  CHECK(text("XY", LocusKind::sex) == "X/Y");
  CHECK(text("x, y", LocusKind::sex) == "X/Y");
  CHECK(text("X", LocusKind::sex) == "X/X");
  CHECK(text("Y", LocusKind::sex) == "Y/?");
  CHECK(text("15/17", LocusKind::sex) == "syntax");
  CHECK(text("A/G", LocusKind::snp) == "A/G");
  CHECK(text("ga", LocusKind::snp) == "A/G");
  CHECK(text("C", LocusKind::snp) == "C/C");
  CHECK(text("I/D", LocusKind::snp) == "D/I");
  CHECK(text("15", LocusKind::snp) == "syntax");
  CHECK(text("X/Y") == "syntax");
  CHECK(to_string(reading("14", LocusKind::str, true, Chromosome::y).genotype) == "14/14");  // one copy is all there is
}

TEST_CASE("a masked token shows typing errors and hides people") {
  CHECK(masked_token("15/1S") == "15/1S");
  CHECK(masked_token("9.35") == "9.35");
  CHECK(masked_token("Zhang Wei") == "***** ***");
  CHECK(masked_token("张伟") == "**");
  CHECK(masked_token("13800138000") == "###########");
}
