// Who searches together, derived over the whole store at every load.
#include "catch_compat.hpp"
#include "store_fixture.hpp"

using namespace store_test;
using Lines = std::vector<std::string>;

namespace {

const std::map<std::string, std::string> kCalls{{"vWA", "15/17"}};

Lines lines_after(const Scratch& folder, const FileBuilder& f, LoadSummary* summary = nullptr) {
  const LoadSummary done = load(folder / "a.h5", f);
  if (summary != nullptr) *summary = done;
  CHECK(check_store(folder / "a.h5").empty());
  return family_lines(*Store::open(folder / "a.h5"));
}

}  // namespace

TEST_CASE("searching persons without a family id are families of their own, in byte order") {
  const Scratch folder;
  FileBuilder f("a.csv");
  f.add("b", Role::mother, kCalls).add("a", Role::father, kCalls).add("B", Role::parent, kCalls);
  f.add("c", Role::child, kCalls).add("d", Role::control, kCalls).add("e", Role::unknown, kCalls);
  CHECK(lines_after(folder, f) == Lines{"B 1 parent B -", "a 1 father a -", "b 1 mother - b"});
}

TEST_CASE("a mother loaded later joins the father's family") {
  const Scratch folder;
  FileBuilder father("a.csv"), mother("b.csv");
  father.add("F", Role::father, kCalls, "FAM");
  mother.add("M", Role::mother, kCalls, "FAM");
  CHECK(lines_after(folder, father) == Lines{"FAM 1 father F -"});
  CHECK(lines_after(folder, mother) == Lines{"FAM 1 couple F M"});
}

TEST_CASE("a parent of known sex is a father or a mother; beside a father the other parent is the mother") {
  const Scratch folder;
  FileBuilder f("a.csv");
  f.add("P1", Role::parent, {{"AMEL", "X/Y"}}, "A").add("P2", Role::parent, {{"AMEL", "X/X"}}, "A");
  f.add("P3", Role::parent, kCalls, "B").last().sex = Sex::female;
  f.add("P4", Role::parent, kCalls, "C").add("P5", Role::father, kCalls, "C");
  f.add("P6", Role::parent, kCalls, "D");
  CHECK(lines_after(folder, f) == Lines{"A 1 couple P1 P2", "B 1 mother - P3", "C 1 couple P5 P4", "D 1 parent P6 -"});
}

TEST_CASE("families that are no family are reported, not searchable, and keep their persons") {
  const Scratch folder;
  FileBuilder f("a.csv");
  f.add("F1", Role::father, kCalls, "A").add("F2", Role::father, kCalls, "A");
  f.add("P1", Role::parent, kCalls, "B").add("P2", Role::parent, kCalls, "B");
  f.add("S1", Role::sibling, kCalls, "C").add("F3", Role::father, kCalls, "C");
  f.add("G1", Role::grandparent, kCalls);
  f.add("D", Role::father, kCalls).add("M4", Role::mother, kCalls, "D");
  f.add("OK", Role::father, kCalls);
  LoadSummary summary;
  CHECK(lines_after(folder, f, &summary) == Lines{"OK 1 father OK -"});
  CHECK(count_code(summary, "E_FAMILY_SHAPE") == 5);
  CHECK(Store::open(folder / "a.h5")->n_persons() == 10);
  CHECK(Store::open(folder / "a.h5")->info().n_unsearchable_families == 5);

  // A family that becomes a family again is searchable; one that stays as it was is not reported anew.
  FileBuilder more("b.csv");
  more.add("P1", Role::parent, {{"AMEL", "X/Y"}}, "B");
  CHECK(lines_after(folder, more, &summary) == Lines{"B 1 couple P1 P2", "OK 1 father OK -"});
  CHECK(count_code(summary, "E_FAMILY_SHAPE") == 0);
}

