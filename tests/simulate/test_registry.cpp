// Simulated registrations: the same bytes for the same seed, every record in the truth, and people who do not exist.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "catch_compat.hpp"
#include "homeward/simulate_registry.hpp"
#include "simulate/registry_words.hpp"

using namespace homeward;

namespace {

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / "homeward-simulate-registry";
  Folder() {
    std::filesystem::remove_all(path);
    std::filesystem::create_directories(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
};

std::vector<RegistryEntity> entities() {
  return {{"F1", false, Sex::unknown, {{"S1", Role::father}, {"S2", Role::mother}}}, {"C1", true, Sex::female, {{"S3", Role::child}}}};
}

}  // namespace

TEST_CASE("registrations are the same bytes for the same seed, other bytes for another") {
  const Folder one;
  std::map<std::string, std::string> first;
  const RegistrySimulationCounts counts = simulate_registry(entities(), {200, 7}, one.path);
  for (const std::string& file : counts.files) first[file] = bytes_of(one.path / file);
  simulate_registry(entities(), {200, 7}, one.path);
  for (const auto& [file, bytes] : first) CHECK(bytes_of(one.path / file) == bytes);
  simulate_registry(entities(), {200, 8}, one.path);
  CHECK(bytes_of(one.path / "registry_truth.tsv") != first["registry_truth.tsv"]);
}

TEST_CASE("the truth has every record once, and says which mean the same") {
  const Folder folder;
  const RegistrySimulationCounts counts = simulate_registry(entities(), {300, 3}, folder.path);
  std::istringstream truth(bytes_of(folder.path / "registry_truth.tsv"));
  std::string line;
  std::getline(truth, line);
  CHECK(line == "site\tsource_id\tentity_id\tsample_id");
  std::set<std::string> keys;
  std::map<std::string, std::uint64_t> of_entity;
  std::uint64_t rows = 0;
  while (std::getline(truth, line)) {
    std::istringstream cells(line);
    std::string site, source, entity;
    cells >> site >> source >> entity;
    keys.insert(site + '/' + source);
    ++of_entity[entity];
    ++rows;
  }
  std::uint64_t pairs = 0, sum = 0;
  for (const auto& [entity, n] : of_entity) pairs += n * (n - 1) / 2;
  for (const std::uint64_t n : counts.site_records) sum += n;
  CHECK(rows == counts.records);
  CHECK(sum == counts.records);
  CHECK(keys.size() == rows);
  CHECK(of_entity.size() == counts.entities);
  CHECK(pairs == counts.same_pairs);
  CHECK(of_entity.count("F1") == 1);
  CHECK(of_entity.count("C1") == 1);
  CHECK(counts.entities > 302);  // sibs of the unsampled
}

TEST_CASE("sites write in encodings of their own, and no telephone number is one of a subscriber") {
  const Folder folder;
  simulate_registry(entities(), {100, 5}, folder.path);
  CHECK(bytes_of(folder.path / "site1.csv").substr(0, 3) == "\xEF\xBB\xBF");
  CHECK(bytes_of(folder.path / "site2.csv").find(simulation::encoded("登记编号", "GB18030")) != std::string::npos);
  CHECK(bytes_of(folder.path / "site3.csv").find(simulation::encoded("失蹤人姓名", "BIG5")) != std::string::npos);
  CHECK(bytes_of(folder.path / "site4.txt").substr(0, 2) == "\xFF\xFE");
  const std::string site5 = bytes_of(folder.path / "site5.csv");
  CHECK(site5.find("编号;失踪类型", 1) != std::string::npos);  // the header again in the middle
  for (std::size_t at = site5.find(";1"); at != std::string::npos; at = site5.find(";1", at + 1))
    if (const std::string cell = site5.substr(at + 1, site5.find(';', at + 1) - at - 1);
        cell.size() == 11 && cell.find_first_not_of("0123456789") == std::string::npos)
      CHECK(cell.compare(0, 3, "100") == 0);
}

TEST_CASE("every invented word can be written in Big5 once its characters are traditional") {
  using namespace simulation;
  for (std::size_t i = 0; i < n_given(); ++i) CHECK_NOTHROW(encoded(traditional(given(i)), "BIG5"));
  for (std::size_t i = 0; i < n_surnames(); ++i) CHECK_NOTHROW(encoded(traditional(surname(i)), "BIG5"));
  for (std::size_t i = 0; i < n_places(); ++i)
    CHECK_NOTHROW(encoded(traditional(std::string(place(i).province) + std::string(place(i).city)), "BIG5"));
}
