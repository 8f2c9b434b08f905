// Whole small files: each layout, and what each defect does to a file.
#include <sys/stat.h>

#include "base/sha256.hpp"
#include "catch_compat.hpp"
#include "import/issues.hpp"
#include "import/sample_rows.hpp"
#include "import_fixture.hpp"

using namespace homeward;
using namespace homeward::testing;

TEST_CASE("the native wide table") {
  const ImportedFile file = read_text(
      "Sample_ID,ROLE,family_id,sex,kit,partial,slot,person_id,vWA,D21S11,Penta D,AMEL\n"
      "C1,child,,F,PowerPlex 21,,,,15/17,29,9/13,X/X\n"
      "F1,father,FAM1,M,,1,2,P9,\"15,17\",30/?,,X/Y\n"
      "M1,母亲,FAM1,女,,,,,16,9.3000000000000007/10,-,\n");
  CHECK(file.format == "native-wide");
  CHECK(file.rejects.empty());
  REQUIRE(file.samples.size() == 3);
  CHECK(file.samples[0].role == Role::child);
  CHECK(file.samples[0].kit == "PowerPlex 21");
  CHECK(call(file, "C1", "D21S11") == "29/29");
  CHECK(file.samples[1].family_id == "FAM1");
  CHECK(file.samples[1].partial);
  CHECK(file.samples[1].slot == "2");
  CHECK(file.samples[1].person_id == "P9");
  CHECK(call(file, "F1", "D21S11") == "30/?");
  CHECK(call(file, "F1", "Penta D").empty());
  CHECK(file.samples[2].role == Role::mother);
  CHECK(file.samples[2].sex == Sex::female);
  CHECK(call(file, "M1", "D21S11") == "9.3/10");
  CHECK(count(file, "W_ALLELE_FLOAT") == 1);
}

TEST_CASE("the native long table, GeneMapper wide and long, one column an allele: one substance") {
  const std::string wide = substance(read_text("sample_id,vWA,TH01,AMEL\nS1,15/17,9.3,X/Y\nS2,16,6/7,X\n"));
  CHECK(substance(read_text(
            "sample_id,locus,allele1,allele2\nS1,vWA,15,17\nS1,TH01,9.3,\nS1,AMEL,X,Y\nS2,vWA,16,16\nS2,TH01,7,6\nS2,AMEL,X,\n")) == wide);
  CHECK(substance(read_text("Sample File\tSample Name\tvWA\tHeight\tTH01\tAMEL\t\r\na.fsa\tS1\t15, 17, , , , \t900\t9.3, 9.3, , \tX, "
                            "Y\t\r\nb.fsa\tS2\t16, , , \t1\t6, 7\tX\t\r\n")) == wide);
  CHECK(
      substance(read_text(
          "Sample.Name\tMarker\tDye\tAllele.1\tAllele.2\tHeight.1\nS1\tvWA\tB\t15\t17\t900\nS1\tTH01\tB\t9.3\tNA\t1\nS1\tAMEL\tB\tX\tY\t1\n"
          "S2\tvWA\tB\t16\tNA\t2\nS2\tTH01\tB\t6\t7\t2\nS2\tAMEL\tB\tX\tX\t2\n")) == wide);
  CHECK(substance(read_text(
            "SampleName,Marker,Allele1,Allele2\nS1,vWA,15,17\nS1,TH01,9.3,9.3\nS1,AMEL,X,Y\nS2,vWA,16,16\nS2,TH01,6,7\nS2,AMEL,X,X\n")) ==
        wide);
  CHECK(substance(read_text("specimenId,vWA_1,vWA_2,vWA_3,vWA_4,TH01_1,TH01_2,AMEL_1,AMEL_2\nS1   "
                            ",15,17,NULL,NULL,9.3,NULL,X,Y\nS2,16,16,NULL,NULL,6,7,X,NULL\n")) == wide);
  CHECK(substance(read_text("ind,pop,vWA,vWA,TH01,TH01,AMEL,AMEL\nS1,P,15,17,9.3,9.3,X,Y\nS2,P,16,16,6,7,X,X\n")) == wide);
}

