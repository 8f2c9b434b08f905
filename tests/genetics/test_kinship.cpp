// Kinship coefficients and what a pedigree declares of two of its persons.
#include "catch_compat.hpp"
#include "genetics/kinship.hpp"

using namespace homeward;

namespace {

constexpr PersonInPedigree kNone = kNoParent;

/// Two couples of grandparents, two brothers (3rd row) who marry two sisters, and their children: double first cousins; a half brother of
/// the first.
const Pedigree kClan({{"G1", kNone, kNone, Sex::male},         // 0
                      {"G2", kNone, kNone, Sex::female},       // 1
                      {"H1", kNone, kNone, Sex::male},         // 2
                      {"H2", kNone, kNone, Sex::female},       // 3
                      {"B1", 0, 1, Sex::male},                 // 4
                      {"B2", 0, 1, Sex::male},                 // 5
                      {"S1", 2, 3, Sex::female},               // 6
                      {"S2", 2, 3, Sex::female},               // 7
                      {"C1", 4, 6, Sex::male},                 // 8
                      {"C2", 5, 7, Sex::female},               // 9
                      {"D", 4, kPopulationGamete, Sex::male},  // 10
                      {"E", 8, 9, Sex::male}});                // 11: of double first cousins

PairInPedigree pair(PersonInPedigree a, PersonInPedigree b) { return pair_in_pedigree(kClan, kinship_coefficients(kClan), a, b); }

void check(PersonInPedigree a, PersonInPedigree b, DeclaredRelation relation, double k0, double k1, double k2) {
  CAPTURE(a, b);
  for (const PairInPedigree& found : {pair(a, b), pair(b, a)}) {
    CHECK(found.relation == relation);
    CHECK_THAT(found.shared.k0, WithinAbs(k0, 1e-15));
    CHECK_THAT(found.shared.k1, WithinAbs(k1, 1e-15));
    CHECK_THAT(found.shared.k2, WithinAbs(k2, 1e-15));
  }
}

}  // namespace

TEST_CASE("what pairs share by descent is the textbook's") {
  check(0, 1, DeclaredRelation::unrelated, 1, 0, 0);
  check(0, 4, DeclaredRelation::parent_child, 0, 1, 0);
  check(4, 5, DeclaredRelation::full_sib, 0.25, 0.5, 0.25);
  check(8, 10, DeclaredRelation::second_degree, 0.5, 0.5, 0);     // half sibs
  check(0, 8, DeclaredRelation::second_degree, 0.5, 0.5, 0);      // grandfather
  check(5, 8, DeclaredRelation::second_degree, 0.5, 0.5, 0);      // uncle
  check(9, 10, DeclaredRelation::further, 0.75, 0.25, 0);         // first cousins
  check(8, 9, DeclaredRelation::further, 0.5625, 0.375, 0.0625);  // double first cousins
}

TEST_CASE("a person of related parents is not judged by three numbers") {
  CHECK_THAT(kinship_coefficients(kClan)[11 * kClan.size() + 11], WithinAbs(0.5 + 0.0625, 1e-15));
  CHECK(pair(11, 8).relation == DeclaredRelation::inbred);
  CHECK(pair(4, 11).relation == DeclaredRelation::inbred);
}
