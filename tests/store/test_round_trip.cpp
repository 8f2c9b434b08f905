// What goes in comes out: every call of every panel, in every block shape, whatever was loaded in between.
#include <sys/stat.h>

#include <random>

#include "catch_compat.hpp"
#include "store_fixture.hpp"

using namespace store_test;

namespace {

FileBuilder mixed_file() {
  FileBuilder f("mixed.csv");
  f.add("C1", Role::child, {{"vWA", "15/17"}, {"TH01", "9.3/9.3"}, {"AMEL", "X/Y"}, {"rs1", "A/G"}});
  f.add("C2", Role::child, {{"vWA", "15/?"}, {"D21S11", "31.2/33.2"}, {"rs1", "A/A"}, {"rs2", "C/C"}});
  f.add("F1", Role::father, {{"vWA", "!OL"}, {"TH01", "6/999.9"}, {"rs1", "G/G"}, {"rs2", "C/T"}, {"rs3", "I/D"}});
  f.add("S1", Role::control, {});
  return f;
}

}  // namespace

TEST_CASE("a store gives back every call as it was reported") {
  const Scratch folder;
  const auto path = folder / "a.h5";
  const LoadSummary summary = load(path, mixed_file());
  CHECK(summary.new_persons == 4);
  CHECK(summary.new_typings == 3);
  CHECK(summary.generation == 1);
  const auto store = Store::open(path);
  const std::map<std::string, std::map<std::string, std::string>> expected{
      {"C1", {{"vWA", "15/17"}, {"TH01", "9.3/9.3"}, {"AMEL", "X/Y"}, {"rs1", "A/G"}}},
      {"C2", {{"vWA", "15/?"}, {"D21S11", "31.2/33.2"}, {"rs1", "A/A"}, {"rs2", "C/C"}}},
      {"F1", {{"TH01", "6/999.9"}, {"rs1", "G/G"}, {"rs2", "C/T"}, {"rs3", "D/I"}}},
      {"S1", {}}};
  CHECK(everybody(*store) == expected);
  CHECK(store->children() == std::vector<PersonIndex>{0, 1});
  CHECK(store->person(0).sex == Sex::male);
  CHECK(store->info().n_samples == 4);
  CHECK(check_store(path).empty());
}

