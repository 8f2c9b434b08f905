// The search against visiting every pair, one by one.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <random>
#include <tuple>

#include "catch_compat.hpp"
#include "homeward/error.hpp"
#include "homeward/search.hpp"
#include "search/locus_encoder.hpp"
#include "search_world.hpp"

using namespace homeward;
using namespace search_test;

namespace {

struct Expected {
  std::vector<Hit> hits;
  std::uint64_t no_shared_locus = 0, same_person = 0;
};

/// Every pair by itself; undeclared couples from every child's single-parent hits.
Expected visit_every_pair(const World& world, double threshold) {
  Expected expected;
  const ProfileSource& source = *world.source;
  const Compiler compiler(world.population, {});
  const LocusEncoder encoder(source, world.population);
  const std::size_t n_loci = world.population.loci.size();
  const auto read = [&](std::vector<PersonIndex> who) {
    ProfileBlock block;
    std::sort(who.begin(), who.end());
    source.read(who, block);
    return block;
  };
  std::map<PersonIndex, std::vector<std::uint32_t>> fathers, mothers;
  const auto typed_at = [&](PersonIndex p, std::size_t l) { return encoder.codes(read({p})).codes[l] != kUntyped; };
  for (std::uint32_t f = 0; f < source.families().size(); ++f) {
    const Family& family = source.families()[f];
    const auto members = member_indexes(family);
    std::vector<Genotype> calls(n_loci * members.size());
    for (std::size_t m = 0; m < members.size(); ++m) {
      const auto genotypes = encoder.genotypes(read({members[m]}));
      for (std::size_t l = 0; l < n_loci; ++l) calls[l * members.size() + m] = genotypes[l];
    }
    const CompiledFamily compiled = compiler.compile(family, calls, members.size());
    for (const PersonIndex child : source.children()) {
      if (std::find(members.begin(), members.end(), child) != members.end()) {
        ++expected.same_person;
        continue;
      }
      bool shared = false;
      for (std::size_t l = 0; l < n_loci; ++l)
        for (const PersonIndex m : members) shared = shared || (typed_at(child, l) && typed_at(m, l));
      if (!shared) {
        ++expected.no_shared_locus;
        continue;
      }
      const ExactScore score = exact_score(compiled, encoder.codes(read({child})), 0);
      if (score.log10_lr < threshold) continue;
      expected.hits.push_back({score.log10_lr, child, f, kNoFamily, score.n_loci, score.n_inconsistent, score.hypothesis});
      if (family.shape == FamilyShape::father) fathers[child].push_back(f);
      if (family.shape == FamilyShape::mother) mothers[child].push_back(f);
    }
  }
  for (const auto& [child, candidates] : fathers)
    for (const std::uint32_t f : candidates)
      for (const std::uint32_t m : mothers[child]) {
        const auto gf = encoder.genotypes(read({source.families()[f].father}));
        const auto gm = encoder.genotypes(read({source.families()[m].mother}));
        CompiledFamily joint;
        joint.terms.push_back(compiler.compile_undeclared(gf, gm));
        const ExactScore score = exact_score(joint, encoder.codes(read({child})), 0);
        if (score.log10_lr >= threshold)
          expected.hits.push_back({score.log10_lr, child, f, m, score.n_loci, score.n_inconsistent, Hypothesis::undeclared_couple});
      }
  std::sort(expected.hits.begin(), expected.hits.end(), HitOrder(source));
  return expected;
}

}  // namespace