TEST_CASE("a trio without header names its people by the file") {
  const ImportedFile file = read_text("vWA\t15/17\t15/16\t-/-\r\nTH01\t6/7\t7/9.3\t-/-\r\n");
  CHECK(file.format == "cnas-trio");
  REQUIRE(file.samples.size() == 2);
  CHECK(file.samples[0].sample_id == "case7-mother");
  CHECK(call(file, "case7-child", "TH01") == "7/9.3");
  CHECK(count(file, "W_NOT_TYPED") == 1);
  const ImportedFile bad = read_text("vWA\t15/17\t15/16\t14/16\nTH01\t6/7\t7/9.35\t6/6\n");
  REQUIRE(bad.rejects.size() == 1);
  CHECK(bad.reject_header == std::vector<std::string>{"family_id", "locus", "mother", "child", "father"});
  CHECK(bad.rejects[0].cells == std::vector<std::string>{"case7", "TH01", "6/7", "7/9.35", "6/6"});
}

TEST_CASE("one defect, one code, and the other rows live") {
  const std::string header = "sample_id,role,sex,vWA,TH01,FGA\n";
  const std::string good = "G1,child,,15/17,6/7,22/24\n";
  const auto code_of = [&](const std::string& row) {
    const ImportedFile file = read_text(header + good + row + "G2,child,,14/14,9/9.3,20/21\n");
    CHECK(find_sample(file, "G1") != nullptr);
    CHECK(find_sample(file, "G2") != nullptr);
    REQUIRE(file.rejects.size() == 1);
    CHECK(file.rejects[0].line == 3);
    CHECK(count(file, file.rejects[0].code) == 1);
    return file.rejects[0].code;
  };
  CHECK(code_of("S1,child,,15/1S,6,22\n") == "E_ALLELE_SYNTAX");
  CHECK(code_of("S1,child,,15/16/17,6/7/8,22\n") == "E_MIXTURE");
  CHECK(code_of("G1,child,,15/16,6/7,22/24\n") == "E_DUP_ID_CONFLICT");
  CHECK(code_of(",child,,15/16,6/7,22/24\n") == "E_MISSING_ID");
  CHECK(code_of("S1,nephew?,,15/16,6/7,22/24\n") == "E_ROLE_UNKNOWN");
  CHECK(code_of("S1,father,F,15/16,6/7,22/24\n") == "E_ROLE_SEX");
  CHECK(code_of("S1,child,,15,17,6/7,22/24\n") == "E_COLUMN_COUNT");
  CHECK(code_of("S1,child,,15/17\n") == "E_COLUMN_COUNT");
  CHECK(code_of("S1,child,,\"15/17,6/7,22/24\n") == "E_QUOTE_OPEN");
  CHECK(code_of(std::string("S1,child,,15/1\0,6,22\n", 21)) == "E_NUL_BYTE");
  CHECK(code_of("S\xFF,child,,15/17,6,22\n") == "E_ENCODING");
  CHECK(code_of(std::string(500, 'i') + ",child,,15/17,6,22\n") == "E_ID_TOO_LONG");
}

