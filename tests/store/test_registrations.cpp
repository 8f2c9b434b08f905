// Registrations in a store: added, renewed, recognised, linked and taken back; and people who leave.
#include <algorithm>

#include "catch_compat.hpp"
#include "homeward/store_registry.hpp"
#include "store_fixture.hpp"

using namespace store_test;

namespace {

Registration record(const std::string& id, std::uint64_t source, std::uint64_t content, const std::string& sample = {}) {
  Registration made;
  made.id = id;
  made.site = "site1";
  made.category = RegistrationCategory::family_seeks_child;
  made.relation = Role::mother;
  made.sex = Sex::female;
  made.birth = {7000, 7030, DatePrecision::month, DateCalendar::lunar, true};
  made.missing_region = 51;
  made.home_region = 510104;
  made.dna = DnaStatus::sampled;
  made.sample_id = sample;
  made.line = 7;
  made.source_key = source;
  made.content_key = content;
  return made;
}

RegisterSummary add(const std::filesystem::path& store, const std::string& file, std::vector<Registration> records,
                    std::vector<RegistrationOutcome>* outcomes = nullptr) {
  std::vector<RegistrationBatch> batches(1);
  batches[0].file = batches[0].sha256 = file;
  batches[0].format = "registrations";
  batches[0].records = std::move(records);
  batches[0].rows = batches[0].records.size();
  const RegisterSummary summary = register_in_store(store, batches, false, kTime, [](const auto&, const auto&) {});
  if (outcomes != nullptr) *outcomes = batches[0].outcomes;
  return summary;
}

FileBuilder people() {
  FileBuilder file("people.csv");
  file.add("S1", Role::father, {{"TH01", "6/7"}, {"vWA", "15/17"}, {"rs1", "A/G"}}, "F1");
  file.add("S2", Role::mother, {{"TH01", "8/9"}, {"vWA", "!OL"}, {"rs1", "A/A"}}, "F1");
  file.add("C1", Role::child, {{"TH01", "6/8"}, {"vWA", "15/16"}, {"rs1", "G/G"}});
  file.add("S3", Role::father, {{"TH01", "7/9.3"}, {"rs1", "A/G"}}, "F2");
  return file;
}

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

TEST_CASE("registrations come back as they went in, in a store that was not there before, and the store is sound") {
  const Scratch scratch;
  const auto store = scratch / "s.h5";
  const RegisterSummary summary = add(store, "a.csv", {record("R1", 1, 10, "S1"), record("R2", 2, 20)});
  CHECK(summary.added == 2);
  CHECK(summary.generation == 1);
  const StoredRegistry registry = stored_registry(store);
  REQUIRE(registry.registrations.size() == 2);
  const Registration& back = registry.registrations[0];
  const Registration sent = record("R1", 1, 10, "S1");
  CHECK(back.id == "R1");
  CHECK(back.birth == sent.birth);
  CHECK_FALSE(back.missing.known());
  CHECK(back.home_region == 510104);
  CHECK(back.relation == Role::mother);
  CHECK(back.dna == DnaStatus::sampled);
  CHECK(back.sample_id == "S1");
  CHECK(back.site == "site1");
  CHECK(back.batch == 1);
  CHECK(back.same_as.empty());
  CHECK(check_store(store).empty());
  load(store, people());
  CHECK(check_store(store).empty());
  const StoredRegistry later = stored_registry(store);
  CHECK(later.registrations.size() == 2);
  REQUIRE(later.samples.size() == 4);
  CHECK(later.samples[0].typed);
  CHECK(later.samples[0].families == std::vector<std::string>{"F1"});
  CHECK(Store::open(store)->info().n_children == 1);
}

TEST_CASE("a site's later list renews what changed, leaves what did not, and a file is known by its digest") {
  const Scratch scratch;
  const auto store = scratch / "s.h5";
  add(store, "a.csv", {record("R1", 1, 10), record("R2", 2, 20)});
  CHECK(add(store, "a.csv", {record("R3", 1, 10)}).batch_id == 0);
  std::vector<RegistrationOutcome> outcomes;
  Registration changed = record("R4", 2, 21, "S9");
  changed.sex = Sex::male;
  const RegisterSummary summary = add(store, "b.csv", {record("R5", 1, 10), changed, record("R6", 3, 30)}, &outcomes);
  CHECK(outcomes ==
        std::vector<RegistrationOutcome>{RegistrationOutcome::unchanged, RegistrationOutcome::updated, RegistrationOutcome::added});
  CHECK(summary.added == 1);
  const StoredRegistry registry = stored_registry(store);
  REQUIRE(registry.registrations.size() == 3);
  CHECK(registry.registrations[1].id == "R2");
  CHECK(registry.registrations[1].sex == Sex::male);
  CHECK(registry.registrations[1].sample_id == "S9");
  CHECK(registry.registrations[1].batch == 2);
  CHECK(registry.registrations[0].batch == 1);
  CHECK(check_store(store).empty());
}

TEST_CASE("what the vault's writing throws leaves the store as it was") {
  const Scratch scratch;
  const auto store = scratch / "s.h5";
  add(store, "a.csv", {record("R1", 1, 10)});
  std::vector<RegistrationBatch> batches(1);
  batches[0].sha256 = "b";
  batches[0].records = {record("R2", 2, 20)};
  bool knows = false;
  CHECK_THROWS_AS(register_in_store(store, batches, false, kTime,
                                    [&](const std::string&, const std::function<bool(std::string_view)>& known) {
                                      knows = known("R1") && known("R2") && !known("R9");
                                      throw Error(ErrorKind::failure, "no room");
                                    }),
                  Error);
  CHECK(knows);
  CHECK(stored_registry(store).registrations.size() == 1);
}

TEST_CASE("links lead to a first registration, can be taken back, and never form a chain") {
  const Scratch scratch;
  const auto store = scratch / "s.h5";
  add(store, "a.csv", {record("R1", 1, 1), record("R2", 2, 2), record("R3", 3, 3)});
  CHECK(link_registrations(store, {{"R2", "R1"}, {"R3", "R1"}}) == 2);
  CHECK(stored_registry(store).registrations[2].same_as == "R1");
  CHECK(check_store(store).empty());
  CHECK_THROWS_AS(link_registrations(store, {{"R1", "R2"}}), Error);
  CHECK_THROWS_AS(link_registrations(store, {{"R1", "R1"}}), Error);
  CHECK_THROWS_AS(link_registrations(store, {{"R9", "R1"}}), Error);
  CHECK(link_registrations(store, {{"R2", ""}, {"R3", ""}}) == 2);
  for (const Registration& registration : stored_registry(store).registrations) CHECK(registration.same_as.empty());
  CHECK(link_registrations(store, {{"R2", ""}}) == 0);
}

TEST_CASE("who leaves is gone with samples, typings, memberships and registrations; the others are as if they had never come") {
  const Scratch scratch;
  const auto store = scratch / "s.h5";
  load(store, people());
  add(store, "a.csv", {record("R1", 1, 1, "S1"), record("R2", 2, 2, "S3"), record("R3", 3, 3)});
  link_registrations(store, {{"R3", "R1"}});
  const auto before = everybody(*Store::open(store));
  const Withdrawal rehearsal = withdraw_from_store(store, "S1", true, kTime, {});
  CHECK(rehearsal.generation == 0);
  CHECK(Store::open(store)->n_persons() == 4);
  const Withdrawal left = withdraw_from_store(store, "S1", false, kTime, [](const auto&, const auto&) {});
  CHECK(left.samples == std::vector<std::string>{"S1"});
  CHECK(left.registrations == std::vector<std::string>{"R1"});
  CHECK(left.typings == 1);
  CHECK(left.family_rows == 1);
  CHECK(check_store(store).empty());
  auto expected = before;
  expected.erase("S1");
  const auto after = Store::open(store);
  CHECK(everybody(*after) == expected);
  CHECK(family_lines(*after) == std::vector<std::string>{"F1 1 mother - S2", "F2 1 father S3 -"});
  for (const char* id : {"S1", "R1"}) CHECK(find_text_in_store(store, id).empty());
  CHECK_FALSE(find_text_in_store(store, "S3").empty());
  CHECK(contains(find_text_in_store(store, left.tombstone), "/tombstones/id"));
  const StoredRegistry registry = stored_registry(store);
  REQUIRE(registry.registrations.size() == 2);
  CHECK(registry.registrations[1].same_as.empty());  // R3 was linked to who left
  CHECK_THROWS_AS(withdraw_from_store(store, "S1", false, kTime, [](const auto&, const auto&) {}), Error);
  // The same file again brings nobody back.
  CHECK(load(store, people()).already_loaded);
}

TEST_CASE("in a pedigree the place of who leaves stays, without their name") {
  const Scratch scratch;
  const auto store = scratch / "s.h5";
  FileBuilder file("ped.tsv");
  file.add("GF", Role::grandparent, {{"TH01", "6/7"}}).add("GM", Role::grandparent, {{"TH01", "8/9"}});
  file.relative("P1", "GF", "0", "0", Sex::male, "GF")
      .relative("P1", "GM", "0", "0", Sex::female, "GM")
      .relative("P1", "FA", "GF", "GM", Sex::male)
      .relative("P1", "MO", "0", "0", Sex::female)
      .relative("P1", "CH", "FA", "MO", Sex::unknown, {}, true);
  load(store, file);
  REQUIRE(Store::open(store)->families().size() == 1);
  withdraw_from_store(store, "GF", false, kTime, [](const auto&, const auto&) {});
  CHECK(check_store(store).empty());
  CHECK(find_text_in_store(store, "GF").empty());
  const auto after = Store::open(store);
  REQUIRE(after->families().size() == 1);
  CHECK(after->families()[0].pedigree.size() == 5);
}

TEST_CASE("one registration alone can be withdrawn; its family's DNA stays") {
  const Scratch scratch;
  const auto store = scratch / "s.h5";
  load(store, people());
  add(store, "a.csv", {record("R1", 1, 1, "S1"), record("R2", 2, 2, "S1")});
  const Withdrawal left = withdraw_from_store(store, "R2", false, kTime, [](const auto&, const auto&) {});
  CHECK(left.samples.empty());
  CHECK(left.registrations == std::vector<std::string>{"R2"});
  CHECK(Store::open(store)->n_persons() == 4);
  CHECK(stored_registry(store).registrations.size() == 1);
  CHECK(check_store(store).empty());
}
