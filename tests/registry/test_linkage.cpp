// Linkage: the blocks lose nothing that comparing everybody with everybody finds, and the truth of a simulation is met.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "homeward/linkage.hpp"
#include "homeward/simulate_registry.hpp"
#include "registry/linkage_weights.hpp"
#include "registry_fixture.hpp"

using namespace homeward;
using namespace homeward::registry_test;

namespace {

struct Simulated {
  std::vector<LinkageRecord> records;
  std::vector<std::string> entities;
};

Simulated simulated(std::uint64_t unsampled, std::uint64_t seed) {
  const Folder folder("linkage");
  const RegistrySimulationCounts counts = simulate_registry({}, {unsampled, seed}, folder.path());
  std::map<std::string, std::string> entity_of;
  std::ifstream truth(folder / "registry_truth.tsv");
  for (std::string site, source, entity, sample; truth >> site >> source >> entity >> sample;) entity_of[site + source] = entity;
  Simulated result;
  LinkageReader reader;
  for (std::size_t site = 0; site < RegistrySimulationCounts::kSites; ++site) {
    RegistrationOptions options;
    options.mapping.values = {{{"sex", "1"}, "M"}, {{"sex", "2"}, "F"}};
    const RegistrationFile file = read_registrations(folder / counts.files[site], options);
    for (std::size_t i = 0; i < file.records.size(); ++i) {
      result.records.push_back(reader.read(file.records[i], personal_fields(file.people[i])));
      result.entities.push_back(entity_of[file.records[i].site + person_text(file, i, RegistrationField::source_id)]);
    }
  }
  return result;
}

LinkageRecord person(std::uint64_t name, const char* birth) {
  LinkageRecord record;
  record.name = record.sound = name;
  record.syllables = {static_cast<std::uint32_t>(name) | 1U, 3, 0, 0, 0};
  record.birth = read_date(birth).interval;
  return record;
}

}  // namespace

TEST_CASE("most registrations of one child come together, and few of two children") {
  const Simulated data = simulated(1500, 4);
  const LinkageResult result = link_records(data.records, 0.9);
  std::uint64_t truth = 0, found = 0, right = 0;
  std::map<std::string, std::uint64_t> seen;
  for (const std::string& entity : data.entities) truth += seen[entity]++;
  for (const LinkageCluster& cluster : result.clusters)
    for (std::size_t i = 0; i < cluster.records.size(); ++i)
      for (std::size_t j = i + 1; j < cluster.records.size(); ++j) {
        ++found;
        right += data.entities[cluster.records[i]] == data.entities[cluster.records[j]] ? 1 : 0;
      }
  const double precision = static_cast<double>(right) / static_cast<double>(found),
               recall = static_cast<double>(right) / static_cast<double>(truth);
  INFO("precision " << precision << ", recall " << recall << ", true pairs " << truth);
  CHECK(precision > 0.98);
  CHECK(recall > 0.85);
  CHECK(result.blocks_skipped == 0);
}

TEST_CASE("blocks lose few of the pairs that comparing everybody with everybody links") {
  const Simulated data = simulated(350, 9);
  const registry::ValueFrequencies frequencies(data.records);
  std::uint64_t brute = 0;
  for (std::uint32_t a = 0; a < data.records.size(); ++a)
    for (std::uint32_t b = a + 1; b < data.records.size(); ++b) {
      const LinkageWeight weight = registry::compare(data.records[a], data.records[b], frequencies.of(data.records[a]));
      brute += weight.log10_lr_sib >= 0.0 && link_probability(weight.log10_lr, data.records.size()) >= 0.9 ? 1 : 0;
    }
  const LinkageResult result = link_records(data.records, 0.9);
  INFO("linked " << result.links << " of " << brute);
  CHECK(result.links <= brute);
  CHECK(static_cast<double>(result.links) >= 0.95 * static_cast<double>(brute));
}

TEST_CASE("order of the records changes no cluster, and comparing is symmetric") {
  Simulated data = simulated(300, 2);
  const auto clusters_of = [&](const std::vector<std::uint32_t>& names) {
    std::set<std::set<std::uint32_t>> clusters;
    for (const LinkageCluster& cluster : link_records(data.records, 0.9).clusters) {
      std::set<std::uint32_t> members;
      for (const std::uint32_t record : cluster.records) members.insert(names[record]);
      clusters.insert(members);
    }
    return clusters;
  };
  std::vector<std::uint32_t> names(data.records.size());
  for (std::uint32_t i = 0; i < names.size(); ++i) names[i] = i;
  const auto first = clusters_of(names);
  CHECK_FALSE(first.empty());
  std::reverse(names.begin(), names.end());
  std::reverse(data.records.begin(), data.records.end());
  CHECK(clusters_of(names) == first);
  const registry::ValueFrequencies frequencies(data.records);
  for (std::size_t i = 1; i < 200; ++i) {
    const LinkageWeight l = registry::compare(data.records[i - 1], data.records[i], frequencies.of(data.records[i - 1]));
    const LinkageWeight r = registry::compare(data.records[i], data.records[i - 1], frequencies.of(data.records[i]));
    CHECK(std::abs(l.log10_lr - r.log10_lr) < 1e-12);
    CHECK(l.name == r.name);
    CHECK(l.birth == r.birth);
  }
}

TEST_CASE("sibs of one telephone are not one child, and a family that seeks is not a child that seeks") {
  std::vector<LinkageRecord> records(200, person(7, "1990"));
  for (std::size_t i = 0; i < records.size(); ++i) records[i] = person(1000 + 2 * i, "1980-01-01");
  LinkageRecord elder = person(50001, "1990-03-04"), younger = person(50101, "1992-07-08");
  elder.syllables = {11, 21, 31, 0, 0};
  younger.syllables = {11, 41, 51, 0, 0};
  elder.phone = younger.phone = 99;
  records.push_back(elder);
  records.push_back(younger);
  LinkageRecord seeks = person(60001, "1991-02-03"), sought = seeks;
  seeks.category = RegistrationCategory::child_seeks_family;
  sought.category = RegistrationCategory::family_seeks_child;
  records.push_back(seeks);
  records.push_back(sought);
  for (const LinkageCluster& cluster : link_records(records, 0.5).clusters)
    for (const std::uint32_t record : cluster.records) CHECK(record < 200);
  records.back().category = RegistrationCategory::child_seeks_family;
  CHECK(link_records(records, 0.5).clusters.size() == 1);
}

TEST_CASE("evidence names what both have, and no value") {
  LinkageWeight weight;
  weight.name = Agreement::sound;
  weight.phone = Agreement::differs;
  CHECK(evidence_of(weight) == "name=sound;phone=differs");
  CHECK(link_probability(20.0, 1000) > 0.999);
  CHECK(link_probability(0.0, 1000) < 0.01);
}
