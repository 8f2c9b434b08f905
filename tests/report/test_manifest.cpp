#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "catch_compat.hpp"
#include "homeward/error.hpp"
#include "homeward/report.hpp"

using namespace homeward;

namespace {

struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("homeward-manifest-" + std::to_string(::getpid()));
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
};

RunManifest example() {
  RunManifest m;
  m.run_id = "0123456789abcdef";
  m.command = "match";
  m.status = "complete";
  m.arguments = {"match", "a store.hws", "--theta", "0.01"};
  m.started = "2025-01-02T03:04:05Z";
  m.finished = "2025-01-02T03:05:05Z";
  m.store_path = "/data/a store.hws";
  m.store_sha256 = "aa";
  m.store_uuid = "bb";
  m.store_generation = 7;
  m.n_children = 130000;
  m.n_families = 34000;
  m.loci = {{"vWA", 5}, {"CSF1PO", 4}, {"D21S11", 3}};
  m.population = "cn";
  m.population_sha256 = "cc";
  m.model_digest = "dd";
  m.overrides.mutation_model = MutationModel::equal;
  m.overrides.theta = 0.01;
  m.overrides.rate_male = 1.0 / 3.0;
  m.overrides.floor_seen = true;
  m.untyped_parent = UntypedParent::full;
  m.couple_weights = {0.8, 0.15, 0.05};
  m.theta = 0.01;
  m.mutation_model = "equal";
  m.rare_alleles = {4.0, 0.002, true};
  m.verbal_scale = "enfsi-2015";
  m.cpi_scale = "cn-cpi";
  m.min_log10_lr = -1.5;
  m.top_k = 10;
  m.loci_for = 77;
  m.exhaustive = true;
  m.undeclared_couples = false;
  m.kernel = "avx2";
  m.threads = 2;
  m.seed = 18446744073709551615ULL;
  m.counts.pairs_total = 4420000000ULL;
  m.counts.pairs_compared = 4419999990ULL;
  m.counts.pairs_skipped = {7, 3};
  m.counts.lookups = 1;
  m.counts.survivors = 2;
  m.counts.hits = 3;
  m.counts.undeclared_scored = 4;
  m.counts.undeclared_hits = 5;
  m.counts.cut_by_top_k = 6;
  m.candidates = 8;
  m.search_seconds = 12.5;
  m.total_seconds = 13.25;
  m.added_alleles = {"vWA 9 0.001"};
  m.unused_loci = {"AMEL"};
  m.warnings = {"a warning"};
  m.chosen = {"theta", "top-k"};
  m.outputs = {{"hits.h5", 3, "ee"}, {"candidates.tsv", 8, "ff"}};
  m.belief.expected_chance_hits = 9170.5;
  m.belief.lead_log10_lr = 7.5;
  m.belief.curve = {{4.0, 9170.5}, {4.5, 3000.25}};
  m.belief.classes = {{"PowerPlex 21, 20 loci", 130000, {9, 8, 7, 6}, {1, 1, 1, 1}, {8.5, 7.5, 6.5, 5.5}, {1.0, 0.9, 0.8, 0.7}, false}};
  m.belief.undeclared_curve = {{0.0, 1e6}, {4.0, 12.5}};
  m.belief.undeclared_couples = 250000000;
  m.belief.undeclared_drawn = 2000;
  m.belief.phi = 0.02;
  m.belief.phi_lower = 0.01;
  m.belief.phi_upper = 0.03;
  m.belief.apart = 0.25;
  m.belief.shares = {{"single_parent", 33000, 0.75, 0.7, 0.8, 0.001}, {"apart", 250000000, 0.25, 0.2, 0.3, 0.002}};
  m.belief.n_registrations = 33000;
  m.belief.missed = 0.001;
  m.belief.sensitivity = {{0.02, 5, 4, 4.5}};
  return m;
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

void rewrite(const Folder& folder, const nlohmann::ordered_json& json) { std::ofstream(folder.path / "run.json") << json.dump(); }

/// Every path to a key of the file, as JSON pointers.
void collect(const nlohmann::ordered_json& value, const std::string& at, std::vector<std::string>& pointers) {
  if (!value.is_object()) return;
  for (const auto& entry : value.items()) {
    pointers.push_back(at + "/" + entry.key());
    collect(entry.value(), at + "/" + entry.key(), pointers);
  }
}

}  // namespace

TEST_CASE("a manifest reads back as it was written") {
  const Folder folder;
  write_manifest(folder.path, example());
  const std::string first = text_of(folder.path / "run.json");
  const RunManifest back = read_manifest(folder.path);
  // Writing what was read gives the same bytes: nothing is lost on the way.
  write_manifest(folder.path, back);
  CHECK(text_of(folder.path / "run.json") == first);
  CHECK(back.overrides.rate_male == example().overrides.rate_male);
  CHECK_FALSE(back.overrides.rate_female.has_value());
  CHECK(back.overrides.mutation_model == MutationModel::equal);
  CHECK(back.loci == example().loci);
  CHECK(back.outputs == example().outputs);
  CHECK(back.seed == example().seed);
  CHECK(back.counts.pairs_skipped == example().counts.pairs_skipped);
  CHECK(back.untyped_parent == UntypedParent::full);
}