TEST_CASE("what is repaired or left out is said") {
  const ImportedFile file = read_text(
      "sample_id,role,sex,VWA,TH01,FGA,D99S1,name,QS1\n"
      "S1,child,1,15/16/17,OL,<18,11/12,Li,1\n"
      "S2,child,,14,6/7,20,11/12,Wang,2\n"
      "S2,child,,14,6/7,20,11/12,Wang,2\n"
      "NEG-1,,,,,,,,\n"
      "S4,,M,14,6/7,20,,,\n");
  CHECK(file.rejects.empty());
  CHECK(file.samples.size() == 4);
  CHECK(call(file, "S1", "vWA") == "raw 15/16/17");
  CHECK(call(file, "S1", "TH01") == "raw OL");
  CHECK(call(file, "S1", "FGA") == "raw <18");
  CHECK(count(file, "W_TRI_ALLELE") == 1);
  CHECK(count(file, "W_OFF_LADDER") == 2);
  CHECK(count(file, "W_SEX_NOT_UNDERSTOOD") == 1);
  CHECK(file.samples[0].sex == Sex::unknown);
  CHECK(count(file, "W_LOCUS_ALIAS") == 1);
  CHECK(find_issue(file, "W_LOCUS_ALIAS")->severity == Severity::note);
  CHECK(count(file, "E_UNKNOWN_LOCUS") == 3);  // one row of the list, three calls left out
  CHECK(find_issue(file, "E_UNKNOWN_LOCUS")->column == "D99S1");
  CHECK(count(file, "W_UNKNOWN_COLUMN") == 1);
  CHECK(find_issue(file, "W_UNKNOWN_COLUMN")->column == "name");
  CHECK(count(file, "W_NOT_A_LOCUS") == 1);
  CHECK(count(file, "W_DUP_ROW") == 1);
  CHECK(count(file, "W_CONTROL") == 1);
  CHECK(find_sample(file, "NEG-1")->role == Role::control);
  CHECK(count(file, "W_ROLE_UNKNOWN") == 1);
  for (const Issue& issue : file.issues)
    for (const std::string* field : {&issue.value, &issue.message, &issue.column, &issue.suggestion}) {
      CHECK(field->find("Wang") == std::string::npos);
      CHECK(field->find("S2") == std::string::npos);
    }
}

TEST_CASE("names that only contain pos or neg are people") {
  const ImportedFile file = read_text("Sample Name\tvWA\nPosada_12\t15/17\nNegar\t14\nladder-3\t\nPC_阳性对照\t15\n");
  CHECK(count(file, "W_CONTROL") == 2);
  CHECK(find_sample(file, "Posada_12")->role == Role::unknown);
}

TEST_CASE("D5S2500 is resolved by the kit, and said to be ambiguous without one") {
  const ImportedFile file = read_text("sample_id,kit,D5S2500\nS1,AGCU 21+1,17/18\nS2,,12/14\n");
  CHECK(call(file, "S1", "D5S2800") == "17/18");
  CHECK(call(file, "S2", "D5S2500") == "12/14");
  CHECK(count(file, "W_LOCUS_AMBIGUOUS") == 1);
  ImportOptions with = options();
  with.kit = "AGCU 21+1";
  CHECK(call(read_text("sample_id,D5S2500\nS1,17/18\n", with), "S1", "D5S2800") == "17/18");
}

TEST_CASE("sex and amelogenin are compared") {
  const ImportedFile file =
      read_text("sample_id,role,sex,AMEL\nS1,child,F,X/Y\nS2,child,M,X/X\nS3,father,,X/X\nS4,child,M,X/Y\nS5,child,,X/Y\n");
  CHECK(count(file, "E_SEX_MISMATCH_AMEL") == 3);
  CHECK(file.samples.size() == 5);
}

TEST_CASE("role, kit and sheet fill what a file does not say, and never overrule it") {
  const Folder folder;
  const ImportedFile sheet = read_sample_sheet(
      folder.write("sheet.csv", "sample_id,role,family_id,sex,partial\nS1,father,FAM3,M,1\nS2,mother,,F,\nS9,child,,,\n"), options());
  REQUIRE(sheet.samples.size() == 3);
  CHECK(sheet.issues.empty());
  ImportOptions with = options();
  with.role = Role::child;
  for (const ImportedSample& sample : sheet.samples) with.sheet.emplace(sample.sample_id, sample);
  const ImportedFile file = read_text("sample_id,role,vWA\nS1,,15\nS2,child,14\nS3,,16\n", with);
  CHECK(find_sample(file, "S1")->role == Role::father);
  CHECK(find_sample(file, "S1")->family_id == "FAM3");
  CHECK(call(file, "S1", "vWA") == "15/?");  // the sheet says partial
  CHECK(find_sample(file, "S2")->role == Role::child);
  CHECK(count(file, "W_SHEET_CONFLICT") == 1);
  CHECK(find_sample(file, "S3")->role == Role::child);
  CHECK(refusal_of("sample_id,role\nS1,child\n").find("--samples") != std::string::npos);
}

