// Slices, sessions and the second stage: any order and any place give the search that was made in one go.
#include <algorithm>
#include <numeric>
#include <random>

#include "catch_compat.hpp"
#include "homeward/search_session.hpp"
#include "search_world.hpp"

using namespace homeward;
using namespace search_test;

namespace {

SearchOptions options_at(double threshold) {
  SearchOptions options;
  options.min_log10_lr = threshold;
  options.threads = 2;
  return options;
}

/// Keeps what it hears, as a checkpoint or a shard does.
struct Recorder final : ScanObserver {
  std::vector<Hit> hits;
  ScanCounts counts;
  std::vector<SliceRange> ranges;
  void found(std::span<const Hit> found) override { hits.insert(hits.end(), found.begin(), found.end()); }
  void finished(SliceRange range, const ScanCounts& part) override {
    ranges.push_back(range);
    counts += part;
  }
};

void check_same(SearchResult& result, SearchResult& expected) {
  expected.hits->rewind();
  CHECK(drain(result) == drain(expected));
  CHECK(result.counts.pairs_total == expected.counts.pairs_total);
  CHECK(result.counts.pairs_compared == expected.counts.pairs_compared);
  CHECK(result.counts.pairs_skipped == expected.counts.pairs_skipped);
  CHECK(result.counts.lookups == expected.counts.lookups);
  CHECK(result.counts.survivors >= result.counts.hits);  // how many more depends on which families are scanned together
  CHECK(result.counts.hits == expected.counts.hits);
  CHECK(result.counts.undeclared_scored == expected.counts.undeclared_scored);
  CHECK(result.counts.undeclared_hits == expected.counts.undeclared_hits);
  CHECK(result.warnings == expected.warnings);
}

}  // namespace

TEST_CASE("slices cover every family once, in order, at about equal cost") {
  const World world = make_world(11, 6, 200, 400);
  const std::vector<SearchArea> areas = whole_area(*world.source);
  const std::vector<Slice> slices = cut_slices(*world.source, areas);
  REQUIRE(slices.size() > 20);
  std::uint32_t next = 0;
  std::uint64_t total = 0, most = 0;
  for (const Slice& slice : slices) {
    CHECK(slice.first == next);
    CHECK(slice.end > slice.first);
    next = slice.end;
    total += slice.cost;
    most = std::max(most, slice.cost);
  }
  CHECK(next == areas[0].families.size());
  for (const std::uint32_t parts : {1U, 2U, 3U, 7U, 1000U}) {
    std::uint32_t border = 0;
    for (std::uint32_t part = 0; part < parts; ++part) {
      const SliceRange range = part_of(slices, part, parts);
      CHECK(range.first == border);
      border = range.end;
      std::uint64_t cost = 0;
      for (std::uint32_t i = range.first; i < range.end; ++i) cost += slices[i].cost;
      CHECK(cost <= total / parts + 2 * most);
    }
    CHECK(border == slices.size());
  }
}

TEST_CASE("slices scanned in any order, here or elsewhere, are the whole search") {
  const World world = make_world(12, 9, 120, 90);
  const SearchOptions options = options_at(-2.0);
  SearchResult expected = search(*world.source, world.population, options);
  CHECK(expected.counts.undeclared_hits > 0);
  std::mt19937 random(3);
  for (int round = 0; round < 4; ++round) {
    SearchSession here(*world.source, world.population, options, whole_area(*world.source));
    SearchSession elsewhere(*world.source, world.population, options, whole_area(*world.source));
    std::vector<std::uint32_t> order(here.slices().size());
    REQUIRE(order.size() > 10);
    std::iota(order.begin(), order.end(), 0U);
    std::shuffle(order.begin(), order.end(), random);
    for (const std::uint32_t slice : order) {
      if (slice % 3 != 0) {
        CHECK(here.scan({slice, slice + 1}, SearchSession::Finds::kept));
        continue;
      }
      Recorder recorder;
      CHECK(elsewhere.scan({slice, slice + 1}, SearchSession::Finds::handed_over, &recorder));
      CHECK(recorder.ranges == std::vector<SliceRange>{{slice, slice + 1}});
      here.add_found(recorder.hits);
      here.add_counts(recorder.counts);
    }
    SearchResult result = here.finish();
    check_same(result, expected);
  }
}

TEST_CASE("additions to an earlier search, joined with its hits, are the whole search") {
  const World world = make_world(13, 9, 120, 90);
  const SearchOptions options = options_at(-2.0);
  SearchResult expected = search(*world.source, world.population, options);
  const std::vector<Hit> all = drain(expected);
  const auto old_child = [](PersonIndex child) { return child % 5 != 0; };
  const auto old_family = [](std::uint32_t family) { return family % 4 != 1; };
  SearchArea added = whole_area(*world.source).front(), others, earlier;
  added.children.clear();
  for (const PersonIndex child : world.source->children()) (old_child(child) ? others : added).children.push_back(child);
  for (const std::uint32_t family : added.families) (old_family(family) ? earlier : others).families.push_back(family);
  earlier.children = others.children;

  std::vector<Hit> known;
  std::uint64_t known_couples = 0;
  for (const Hit& hit : all)
    if (old_child(hit.child) && old_family(hit.family) && (hit.family_b == kNoFamily || old_family(hit.family_b))) {
      known.push_back(hit);
      if (hit.family_b != kNoFamily) ++known_couples;
    }
  REQUIRE(known_couples > 0);
  REQUIRE(known.size() < all.size());

  SearchSession before(*world.source, world.population, options, {earlier});
  CHECK(before.scan({0, static_cast<std::uint32_t>(before.slices().size())}, SearchSession::Finds::kept));
  SearchResult first = before.finish();
  CHECK(drain(first) == known);

  for (const bool keep : {true, false}) {
    SearchSession session(*world.source, world.population, options, {added, others});
    CHECK(session.scan({0, static_cast<std::uint32_t>(session.slices().size())}, SearchSession::Finds::kept));
    session.add_known(known, keep);
    SearchResult result = session.finish();
    if (keep) {
      CHECK(result.known.hits == first.counts.hits);
      CHECK(result.known.undeclared_scored == first.counts.undeclared_scored);
      CHECK(result.known.undeclared_hits == known_couples);
    }
    result.counts += first.counts;
    if (keep) {
      result.counts.hits -= first.counts.hits;
      result.counts.undeclared_scored -= first.counts.undeclared_scored;
      result.counts.undeclared_hits -= first.counts.undeclared_hits;
      check_same(result, expected);
    } else {
      std::vector<Hit> rest;
      for (const Hit& hit : all)
        if (std::find(known.begin(), known.end(), hit) == known.end()) rest.push_back(hit);
      CHECK(drain(result) == rest);
      CHECK(result.counts.undeclared_scored == expected.counts.undeclared_scored);
    }
  }
}

TEST_CASE("pairs are counted without comparing as they are with it") {
  const World world = make_world(14, 9, 80, 50);
  SearchResult expected = search(*world.source, world.population, options_at(0.0));
  SearchSession session(*world.source, world.population, options_at(0.0), whole_area(*world.source));
  const SearchCounts counts = session.count_pairs();
  CHECK(counts.pairs_total == expected.counts.pairs_total);
  CHECK(counts.pairs_compared == expected.counts.pairs_compared);
  CHECK(counts.pairs_skipped == expected.counts.pairs_skipped);
  CHECK(counts.lookups == expected.counts.lookups);
}
