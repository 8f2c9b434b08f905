// What a candidate may be instead, and how its leading hypothesis stands against that.
#include "catch_compat.hpp"
#include "report/close_alternatives.hpp"

using namespace homeward;

namespace {

Alternatives of(double full_sib, double second_degree, double same_person) {
  Alternatives list;
  list.add("full_sib", full_sib);
  list.add("second_degree", second_degree);
  list.add("same_person", same_person, true);
  return list;
}

}  // namespace

TEST_CASE("a lead is clear of its alternatives, within ten times, beaten, or one person typed twice") {
  CHECK(flag_text(stand(6.0, of(4.9, 3.0, -40.0))).empty());
  CHECK(flag_text(stand(6.0, of(5.0, 3.0, -40.0))).empty());
  CHECK(flag_text(stand(6.0, of(5.0001, 3.0, -40.0))) == "within_10x:full_sib");
  CHECK(flag_text(stand(6.0, of(6.0, 3.0, -40.0))) == "within_10x:full_sib");
  CHECK(flag_text(stand(6.0, of(5.5, 6.1, -40.0))) == "better:second_degree");
  CHECK(flag_text(stand(6.0, of(12.0, 6.1, 25.0))) == "same_person");
  CHECK(flag_text(stand(6.0, of(4.0, 4.0, 5.5))) == "within_10x:same_person");
  // What is no likelier than unrelated is no alternative: the ratio itself says that.
  CHECK(flag_text(stand(0.9, of(0.0, -1.0, -40.0))).empty());
  CHECK(flag_text(stand(-0.1, of(-0.05, -1.0, -40.0))).empty());
  CHECK(flag_text(stand(-0.1, of(0.01, -1.0, -40.0))) == "better:full_sib");
  CHECK(flag_text(stand(6.0, {})).empty());
}
