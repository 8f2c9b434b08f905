// Merging: known files are recognised, further typings extend, disagreements never overwrite.
#include "catch_compat.hpp"
#include "store/consensus.hpp"
#include "store_fixture.hpp"

using namespace store_test;

TEST_CASE("a file that was loaded adds nothing when it is loaded again") {
  const Scratch folder;
  const auto path = folder / "a.h5";
  FileBuilder f("a.csv");
  f.add("C1", Role::child, {{"vWA", "15/17"}});
  load(path, f);
  const std::string bytes = bytes_of(path);
  const LoadSummary again = load(path, f);
  CHECK(again.already_loaded);
  CHECK(again.new_persons + again.new_typings + again.identical_typings == 0);
  CHECK(count_code(again, "W_ALREADY_LOADED") == 1);
  CHECK(bytes_of(path) == bytes);
  // One new file beside a known one: only the new one is added.
  FileBuilder g("b.csv");
  g.add("C2", Role::child, {{"vWA", "15/18"}});
  const LoadSummary mixed = load_into_store(path, {f.file, g.file, g.file}, false, kTime);
  CHECK_FALSE(mixed.already_loaded);
  CHECK(mixed.new_persons == 1);
  CHECK(count_code(mixed, "W_ALREADY_LOADED") == 2);
  CHECK(Store::open(path)->info().batches.size() == 2);
}

TEST_CASE("a further typing adds loci, and one with the same calls is counted and not stored") {
  const Scratch folder;
  const auto path = folder / "a.h5";
  FileBuilder first("a.csv"), same("b.csv"), more("c.csv");
  first.add("C1", Role::child, {{"vWA", "15/17"}, {"TH01", "!OL"}});
  same.add("C1", Role::child, {{"vWA", "15/17"}, {"TH01", "!OL"}});
  more.add("C1", Role::child, {{"vWA", "15/17"}, {"FGA", "20/24"}});
  load(path, first);
  const LoadSummary identical = load(path, same);
  CHECK(identical.identical_typings == 1);
  CHECK(identical.new_typings == 0);
  CHECK(identical.extended_persons == 0);
  const LoadSummary extended = load(path, more);
  CHECK(extended.new_typings == 1);
  CHECK(extended.extended_persons == 1);
  CHECK(extended.conflicts == 0);
  CHECK(everybody(*Store::open(path))["C1"] == std::map<std::string, std::string>{{"vWA", "15/17"}, {"FGA", "20/24"}});
  CHECK(check_store(path).empty());
}

TEST_CASE("a first SNP typing extends a person known by STRs") {
  const Scratch folder;
  FileBuilder str("a.csv"), snp("b.csv");
  str.add("C1", Role::child, {{"vWA", "15/17"}});
  snp.add("C1", Role::child, {{"rs1", "A/G"}});
  load(folder / "a.h5", str);
  CHECK(load(folder / "a.h5", snp).extended_persons == 1);
  CHECK(everybody(*Store::open(folder / "a.h5"))["C1"].size() == 2);
}

TEST_CASE("a disagreement is reported at its line and locus, kept, and never overwrites") {
  const Scratch folder;
  const auto path = folder / "a.h5";
  FileBuilder first("a.csv"), second("b.csv");
  first.add("C1", Role::child, {{"vWA", "15/17"}, {"rs1", "A/G"}});
  second.add("C0", Role::child, {{"vWA", "15/17"}});
  second.add("C1", Role::child, {{"vWA", "15/18"}, {"FGA", "20/24"}, {"rs1", "A/A"}});
  load(path, first);
  const LoadSummary summary = load(path, second);
  CHECK(summary.conflicts == 2);
  REQUIRE(count_code(summary, "E_TYPING_CONFLICT") == 2);
  for (const Issue& issue : summary.issues) {
    CHECK(issue.line == 3);
    CHECK(issue.file == "b.csv");
    CHECK((issue.column == "vWA" || issue.column == "rs1"));
    CHECK_FALSE(contains(issue.message, "15"));
  }
  CHECK(everybody(*Store::open(path))["C1"] == std::map<std::string, std::string>{{"vWA", "15/17"}, {"FGA", "20/24"}, {"rs1", "A/G"}});
  CHECK(Store::open(path)->info().n_typings == 3);
  CHECK(Store::open(path)->info().n_conflicts == 2);
  CHECK(Store::open(path)->info().batches[1].conflicts == 2);
  CHECK(check_store(path).empty());
}

TEST_CASE("a half-known call is completed by a full one that has its allele") {
  using storage::Agreement;
  using storage::fold_call;
  const auto fold = [](const std::string& first, const std::string& next, std::string& kept) {
    Genotype g = genotype(first);
    const Agreement agreement = fold_call(g, genotype(next));
    kept = to_string(g);
    return agreement;
  };
  std::string kept;
  CHECK(fold("", "15/17", kept) == Agreement::adds);
  CHECK(fold("15/17", "", kept) == Agreement::nothing_new);
  CHECK((fold("15/?", "15/17", kept) == Agreement::adds && kept == "15/17"));
  CHECK((fold("17/?", "15/17", kept) == Agreement::adds && kept == "15/17"));
  CHECK((fold("15/17", "17/?", kept) == Agreement::nothing_new && kept == "15/17"));
  CHECK((fold("15/17", "16/?", kept) == Agreement::conflict && kept == "15/17"));
  CHECK((fold("15/?", "16/17", kept) == Agreement::conflict && kept == "15/?"));
  CHECK((fold("15/?", "16/?", kept) == Agreement::conflict && kept == "15/?"));
  CHECK((fold("15/15", "15/17", kept) == Agreement::conflict && kept == "15/15"));
}