TEST_CASE("the search finds exactly the pairs that visiting every pair finds, at any threshold") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    INFO("seed " << seed);
    const World world = make_world(seed, 9, 60, 25);
    for (const double threshold : {-3.0, 0.0, 1.5}) {
      const Expected expected = visit_every_pair(world, threshold);
      REQUIRE(expected.hits.size() > 10);
      CHECK(expected.no_shared_locus > 0);
      CHECK(expected.same_person == 1);
      for (const bool exhaustive : {false, true}) {
        SearchOptions options;
        options.min_log10_lr = threshold;
        options.exhaustive = exhaustive;
        options.threads = 2;
        SearchResult result = search(*world.source, world.population, options);
        const std::vector<Hit> hits = drain(result);
        REQUIRE(hits.size() == expected.hits.size());
        for (std::size_t i = 0; i < hits.size(); ++i) {
          CHECK_THAT(hits[i].log10_lr, WithinAbs(expected.hits[i].log10_lr, 1e-12));
          CHECK(hits[i].n_loci == expected.hits[i].n_loci);
        }
        const auto key = [](const Hit& h) { return std::tuple(h.child, h.family, h.family_b, h.hypothesis, h.n_loci, h.n_inconsistent); };
        std::vector<decltype(key(hits[0]))> found, wanted;
        for (const Hit& h : hits) found.push_back(key(h));
        for (const Hit& h : expected.hits) wanted.push_back(key(h));
        std::sort(found.begin(), found.end());
        std::sort(wanted.begin(), wanted.end());
        CHECK(found == wanted);
        const SearchCounts& counts = result.counts;
        CHECK(counts.pairs_total == world.source->children().size() * world.source->families().size());
        CHECK(counts.pairs_skipped[0] == expected.no_shared_locus);
        CHECK(counts.pairs_skipped[1] == expected.same_person);
        CHECK(counts.pairs_compared + counts.pairs_skipped[0] + counts.pairs_skipped[1] == counts.pairs_total);
        CHECK(counts.hits + counts.undeclared_hits == hits.size());
      }
    }
  }
}

TEST_CASE("the same hits, bit for bit, for any thread count, kernel, memory bound, and for exhaustive") {
  const World world = make_world(5, 12, 300, 60);
  const std::filesystem::path folder = std::filesystem::temp_directory_path();
  SearchOptions options;
  options.min_log10_lr = -2.0;
  options.threads = 1;
  options.exhaustive = true;
  SearchResult reference = search(*world.source, world.population, options);
  const std::vector<Hit> expected = drain(reference);
  REQUIRE(expected.size() > 1100);  // more than the smallest sorted run
  options.exhaustive = false;
  for (const int threads : {1, 2, 3})
    for (const Kernel& kernel : kernels())
      for (const std::uint64_t memory : {std::uint64_t{1} << 30U, std::uint64_t{4096}}) {
        if (!kernel.runs_here()) {
          WARN("kernel " << kernel.name << " cannot run here: skipped");
          continue;
        }
        options.threads = threads;
        options.kernel = &kernel;
        options.memory_bytes = memory;
        options.spill_folder = folder.string();
        for (const bool plan : {true, false}) {
          options.plan_kernels = plan;
          SearchResult result = search(*world.source, world.population, options);
          CHECK(drain(result) == expected);
        }
      }
}

TEST_CASE("a threshold exactly at an attained score keeps the pair, its upper neighbour drops it") {
  const World world = make_world(9, 10, 80, 30);
  SearchOptions options;
  options.min_log10_lr = -1.0;
  options.undeclared_couples = false;
  SearchResult all = search(*world.source, world.population, options);
  const std::vector<Hit> hits = drain(all);
  REQUIRE(hits.size() > 20);
  for (std::size_t i = 0; i < hits.size(); i += hits.size() / 20) {
    const double score = hits[i].log10_lr;
    const auto at_least = [&](double t) { return std::count_if(hits.begin(), hits.end(), [&](const Hit& h) { return h.log10_lr >= t; }); };
    for (const double threshold : {std::nextafter(score, -1e9), score, std::nextafter(score, 1e9)}) {
      options.min_log10_lr = threshold;
      SearchResult result = search(*world.source, world.population, options);
      CHECK(static_cast<long>(result.hits->size()) == at_least(threshold));
    }
  }
}

TEST_CASE("no children, no families and a stop request end cleanly") {
  const World world = make_world(3, 6, 20, 10);
  const MemorySource empty(world.source->loci(), {}, ProfileBlock{}, {});
  SearchOptions options;
  SearchResult nothing = search(empty, world.population, options);
  CHECK(nothing.counts.pairs_total == 0);
  CHECK(nothing.hits->size() == 0);
  const std::atomic<bool> stop{true};
  options.stop = &stop;
  CHECK(search(*world.source, world.population, options).stopped);
  options.min_log10_lr = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(search(*world.source, world.population, options), Error);
}