TEST_CASE("a manifest is for its owner only, and leaves no temporary file") {
  const Folder folder;
  write_manifest(folder.path, example());
  struct stat facts {};
  REQUIRE(::stat((folder.path / "run.json").c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777U) == 0600U);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 1);
}

TEST_CASE("what part of a search a run is, and what it went on with, comes back") {
  const Folder folder;
  RunManifest m = example();
  write_manifest(folder.path, m);
  CHECK(read_manifest(folder.path).shard.of == 0);
  CHECK(read_manifest(folder.path).since.empty());
  CHECK(read_manifest(folder.path).resume_of.empty());
  m.shard = {2, 3, 100, 250};
  m.since = "fedcba9876543210";
  m.joined = true;
  m.resume_of = m.run_id;
  write_manifest(folder.path, m);
  const RunManifest back = read_manifest(folder.path);
  CHECK(back.shard.index == 2);
  CHECK(back.shard.of == 3);
  CHECK(back.shard.first_family == 100);
  CHECK(back.shard.end_family == 250);
  CHECK(back.since == m.since);
  CHECK(back.joined);
  CHECK(back.resume_of == m.run_id);
}

TEST_CASE("the contract's keys are there") {
  const Folder folder;
  write_manifest(folder.path, example());
  const auto json = nlohmann::ordered_json::parse(text_of(folder.path / "run.json"));
  for (const char* key : {"schema",   "run_id",     "command", "status",   "exit_code", "tool",   "times",  "inputs",
                          "outputs",  "parameters", "model",   "seed",     "threads",   "kernel", "counts", "expected_chance_hits",
                          "warnings", "shard",      "since",   "resume_of"})
    CHECK(json.contains(key));
  for (const char* key : {"version", "git", "build", "simd", "libs"}) CHECK(json["tool"].contains(key));
  for (const char* key : {"path", "sha256", "generation", "n_children", "n_families", "loci"}) CHECK(json["inputs"][0].contains(key));
  for (const char* key : {"path", "sha256", "rows"}) CHECK(json["outputs"][0].contains(key));
  for (const char* key : {"effective", "origin"}) CHECK(json["parameters"].contains(key));
  for (const char* key : {"population", "sha256", "mutation", "theta", "rare_allele_rule", "verbal_scale", "prior"})
    CHECK(json["model"].contains(key));
  for (const char* key : {"pairs_total", "pairs_compared", "pairs_skipped", "survivors", "hits"}) CHECK(json["counts"].contains(key));
}

TEST_CASE("every missing or mistyped key is refused by name") {
  const Folder folder;
  write_manifest(folder.path, example());
  const auto json = nlohmann::ordered_json::parse(text_of(folder.path / "run.json"));
  std::vector<std::string> pointers;
  collect(json, "", pointers);
  // Written for people, or for commands to come, and not read back.
  const std::vector<std::string> unread{"/tool", "/resume_of", "/parameters/origin_of_others", "/model/prior"};
  const auto is_read = [&](const std::string& pointer) {
    if (pointer.rfind("/parameters/origin/", 0) == 0) return false;
    return std::none_of(unread.begin(), unread.end(),
                        [&](const std::string& skip) { return pointer == skip || pointer.rfind(skip + "/", 0) == 0; });
  };
  const auto refused = [&](const std::string& pointer) {
    std::string dotted = pointer.substr(1);
    std::replace(dotted.begin(), dotted.end(), '/', '.');
    try {
      read_manifest(folder.path);
      FAIL("accepted without a sound " + pointer);
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::input);
      INFO(error.what());
      CHECK(std::string(error.what()).find("key " + dotted) != std::string::npos);
    }
  };
  std::size_t tried = 0;
  for (const std::string& pointer : pointers) {
    if (!is_read(pointer)) continue;
    ++tried;
    auto broken = json;
    const std::size_t slash = pointer.rfind('/');
    broken.at(nlohmann::ordered_json::json_pointer(pointer.substr(0, slash))).erase(pointer.substr(slash + 1));
    rewrite(folder, broken);
    refused(pointer);
    broken = json;
    // No key holds an array of numbers, so this is the wrong type for each.
    broken[nlohmann::ordered_json::json_pointer(pointer)] = nlohmann::ordered_json::array({1});
    rewrite(folder, broken);
    if (!json.at(nlohmann::ordered_json::json_pointer(pointer)).is_array()) refused(pointer);
  }
  CHECK(tried > 60);
}

TEST_CASE("a negative or fractional count, another schema and no JSON are refused") {
  const Folder folder;
  write_manifest(folder.path, example());
  const auto json = nlohmann::ordered_json::parse(text_of(folder.path / "run.json"));
  const auto refused = [&](const char* pointer, const nlohmann::ordered_json& value) {
    auto broken = json;
    broken[nlohmann::ordered_json::json_pointer(pointer)] = value;
    rewrite(folder, broken);
    CHECK_THROWS_AS(read_manifest(folder.path), Error);
  };
  refused("/counts/hits", -1);
  refused("/counts/hits", 1.5);
  refused("/parameters/effective/top_k", 4294967296LL);
  refused("/schema", "homeward-run/99");
  refused("/model/untyped_parent", "quarter");
  std::ofstream(folder.path / "run.json") << text_of(folder.path / "run.json").substr(0, 100);
  CHECK_THROWS_AS(read_manifest(folder.path), Error);
}
