// CODIS messages: CMF 1.0 text, CMF 3 XML, Rapid DNA XML.
#include "catch_compat.hpp"
#include "import_fixture.hpp"
#include "shared_folder.hpp"

using namespace homeward;
using namespace homeward::testing;

namespace {

std::string locus(const std::string& name, std::initializer_list<const char*> alleles, const std::string& attributes = "") {
  std::string text = "<LOCUS" + attributes + "><LOCUSNAME>" + name + "</LOCUSNAME><READINGBY>u</READINGBY>";
  for (const char* allele : alleles) text += "<ALLELE><ALLELEVALUE>" + std::string(allele) + "</ALLELEVALUE></ALLELE>";
  return text + "</LOCUS>\n";
}

std::string specimen(const std::string& id, const std::string& category, const std::string& loci, const std::string& attributes = "") {
  return "<SPECIMEN" + attributes + ">\n<SPECIMENID>" + id + "</SPECIMENID><SPECIMENCATEGORY>" + category + "</SPECIMENCATEGORY>\n" + loci +
         "</SPECIMEN>\n";
}

std::string message(const std::string& specimens, const std::string& prolog = "") {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + prolog +
         "<CODISImportFile xmlns=\"urn:CODISImportFile-schema\">\n<HEADERVERSION>3.2</HEADERVERSION><MESSAGETYPE>Import</MESSAGETYPE>"
         "<SOURCELAB>LAB</SOURCELAB><KIT>PowerPlex 21</KIT>\n" +
         specimens + "</CODISImportFile>\n";
}

}  // namespace

TEST_CASE("a CMF message gives roles, families, kits and alleles") {
  const ImportedFile file = read_text(message(
      specimen("U1", "Unidentified Person",
               locus("vWA", {"15", "17"}) + locus("TH01", {"9.3"}) + locus("D6S1043", {"11", "12"}) + locus("AMEL", {"X", "Y"})) +
      specimen("F1", "Biological Father", locus("VWA", {"15"}) + locus("PENTA_D", {"9"}, " KIT=\"Huaxia Platinum\""), " CASEID=\"C77\"") +
      specimen("P1", "Unidentified Person", locus("vWA", {"15"}), " PARTIAL=\"true\"")));
  CHECK(file.format == "codis-xml");
  REQUIRE(file.samples.size() == 3);
  CHECK(file.samples[0].role == Role::child);
  CHECK(file.samples[0].kit == "PowerPlex 21");
  CHECK(call(file, "U1", "vWA") == "15/17");
  CHECK(call(file, "U1", "TH01") == "9.3/9.3");
  CHECK(call(file, "U1", "D6S1043") == "11/12");
  CHECK(count(file, "W_SCHEMA_CMF") == 1);  // no schema of CODIS lists D6S1043
  CHECK(file.samples[1].role == Role::father);
  CHECK(file.samples[1].sex == Sex::male);
  CHECK(file.samples[1].family_id == "C77");
  CHECK(call(file, "F1", "Penta D") == "9/9");
  CHECK(call(file, "P1", "vWA") == "15/?");
  CHECK(file.rejects.empty());
}

TEST_CASE("namespaces, prefixes and Rapid DNA messages change nothing") {
  const ImportedFile file = read_text(
      "<r:CODISRapidImportFile xmlns:r=\"urn:CODISRapidImportFile-schema\"><r:HEADER><r:MESSAGETYPE>Rapid Import</r:MESSAGETYPE></r:HEADER>"
      "<r:SPECIMEN><r:SPECIMENID>A</r:SPECIMENID><r:SPECIMENCATEGORY>Juvenile</r:SPECIMENCATEGORY><r:LOCUS><r:LOCUSNAME>FGA</r:LOCUSNAME>"
      "<r:KIT>GlobalFiler Express</r:KIT><r:ALLELE><r:ALLELEVALUE>21</r:ALLELEVALUE></r:ALLELE><r:ALLELE><r:ALLELEVALUE>&gt;51"
      "</r:ALLELEVALUE></r:ALLELE></r:LOCUS></r:SPECIMEN></r:CODISRapidImportFile>");
  CHECK(file.format == "codis-xml");
  CHECK(call(file, "A", "FGA") == "raw 21,>51");
  CHECK(count(file, "W_ROLE_UNKNOWN") == 1);
}

TEST_CASE("loci that nobody lists are loaded, bad calls cost their locus, and rejects load again") {
  const ImportedFile file = read_text(message(specimen("A", "Spouse", locus("MYSTERY9", {"5", "6"}) + locus("vWA", {"fifteen"})) +
                                              specimen("B", "Space Alien", locus("vWA", {"15"}))));
  CHECK(count(file, "W_LOCUS_UNLISTED") == 1);
  CHECK(count(file, "W_CATEGORY_UNKNOWN") == 1);
  CHECK(call(file, "A", "MYSTERY9") == "5/6");
  REQUIRE(file.rejects.size() == 1);
  CHECK(file.rejects[0].code == "E_ALLELE_SYNTAX");
  CHECK(file.rejects[0].line == 7);
  std::string again;
  for (const std::string& name : file.reject_header) again += name + ',';
  again += "\n";
  for (const std::string& cell : file.rejects[0].cells) again += (cell == "fifteen" ? "15" : cell) + ',';
  const ImportedFile mended = read_text(again + "\n");
  CHECK(mended.format == "native-long");
  CHECK(call(mended, "A", "vWA") == "15/15");
}

