#include <map>
#include <random>

#include "catch_compat.hpp"
#include "small_world.hpp"

using namespace homeward;
using small_world::AllHits;

namespace {

Hit hit(double log10_lr, std::uint32_t child, std::uint32_t family, std::uint32_t family_b = kNoFamily) {
  Hit h;
  h.log10_lr = log10_lr;
  h.child = child;
  h.family = family;
  h.family_b = family_b;
  return h;
}

bool disjoint(const Hit& a, const Hit& b) {
  for (const std::uint32_t x : {a.family, a.family_b})
    for (const std::uint32_t y : {b.family, b.family_b})
      if (x != kNoFamily && x == y) return false;
  return true;
}

/// The definitions, word by word, in O(n^2).
CandidateSelection naive(const std::vector<Hit>& hits, std::uint32_t top_k) {
  CandidateSelection selection;
  for (std::size_t i = 0; i < hits.size(); ++i) {
    const Hit& h = hits[i];
    std::size_t of_child = 0, of_family = 0, of_family_b = 0;
    for (std::size_t j = 0; j < i; ++j) {
      const auto counts_for = [&](std::uint32_t family) { return hits[j].family == family || hits[j].family_b == family; };
      of_child += hits[j].child == h.child;
      of_family += counts_for(h.family);
      of_family_b += h.family_b != kNoFamily && counts_for(h.family_b);
    }
    const bool listed = of_child < top_k || of_family < top_k || (h.family_b != kNoFamily && of_family_b < top_k);
    if (!listed) {
      ++selection.cut;
      continue;
    }
    Candidate row;
    row.hit = h;
    for (std::size_t j = i + 1; j < hits.size(); ++j)
      if (hits[j].child == h.child && disjoint(hits[j], h)) {
        row.gap_to_next = h.log10_lr - hits[j].log10_lr;
        break;
      }
    for (std::size_t j = 0; j < hits.size(); ++j) {
      if (j == i || hits[j].log10_lr != h.log10_lr) continue;
      row.tie_family |= hits[j].child == h.child && disjoint(hits[j], h);
      row.tie_child |= hits[j].family == h.family && hits[j].family_b == kNoFamily && h.family_b == kNoFamily;
    }
    selection.rows.push_back(row);
  }
  return selection;
}

void check_equal(const CandidateSelection& found, const CandidateSelection& expected) {
  CHECK(found.cut == expected.cut);
  REQUIRE(found.rows.size() == expected.rows.size());
  for (std::size_t i = 0; i < found.rows.size(); ++i) {
    INFO("row " << i);
    CHECK(found.rows[i].hit == expected.rows[i].hit);
    CHECK((found.rows[i].gap_to_next == expected.rows[i].gap_to_next ||
           (std::isnan(found.rows[i].gap_to_next) && std::isnan(expected.rows[i].gap_to_next))));
    CHECK(found.rows[i].tie_family == expected.rows[i].tie_family);
    CHECK(found.rows[i].tie_child == expected.rows[i].tie_child);
  }
}

}  // namespace

TEST_CASE("selection equals its definition on random hits") {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const std::uint32_t n_children = 1 + random() % 8;
    const std::uint32_t n_families = 2 + random() % 8;
    std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, Hit> pairs;
    for (unsigned i = 0; i < 5 + random() % 60; ++i) {
      const std::uint32_t family = random() % n_families;
      const std::uint32_t other = random() % n_families;
      const bool joined = random() % 3 == 0 && other != family;
      // Coarse scores, so that ties are common.
      const Hit h = hit(static_cast<double>(random() % 12) / 4.0, random() % n_children, family, joined ? other : kNoFamily);
      pairs[{h.child, h.family, h.family_b}] = h;
    }
    std::vector<Hit> hits;
    for (const auto& [key, h] : pairs) hits.push_back(h);
    std::stable_sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) { return a.log10_lr > b.log10_lr; });
    for (const std::uint32_t top_k : {1U, 2U, 5U, 1000U}) {
      AllHits stream(hits);
      check_equal(select_candidates(stream, n_children, n_families, top_k), naive(hits, top_k));
    }
  }
}

TEST_CASE("the union of the best of children and of families, and the rest is counted") {
  // Family 0 is second best of both children, but best of itself.
  AllHits stream({hit(9, 0, 1), hit(8, 1, 1), hit(7, 0, 0), hit(6, 1, 0), hit(5, 0, 2)});
  const CandidateSelection selection = select_candidates(stream, 2, 3, 1);
  REQUIRE(selection.rows.size() == 4);
  CHECK(selection.rows[2].hit.family == 0);
  CHECK(selection.rows[3].hit.family == 2);
  CHECK(selection.cut == 1);
  // The gap sees hits that are not listed too.
  CHECK(selection.rows[1].gap_to_next == 2.0);
}

TEST_CASE("an undeclared couple is no rival of its own members") {
  AllHits stream({hit(9, 0, 0, 1), hit(5, 0, 0), hit(4, 0, 1), hit(3, 0, 2)});
  const CandidateSelection selection = select_candidates(stream, 1, 3, 50);
  CHECK(selection.rows[0].gap_to_next == 6.0);
  CHECK(selection.rows[1].gap_to_next == 1.0);
  CHECK(std::isnan(selection.rows[3].gap_to_next));
}

TEST_CASE("no hits give no rows") {
  AllHits stream(std::vector<Hit>{});
  const CandidateSelection selection = select_candidates(stream, 3, 3, 50);
  CHECK(selection.rows.empty());
  CHECK(selection.cut == 0);
}