TEST_CASE("samples of one person share a consensus") {
  const Scratch folder;
  FileBuilder f("a.csv");
  f.add("S1", Role::child, {{"vWA", "15/17"}});
  f.last().person_id = "P";
  f.add("S2", Role::child, {{"FGA", "20/24"}});
  f.last().person_id = "P";
  load(folder / "a.h5", f);
  const auto store = Store::open(folder / "a.h5");
  CHECK(store->n_persons() == 1);
  CHECK(store->info().n_samples == 2);
  CHECK(everybody(*store)["P"].size() == 2);
}

TEST_CASE("one id stated as two things is refused and the earlier statement stays") {
  const Scratch folder;
  const auto path = folder / "a.h5";
  FileBuilder first("a.csv"), second("b.csv");
  first.add("A", Role::father, {{"vWA", "15/17"}}, "FAM");
  first.last().sex = Sex::male;
  load(path, first);
  second.add("A", Role::child, {{"FGA", "20/24"}}, "FAM");
  second.add("A", Role::father, {{"FGA", "20/24"}}, "OTHER");
  second.add("A", Role::father, {{"FGA", "20/24"}}, "FAM").last().sex = Sex::female;
  second.add("A", Role::father, {{"FGA", "20/24"}}, "FAM").last().person_id = "B";
  second.add("A", Role::unknown, {{"FGA", "21/24"}});
  const LoadSummary summary = load(path, second);
  CHECK(summary.refused_samples == 4);
  std::vector<std::string> columns;
  for (const Issue& issue : summary.issues) {
    CHECK(issue.code == "E_DUP_ID_CONFLICT");
    columns.push_back(issue.column);
  }
  CHECK(columns == std::vector<std::string>{"role", "family_id", "sex", "person_id"});
  CHECK(everybody(*Store::open(path))["A"] == std::map<std::string, std::string>{{"vWA", "15/17"}, {"FGA", "21/24"}});
  CHECK(family_lines(*Store::open(path)) == std::vector<std::string>{"FAM 1 father A -"});
}

TEST_CASE("an unknown role, sex or family is no statement: a later row may give it") {
  const Scratch folder;
  FileBuilder typed("a.csv"), sheet("sheet.csv");
  typed.add("A", Role::unknown, {{"vWA", "15/17"}});
  sheet.add("A", Role::mother, {}, "FAM");
  load(folder / "a.h5", typed);
  CHECK(Store::open(folder / "a.h5")->families().empty());
  load(folder / "a.h5", sheet);
  CHECK(family_lines(*Store::open(folder / "a.h5")) == std::vector<std::string>{"FAM 1 mother - A"});
}

TEST_CASE("amelogenin against the declared role or sex is reported") {
  const Scratch folder;
  FileBuilder f("a.csv");
  f.add("F", Role::father, {{"AMEL", "X/X"}});
  f.add("M", Role::mother, {{"AMEL", "X/X"}});
  f.add("C", Role::child, {{"AMEL", "X/Y"}});
  f.last().sex = Sex::female;
  const LoadSummary summary = load(folder / "a.h5", f);
  CHECK(count_code(summary, "E_SEX_MISMATCH_AMEL") == 2);
  CHECK(Store::open(folder / "a.h5")->person(0).role == Role::father);
  CHECK(Store::open(folder / "a.h5")->person(2).sex == Sex::female);
}

TEST_CASE("amelogenin that arrives later is held against the role; what the import has said is not said again") {
  const Scratch folder;
  FileBuilder first("a.csv"), later("b.csv"), again("c.csv");
  first.add("F", Role::father, {{"vWA", "15/17"}}).add("G", Role::father, {{"vWA", "15/17"}});
  later.add("F", Role::unknown, {{"AMEL", "X/X"}});
  again.add("G", Role::father, {{"AMEL", "X/X"}});
  again.file.issues.emplace_back();
  again.file.issues.back().code = "E_SEX_MISMATCH_AMEL";
  again.file.issues.back().line = again.last().line;
  CHECK(load(folder / "a.h5", first).issues.empty());
  CHECK(count_code(load(folder / "a.h5", later), "E_SEX_MISMATCH_AMEL") == 1);
  CHECK(load(folder / "a.h5", again).issues.empty());
}

TEST_CASE("a sequence allele keeps its words beside its length") {
  const Scratch folder;
  FileBuilder f("a.csv");
  f.add("C", Role::child, {{"vWA", "15/17"}});
  f.last().calls[0].raw = std::string("15_14_1_0/17");
  load(folder / "a.h5", f);
  CHECK(everybody(*Store::open(folder / "a.h5"))["C"]["vWA"] == "15/17");
  FileBuilder same("b.csv"), other("c.csv");
  same.add("C", Role::child, {{"vWA", "15/17"}}).last().calls[0].raw = std::string("15_14_1_0/17");
  other.add("C", Role::child, {{"vWA", "15/17"}}).last().calls[0].raw = std::string("15_13_2_0/17");
  CHECK(load(folder / "a.h5", same).identical_typings == 1);
  CHECK(load(folder / "a.h5", other).new_typings == 1);
  CHECK(check_store(folder / "a.h5").empty());
}

TEST_CASE("a locus stated twice in one row keeps the first statement") {
  const Scratch folder;
  FileBuilder f("a.csv");
  f.add("C", Role::child, {{"vWA", "15/17"}});
  f.last().calls.push_back({0, genotype("15/17"), {}});
  f.last().calls.push_back({0, genotype("16/17"), {}});
  CHECK(count_code(load(folder / "a.h5", f), "E_TYPING_CONFLICT") == 1);
  CHECK(everybody(*Store::open(folder / "a.h5"))["C"]["vWA"] == "15/17");
}
