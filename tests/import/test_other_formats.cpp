// Genepop, control DNA and elimination lists, titles above headers, empty tables.
#include "catch_compat.hpp"
#include "import_fixture.hpp"

using namespace homeward;
using namespace homeward::testing;

TEST_CASE("Genepop: two digits are repeats, three are repeats and bases") {
  const ImportedFile two = read_text("A title\nTH01\nvWA, FGA\nPOP\na 1 , 0609 1517 0000\npop\nb, 0606 15 2122\n");
  CHECK(two.format == "genepop");
  REQUIRE(two.samples.size() == 2);
  CHECK(call(two, "a 1", "TH01") == "6/9");
  CHECK(call(two, "a 1", "FGA").empty());
  CHECK(call(two, "b", "vWA") == "15/15");
  const ImportedFile three = read_text("A title\r\nTH01\r\nvWA\r\nPop\r\na , 060093 150170\r\n");
  CHECK(call(three, "a", "TH01") == "6/9.3");
  CHECK(call(three, "a", "vWA") == "15/17");
  CHECK(count(three, "W_GENEPOP_CODES") == 1);
  CHECK(count(read_text("t\nTH01\nPOP\na , 0609 1517\n"), "W_GENEPOP_COUNT") == 1);
  CHECK(read_text("t\nTH01\nPOP\na , 0609\n").rejects.empty());
}

TEST_CASE("control DNA and the laboratory's people are known by their profile") {
  const ImportedFile controls = read_profiles(options().data_dir / "panels" / "control_dna.csv", options());
  REQUIRE(controls.samples.size() == 3);
  CHECK(controls.rejects.empty());
  CHECK(call(controls, "2800M", "Penta D") == "12/13");
  const std::string header = "sample_id,role,D3S1358,vWA,FGA,D8S1179,D21S11,D18S51,D5S818,D13S317,AMEL\n";
  ImportedFile file = read_text(header +
                                "S1,child,17/18,16/19,20/23,14/15,29/31.2,16/18,12,9/11,X/Y\n"  // 2800M
                                "S2,child,17/18,16/19,20/23,14/15,29/31.2,16/18,12,9/12,X/Y\n"  // one locus differs
                                "S3,child,17/18,16/19,20/23,14/15,29/31.2,16/18,12,,X/Y\n");    // seven loci only
  CHECK(mark_eliminated(file, controls, Elimination::control_dna) == 1);
  CHECK(find_sample(file, "S1")->role == Role::control);
  CHECK(find_sample(file, "S2")->role == Role::child);
  CHECK(find_sample(file, "S3")->role == Role::child);
  const Issue* issue = find_issue(file, "W_CONTROL_DNA");
  REQUIRE(issue != nullptr);
  CHECK(issue->line == 2);
  CHECK(issue->message.find("2800M") != std::string::npos);
  // A list of staff marks the same way and never shows whom.
  const ImportedFile staff = read_text(header + "Alice,,17/18,16/19,20/23,14/15,29/31.2,16/18,12,9/12,X/X\n");
  CHECK(mark_eliminated(file, staff, Elimination::staff) == 1);
  CHECK(find_sample(file, "S2")->role == Role::control);
  CHECK(find_issue(file, "W_ELIMINATION")->message.find("Alice") == std::string::npos);
}

TEST_CASE("a control is known by its name") {
  const ImportedFile file = read_text("sample_id,vWA\n2800M_rep1,16/19\npos-9947A,17/18\nS28000M,15/15\n", options());
  CHECK(find_sample(file, "2800M_rep1")->role == Role::control);
  CHECK(find_sample(file, "pos-9947A")->role == Role::control);
  CHECK(find_sample(file, "S28000M")->role == Role::unknown);
}

TEST_CASE("rows above the header are left out, with their number, and lines keep theirs") {
  const ImportedFile file = read_text("Results of May;;\n;;\nby the lab;;\nsample_id;role;vWA\nS1;child;15/17\nS2;child;15/1x\n");
  REQUIRE(file.samples.size() == 1);
  CHECK(file.samples[0].line == 5);
  REQUIRE(file.rejects.size() == 1);
  CHECK(file.rejects[0].line == 6);
  REQUIRE(find_issue(file, "W_TITLE_ROWS") != nullptr);
  CHECK(find_issue(file, "W_TITLE_ROWS")->count == 3);
  // Deeper than twenty rows there is no header.
  std::string deep;
  for (int k = 0; k < 30; ++k) deep += "x,y\n";
  CHECK(refusal_of(deep + "sample_id,vWA\nS1,15/17\n").find("cannot tell the format") != std::string::npos);
}

TEST_CASE("a header without rows is said") {
  CHECK(count(read_text("sample_id,vWA\n"), "W_NO_ROWS") == 1);
  CHECK(count(read_text("sample_id,vWA\nS1,15/17\n"), "W_NO_ROWS") == 0);
}

TEST_CASE("plain cells and cells with blanks read the same") {
  const ImportedFile file =
      read_text("sample_id,vWA,TH01,FGA,D7S820\nA,15/17,9.3,\"20,21\",9.30/10\nB, 15 / 17 ,9.3 ,\"20, 21\",9.3/10.0\n");
  for (const char* locus : {"vWA", "TH01", "FGA", "D7S820"}) {
    INFO(locus);
    CHECK(call(file, "A", locus) == call(file, "B", locus));
  }
  CHECK(call(file, "A", "D7S820") == "9.3/10");
}
