#include <algorithm>

#include "catch_compat.hpp"
#include "homeward/pedigree.hpp"

using namespace homeward;

namespace {

Pedigree three_generations() {  // children listed before their parents on purpose
  return Pedigree({{"child", 1, 2, Sex::unknown},
                   {"father", 3, 4, Sex::male},
                   {"mother", kPopulationGamete, kPopulationGamete, Sex::female},
                   {"grandfather", kNoParent, kNoParent, Sex::male},
                   {"grandmother", kNoParent, kNoParent, Sex::female}});
}

bool mentions(const std::vector<std::string>& defects, const std::string& words) {
  return std::any_of(defects.begin(), defects.end(), [&](const std::string& d) { return d.find(words) != std::string::npos; });
}

}  // namespace

TEST_CASE("a sound pedigree has no defects and its parents come first") {
  const Pedigree pedigree = three_generations();
  CHECK(pedigree.defects().empty());
  const auto order = pedigree.parents_first();
  REQUIRE(order.size() == pedigree.size());
  std::vector<std::size_t> place(pedigree.size());
  for (std::size_t i = 0; i < order.size(); ++i) place[static_cast<std::size_t>(order[i])] = i;
  for (std::size_t i = 0; i < pedigree.size(); ++i)
    for (const PersonInPedigree parent : {pedigree[i].father, pedigree[i].mother})
      if (parent >= 0) CHECK(place[static_cast<std::size_t>(parent)] < place[i]);
}

TEST_CASE("founders have no parents; a gamete of the population is not the same") {
  const Pedigree pedigree = three_generations();
  CHECK(pedigree.founder(3));
  CHECK_FALSE(pedigree.founder(0));
  CHECK_FALSE(pedigree.founder(2));
  CHECK(pedigree.find("mother") == PersonInPedigree{2});
  CHECK_FALSE(pedigree.find("aunt"));
}

TEST_CASE("all defects of a pedigree are reported together") {
  const Pedigree broken({{"a", kNoParent, kNoParent, Sex::female},
                         {"a", kNoParent, kNoParent, Sex::male},
                         {"b", 0, 1, Sex::male},
                         {"c", 1, kNoParent, Sex::male},
                         {"d", 17, 0, Sex::male},
                         {"e", 6, 0, Sex::male},
                         {"f", 5, 0, Sex::male}});
  const auto defects = broken.defects();
  CHECK(mentions(defects, "a appears more than once"));
  CHECK(mentions(defects, "person b: the father a is female"));
  CHECK(mentions(defects, "person b: the mother a is male"));
  CHECK(mentions(defects, "c has one parent only"));
  CHECK(mentions(defects, "d has a parent that is not in the pedigree"));
  CHECK(mentions(defects, "e descends from a person who is their own ancestor"));
  CHECK(mentions(defects, "f descends from a person who is their own ancestor"));
}

TEST_CASE("one parent beside a gamete of the population is complete") {
  const Pedigree pedigree({{"father", kNoParent, kNoParent, Sex::male}, {"child", 0, kPopulationGamete, Sex::unknown}});
  CHECK(pedigree.defects().empty());
  CHECK(pedigree.parents_first().size() == 2);
}

TEST_CASE("a person who is their own parent is found") {
  const Pedigree pedigree({{"x", 0, kPopulationGamete, Sex::male}});
  CHECK(mentions(pedigree.defects(), "own ancestor"));
}