TEST_CASE("a specimen twice is a conflict unless it says the same; a mixture is refused with all its loci") {
  const std::string a = specimen("A", "Spouse", locus("vWA", {"15"}));
  CHECK(count(read_text(message(a + a)), "W_DUP_ROW") == 1);
  const ImportedFile conflict = read_text(message(a + specimen("A", "Spouse", locus("vWA", {"16"}))));
  CHECK(count(conflict, "E_DUP_ID_CONFLICT") == 1);
  CHECK(conflict.rejects.size() == 1);
  CHECK(call(conflict, "A", "vWA") == "15/15");
  const ImportedFile mixture = read_text(
      message(specimen("M", "Spouse", locus("vWA", {"15", "16", "17"}) + locus("FGA", {"20", "21", "22"}) + locus("TH01", {"6"})) + a));
  CHECK(count(mixture, "E_MIXTURE") == 1);
  CHECK(mixture.samples.size() == 1);
  CHECK(mixture.rejects.size() == 3);
}

TEST_CASE("document types, deep nesting and damage are refused with the line") {
  const std::string bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>\n";
  CHECK(refusal_of(message(specimen("A", "Spouse", locus("vWA", {"&b;"})), bomb)).find("DOCTYPE") != std::string::npos);
  std::string deep;
  for (int k = 0; k < 100; ++k) deep += "<a>";
  CHECK(refusal_of(message(deep)).find("64 deep") != std::string::npos);
  const std::string whole = message(specimen("A", "Spouse", locus("vWA", {"15"})));
  CHECK(refusal_of(whole.substr(0, whole.size() - 12)).find("line") != std::string::npos);
  CHECK(refusal_of(message("<SPECIMEN><LOCUS><SPECIMEN><ALLELEVALUE>1</ALLELEVALUE></SPECIMEN></LOCUS></SPECIMEN>")).empty());
}

TEST_CASE("CMF 1.0 is read by position") {
  const std::string head = "1.0\r\n1\r\nIMPORT\r\nORI\r\nORI\r\n14-FEB-2002 21:51:44\r\nx\r\ny\r\n1\r\n";
  const std::string packet = "DNA Analysis Result\r\n1.0\r\nPCR\r\nS1\r\n0\r\nBIOLOGICAL MOTHER\r\nUNKNOWN\r\nUNKNOWN\r\nUNKNOWN\r\n2\r\n";
  const std::string markers =
      "TPOX\r\n1\r\nU\r\n1-JAN-2001\r\n00:00:00\r\n2\r\n8\r\n9\r\nTH01\r\n1\r\nU\r\n1-JAN-2001\r\n00:00:00\r\n1\r\n9.3\r\n";
  const ImportedFile file = read_text(head + packet + markers);
  CHECK(file.format == "codis-text");
  REQUIRE(file.samples.size() == 1);
  CHECK(file.samples[0].role == Role::mother);
  CHECK(call(file, "S1", "TPOX") == "8/9");
  CHECK(call(file, "S1", "TH01") == "9.3/9.3");
  CHECK(refusal_of(head + packet + markers.substr(6)).find("line") != std::string::npos);
  CHECK(refusal_of(head + packet + markers + "9\r\n").find("line 35: expected the end of the file") != std::string::npos);
}

TEST_CASE("the examples of the CODIS specification say the same in both formats") {
  const auto shared = shared_folder("formats/codis/CMF32_AppendixA_example.xml");
  if (!shared) return;
  const ImportedFile xml = read_profiles(*shared / "formats/codis/CMF32_AppendixA_example.xml", options());
  const ImportedFile text = read_profiles(*shared / "formats/codis/CMF10_AppendixF_example.cmf", options());
  REQUIRE(xml.samples.size() == 1);
  REQUIRE(text.samples.size() == 1);
  CHECK(xml.samples[0].sample_id == "IMP_0001A");
  CHECK(xml.samples[0].partial);
  CHECK_FALSE(text.samples[0].partial);
  CHECK(call(xml, "IMP_0001A", "FGA") == call(text, "IMP_0001A", "FGA"));
  // The second specimen has four alleles at one locus and `<25, 28, 29` at another: a mixture, all of it in the rejects.
  CHECK(count(xml, "E_MIXTURE") == 1);
  CHECK(count(text, "E_MIXTURE") == 1);
  CHECK(text.rejects.size() == 16);
}