TEST_CASE("a new store is readable by its owner only, and so is its lock") {
  const Scratch folder;
  const mode_t old = ::umask(0);
  load(folder / "a.h5", mixed_file());
  ::umask(old);
  for (const char* name : {"a.h5", "a.h5.lock"}) {
    struct stat status {};
    REQUIRE(::stat((folder / name).c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
  }
}

TEST_CASE("any block of persons reads like the same persons of the whole") {
  const Scratch folder;
  const auto path = folder / "a.h5";
  constexpr int kPersons = 700, kLoci = 23;
  std::mt19937 random(20260131);
  std::vector<std::map<std::string, std::string>> truth(kPersons);
  // Three loads, so that persons have rows in several places and loci appear late.
  for (int part = 0; part < 3; ++part) {
    FileBuilder f("part" + std::to_string(part));
    for (int p = 0; p < kPersons; ++p) {
      if (random() % 2 == 0) continue;
      std::map<std::string, std::string> calls;
      for (int l = part * 5; l < kLoci; ++l) {
        const std::string locus = (l % 4 == 3 ? "rs" : "L") + std::to_string(l);
        if (random() % 3 == 0) continue;
        const auto known = truth[p].find(locus);
        if (known != truth[p].end()) {
          calls[locus] = known->second;
          continue;
        }
        calls[locus] = l % 4 == 3 ? std::string(random() % 2 ? "A" : "T") + "/T"
                                  : std::to_string(5 + random() % 3) + "/" + std::to_string(8 + random() % 30);
        truth[p][locus] = calls[locus];
      }
      f.add("P" + std::to_string(p), Role::child, calls);
    }
    CHECK(load(path, f).conflicts == 0);
  }
  const auto store = Store::open(path);
  const auto whole = everybody(*store);
  std::size_t compared = 0;
  for (int p = 0; p < kPersons; ++p) {
    const auto it = whole.find("P" + std::to_string(p));
    if (it == whole.end()) continue;
    CHECK(it->second == truth[p]);
    ++compared;
  }
  REQUIRE(compared > 500);
  std::vector<PersonIndex> all;
  for (PersonIndex i = 0; i < store->n_persons(); ++i) all.push_back(i);
  ProfileBlock reference, block;
  store->read(all, reference);
  for (int trial = 0; trial < 30; ++trial) {
    std::vector<PersonIndex> some;
    const unsigned keep = 1 + random() % 40;
    for (const PersonIndex i : all)
      if (random() % keep == 0) some.push_back(i);
    store->read(some, block);
    REQUIRE(block.n_persons == some.size());
    bool equal = true;
    for (LocusIndex l = 0; l < block.n_loci; ++l)
      for (std::size_t i = 0; i < some.size(); ++i) equal = equal && block.at(l, i) == reference.at(l, some[i]);
    CHECK(equal);
  }
}

TEST_CASE("observed alleles are those of the consensus calls, once, in order") {
  const Scratch folder;
  const auto path = folder / "a.h5";
  load(path, mixed_file());
  FileBuilder disagreeing("later.csv");
  disagreeing.add("C1", Role::child, {{"vWA", "20/21"}});
  CHECK(load(path, disagreeing).conflicts == 1);
  const auto store = Store::open(path);
  const auto observed = store->observed_alleles();
  for (LocusIndex l = 0; l < store->loci().size(); ++l) {
    std::string text;
    for (const Allele a : observed[l]) text += to_string(a) + ' ';
    const std::map<std::string, std::string> expected{{"vWA", "15 17 "},        {"TH01", "6 9.3 999.9 "}, {"AMEL", "X Y "},
                                                      {"D21S11", "31.2 33.2 "}, {"rs1", "A G "},          {"rs2", "C T "},
                                                      {"rs3", "D I "}};
    CHECK(text == expected.at(store->loci()[l].name));
  }
}

TEST_CASE("an open store keeps its snapshot while another load commits") {
  const Scratch folder;
  const auto path = folder / "a.h5";
  load(path, mixed_file());
  const auto before = Store::open(path);
  const auto calls = everybody(*before);
  const std::string digest = before->sha256();
  FileBuilder more("more.csv");
  more.add("C9", Role::child, {{"vWA", "14/14"}});
  load(path, more);
  CHECK(everybody(*before) == calls);
  CHECK(before->sha256() == digest);
  CHECK(Store::open(path)->n_persons() == before->n_persons() + 1);
  CHECK(Store::open(path)->info().generation == 2);
  CHECK(Store::open(path)->info().uuid == before->info().uuid);
}

TEST_CASE("missing, wrong, truncated files are refused with distinct messages") {
  const Scratch folder;
  const auto message = [](const std::filesystem::path& path) { return error_of([&] { Store::open(path); }, ErrorKind::store); };
  CHECK(contains(message(folder / "none.h5"), "no such store"));
  CHECK(contains(message(folder.path()), "expected a file"));
  write_bytes(folder / "text.h5", "sample_id,role\n");
  CHECK(contains(message(folder / "text.h5"), "not a homeward store"));
  load(folder / "a.h5", mixed_file());
  const std::string bytes = bytes_of(folder / "a.h5");
  for (const std::size_t kept : {std::size_t{96}, bytes.size() / 2, bytes.size() - 1}) {
    write_bytes(folder / "cut.h5", bytes.substr(0, kept));
    CHECK(contains(message(folder / "cut.h5"), "damaged"));
  }
}

TEST_CASE("a dry run says what a load would do and writes nothing") {
  const Scratch folder;
  const auto path = folder / "a.h5";
  const LoadSummary dry = load_into_store(path, {mixed_file().file}, true, kTime);
  CHECK(std::filesystem::is_empty(folder.path()));
  const LoadSummary wet = load(path, mixed_file());
  CHECK(dry.new_persons == wet.new_persons);
  CHECK(dry.new_typings == wet.new_typings);
  CHECK(dry.batch_id == wet.batch_id);
}