TEST_CASE("a person in several places of a family, or in several families, fills them all") {
  const Scratch folder;
  FileBuilder f("a.csv");
  f.add("M", Role::mother, kCalls, "A");  // no slot: every slot
  f.add("F1", Role::father, kCalls, "A").last().slot = "1";
  f.add("F2", Role::father, kCalls, "A").last().slot = "2";
  f.add("X1", Role::father, kCalls, "B").last().person_id = "X";
  f.add("X2", Role::father, kCalls, "C").last().person_id = "X";
  f.add("Y", Role::mother, kCalls, "D").last().slot = "1;2";
  f.add("Z", Role::father, kCalls, "D").last().slot = "2";
  CHECK(lines_after(folder, f) ==
        Lines{"A 1 couple F1 M", "A 2 couple F2 M", "B 1 father X -", "C 1 father X -", "D 1 mother - Y", "D 2 couple Z Y"});
}

TEST_CASE("a pedigree is one family a missing place, and its samples may come later") {
  const Scratch folder;
  FileBuilder pedigree("ped.tsv"), typed("a.csv");
  pedigree.relative("FAM", "gf", "0", "0", Sex::male, "S-GF").relative("FAM", "gm", "0", "0", Sex::female);
  pedigree.relative("FAM", "fa", "gf", "gm", Sex::male).relative("FAM", "mo", "0", "0", Sex::female);
  for (int child = 1; child <= 11; ++child) pedigree.relative("FAM", "ch" + std::to_string(child), "fa", "mo", Sex::unknown, "", true);
  LoadSummary summary;
  CHECK(lines_after(folder, pedigree, &summary).empty());
  CHECK(count_code(summary, "W_FAMILY_UNTYPED") == 1);
  typed.add("S-GF", Role::grandparent, kCalls);
  const Lines lines = lines_after(folder, typed, &summary);
  CHECK(summary.issues.empty());
  REQUIRE(lines.size() == 11);
  CHECK(lines[0] == "FAM 1 pedigree ch1");
  CHECK(lines[1] == "FAM 10 pedigree ch10");
  CHECK(lines[3] == "FAM 2 pedigree ch2");
  const auto store = Store::open(folder / "a.h5");
  const Family& family = store->families()[0];
  CHECK(family.pedigree.defects().empty());
  CHECK(family.pedigree[2].father == 0);
  CHECK(family.typed[0] == 0);
  CHECK(family.typed[1] == kNobody);
}

TEST_CASE("all defects of a pedigree are reported together, by line") {
  const Scratch folder;
  FileBuilder f("ped.tsv");
  f.add("S1", Role::sibling, kCalls);
  f.relative("FAM", "fa", "0", "0", Sex::female, "S1").relative("FAM", "mo", "0", "0", Sex::male);
  f.relative("FAM", "ch", "fa", "mo", Sex::unknown, "", true).relative("FAM", "half", "fa", "0", Sex::unknown);
  f.relative("FAM", "lost", "nobody", "mo", Sex::unknown);
  f.relative("FAM", "mo", "0", "0", Sex::female);
  LoadSummary summary;
  CHECK(lines_after(folder, f, &summary).empty());
  CHECK(count_code(summary, "E_DUP_ID_CONFLICT") == 1);
  REQUIRE(count_code(summary, "E_FAMILY_SHAPE") == 1);
  const std::string& message = summary.issues.back().message;
  for (const char* part : {"on line 5: the father on line 3 is female", "on line 5: the mother on line 4 is male",
                           "on line 6 has one parent only", "on line 7 has a parent that is not in the pedigree"}) {
    CAPTURE(message, part);
    CHECK(contains(message, part));
  }
  CHECK_FALSE(contains(message, "half"));
}

TEST_CASE("a pedigree without a missing place, or a member without a row, is no family to search") {
  const Scratch folder;
  FileBuilder f("a.csv");
  f.add("S1", Role::father, kCalls).add("S2", Role::father, kCalls).add("S3", Role::sibling, kCalls, "B");
  f.relative("A", "fa", "0", "0", Sex::male, "S1");
  f.relative("B", "fa", "0", "0", Sex::male, "S2")
      .relative("B", "mo", "0", "0", Sex::female)
      .relative("B", "ch", "fa", "mo", Sex::unknown, "", true);
  LoadSummary summary;
  CHECK(lines_after(folder, f, &summary).empty());
  CHECK(count_code(summary, "E_FAMILY_SHAPE") == 2);
}
