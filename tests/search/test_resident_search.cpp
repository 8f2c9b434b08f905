// One child at a time gives what the whole search gives.
#include <filesystem>

#include "catch_compat.hpp"
#include "homeward/error.hpp"
#include "homeward/resident_search.hpp"
#include "search/locus_encoder.hpp"
#include "search_world.hpp"

using namespace homeward;
using namespace search_test;

TEST_CASE("one child at a time, every kernel: the hits of the whole search") {
  const World world = make_world(11, 17, 300, 120);
  const LocusEncoder encoder(*world.source, world.population);
  for (const double threshold : {-2.0, 0.0, 3.0}) {
    SearchOptions options;
    options.min_log10_lr = threshold;
    options.undeclared_couples = false;
    options.spill_folder = std::filesystem::temp_directory_path().string();
    SearchResult whole = search(*world.source, world.population, options);
    const std::vector<Hit> expected = drain(whole);
    REQUIRE(expected.size() > 20);
    std::vector<const Kernel*> chosen{nullptr};
    for (const Kernel& kernel : kernels())
      if (kernel.runs_here()) chosen.push_back(&kernel);
    for (const Kernel* kernel : chosen) {
      options.kernel = kernel;
      ResidentSearch resident(*world.source, world.population, options);
      std::vector<Hit> found;
      for (const PersonIndex child : world.source->children()) {
        ProfileBlock profile;
        world.source->read({child}, profile);
        const std::vector<Hit> hits = resident.find(encoder.codes(profile).codes, child);
        found.insert(found.end(), hits.begin(), hits.end());
      }
      std::sort(found.begin(), found.end(), HitOrder(*world.source));
      CHECK(found == expected);
    }
  }
}

TEST_CASE("a child from outside the source, an untyped one, and a profile of the wrong length") {
  const World world = make_world(12, 9, 30, 40);
  ResidentSearch resident(*world.source, world.population, {});
  const LocusEncoder encoder(*world.source, world.population);
  const std::vector<Family>& families = world.source->families();
  const auto registered_itself = std::find_if(families.begin(), families.end(), [](const Family& family) { return family.id == "SELF"; });
  const PersonIndex self = registered_itself->father;
  ProfileBlock profile;
  world.source->read({self}, profile);
  const std::vector<GenotypeCode> codes = encoder.codes(profile).codes;
  const auto names_itself = [&](const std::vector<Hit>& hits) {
    return std::any_of(hits.begin(), hits.end(), [&](const Hit& hit) { return world.source->families()[hit.family].father == self; });
  };
  CHECK(names_itself(resident.find(codes)));
  CHECK_FALSE(names_itself(resident.find(codes, self)));
  CHECK(resident.find(std::vector<GenotypeCode>(9, kUntyped)).empty());
  CHECK_THROWS_AS(resident.find(std::vector<GenotypeCode>(8, kUntyped)), Error);
}