TEST_CASE("the sample id inside a compound name") {
  ImportOptions with = options();
  with.sample_regex = "^([0-9]+)_";
  const ImportedFile file = read_text("Sample Name\tvWA\n0000001_00000000000_AAAA0000NL#01\t15/17\nother\t14\n", with);
  CHECK(find_sample(file, "0000001") != nullptr);
  CHECK(count(file, "W_SAMPLE_REGEX") == 1);
  with.sample_regex = "([";
  CHECK_THROWS_AS(read_text("Sample Name\tvWA\nS1\t15/17\n", with), Error);
}

TEST_CASE("long tables: the same call twice is left out, another one is refused") {
  const ImportedFile file =
      read_text("sample_id,locus,allele1,allele2\nS1,vWA,15,17\nS1,vWA,17,15\nS1,vWA,14,15\nS1,XYZ9,1,2\n,vWA,1,2\nS1,,1,2\n");
  CHECK(count(file, "W_DUP_ROW") == 1);
  CHECK(count(file, "E_DUP_ID_CONFLICT") == 1);
  CHECK(count(file, "E_UNKNOWN_LOCUS") == 1);
  CHECK(count(file, "E_MISSING_ID") == 1);
  CHECK(count(file, "E_MISSING_LOCUS") == 1);
  CHECK(file.rejects.size() == 3);
  CHECK(call(file, "S1", "vWA") == "15/17");
}

TEST_CASE("a pedigree is taken whole or not at all") {
  const std::string header = "family_id\tperson_id\tfather_id\tmother_id\tsex\tsample_id\tmissing\n";
  const std::string good = "A\tGF\t0\t0\tM\tS1\t0\nA\tGM\t0\t0\tF\t0\t0\nA\tF\tGF\tGM\tM\t\t0\nA\tM\t0\t0\t\t\t\nA\tC\tF\tM\t\t\t1\n";
  const ImportedFile file = read_text(header + good);
  CHECK(file.format == "pedigree");
  REQUIRE(file.relatives.size() == 5);
  CHECK(file.rejects.empty());
  CHECK(file.relatives[4].missing);
  CHECK(file.relatives[3].sex == Sex::female);  // named as a mother
  CHECK(file.relatives[1].sample_id.empty());
  const auto code_of = [&](const std::string& rows) {
    const ImportedFile both = read_text(header + good + rows);
    CHECK(both.relatives.size() == 5);
    CHECK(both.rejects.size() == static_cast<std::size_t>(std::count(rows.begin(), rows.end(), '\n')));  // the whole family
    const auto own =
        std::find_if(both.rejects.begin(), both.rejects.end(), [](const Reject& reject) { return reject.code != "E_PEDIGREE_FAMILY"; });
    REQUIRE(own != both.rejects.end());
    return own->code;
  };
  CHECK(code_of("B\tF\t0\t0\tM\tS2\t0\nB\tC\tF\tX\t\t\t1\n") == "E_PEDIGREE");
  CHECK(code_of("B\tC\tF\t0\t\t\t1\nB\tF\t0\t0\tM\tS2\t0\n") == "E_PEDIGREE");
  CHECK(code_of("B\tF\tC\tM\tM\tS2\t0\nB\tM\t0\t0\tF\t\t\nB\tC\tF\tM\tM\t\t1\n") == "E_PEDIGREE");
  CHECK(code_of("B\tF\t0\t0\tM\tS2\t0\nB\tM\t0\t0\tF\t\t\nB\tC\tF\tM\t\t\t0\n") == "E_FAMILY_SHAPE");
  CHECK(code_of("B\tF\t0\t0\tF\tS2\t0\nB\tM\t0\t0\tF\t\t\nB\tC\tF\tM\t\t\t1\n") == "E_PEDIGREE");
}

TEST_CASE("rejected rows can be mended and loaded again") {
  const std::string text = "sample_id;note;vWA;TH01\nS1;\"a;b\";15/1S;6/7\n=2+2;\"say \"\"x\"\"\";14/99.99;9.3\nS3;;16/17;6\n";
  const ImportedFile file = read_text(text);
  REQUIRE(file.rejects.size() == 2);
  const Folder folder;
  import::write_rejects(folder.path() / "r.csv", file.reject_header, file.rejects);
  struct stat status {};
  REQUIRE(::stat((folder.path() / "r.csv").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
  const ImportedFile again = read_profiles(folder.path() / "r.csv", options());
  REQUIRE(again.rejects.size() == 2);  // not mended: refused again, for the same cells
  CHECK(again.reject_header.back() == "TH01");
  CHECK(again.rejects[0].code == "E_ALLELE_SYNTAX");
  std::ifstream stream(folder.path() / "r.csv");
  std::string mended{std::istreambuf_iterator<char>(stream), {}};
  mended.replace(mended.find("15/1S"), 5, "15/15");
  mended.replace(mended.find("14/99.99"), 8, "14/16");
  const ImportedFile fixed = read_text(mended);
  CHECK(fixed.rejects.empty());
  CHECK(call(fixed, "S1", "vWA") == "15/15");
  CHECK(call(fixed, "=2+2", "TH01") == "9.3/9.3");
}

TEST_CASE("the rows of samples that the store refuses are found again") {
  const Folder folder;
  const auto wide = folder.write("wide.csv", "sep=;\nsample_id;vWA\nS1;15/17\nS2;\"16;\"\nS3;14\n");
  const import::RefusedSamples refused{{"S2", {"E_DUP_ID_CONFLICT", "known otherwise"}}};
  const auto rows = import::rows_of_samples(read_profiles(wide, options()), options(), refused);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].line == 4);
  CHECK(rows[0].cells == std::vector<std::string>{"S2", "16;"});
  const auto lines = folder.write("long.csv", "sample_id,locus,allele1,allele2\nS1,vWA,15,17\nS2,vWA,15,17\nS2,TH01,6,7\n");
  CHECK(import::rows_of_samples(read_profiles(lines, options()), options(), refused).size() == 2);
  CHECK(read_profiles(wide, options()).sha256 == sha256_of_file(wide));
}

TEST_CASE("issues are listed up to a bound and counted beyond it, escaped and private") {
  std::string text = "sample_id,vWA\n";
  for (int i = 0; i < 3000; ++i) text += "S" + std::to_string(i) + ",OL\n";
  const ImportedFile file = read_text(text);
  CHECK(count(file, "W_OFF_LADDER") == 3000);
  CHECK(file.issues.size() < 3100);
  const Folder folder;
  import::write_issues(folder.path() / "i.tsv", "7",
                       {{ Severity::error,
                          "E_X",
                          "f",
                          {},
                          3,
                          0,
                          "col\x1b[31m",
                          {},
                          "a\tb",
                          {},
                          {},
                          {},
                          {},
                          1 }});
  std::ifstream stream(folder.path() / "i.tsv");
  const std::string written{std::istreambuf_iterator<char>(stream), {}};
  CHECK(written.rfind("batch_id\tseverity\tcode\tfile\tsheet\tline\trecord\tcolumn\tfield\tvalue\taction\trepaired_to\tmessage\tsuggestion",
                      0) == 0);
  CHECK(written.find('\x1b') == std::string::npos);
  CHECK(written.find("a\\x09b") != std::string::npos);
}

TEST_CASE("files of other kinds are named") {
  CHECK(refusal_of("PK\x03\x04zzzz").find("Excel") != std::string::npos);
  CHECK(refusal_of("\x6C\x1B\x01zzzz").find(".bed") != std::string::npos);
  CHECK(refusal_of("locus,allele,frequency\nvWA,15,0.1\n").find("--population") != std::string::npos);
  CHECK(refusal_of("编号,姓名,失踪地点\n1,x,y\n").find("register") != std::string::npos);
  CHECK(refusal_of("alpha,beta\n1,2\n").find("cannot tell the format") != std::string::npos);
  CHECK(refusal_of("").find("empty") != std::string::npos);
  CHECK(refusal_of(" \n\n").find("empty") != std::string::npos);
  CHECK_THROWS_AS(read_profiles("/no/such/file", options()), Error);
}
