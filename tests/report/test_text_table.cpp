#include <clocale>
#include <sstream>

#include "catch_compat.hpp"
#include "report/text_table.hpp"

using namespace homeward;

TEST_CASE("the width of a text is that of a terminal, not its bytes") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("é") == 1);
  CHECK(display_width("孩子1") == 5);
  CHECK(display_width("") == 0);
}

TEST_CASE("a text too wide is cut on a character, never within one") {
  CHECK(fitted("abcdef", 6) == "abcdef");
  CHECK(fitted("abcdefg", 6) == "abcde…");
  CHECK(fitted("孩子孩子", 8) == "孩子孩子");
  CHECK(fitted("孩子孩子", 7) == "孩子孩…");
  CHECK(fitted("孩子孩子", 6) == "孩子…");
  CHECK(fitted("孩子", 0) == "孩子");
  for (std::size_t width = 1; width < 12; ++width) CHECK(display_width(fitted("a孩b子c孩d子", width)) <= width);
}

TEST_CASE("columns line up whatever the script, and the last one is not padded") {
  std::ostringstream out;
  print_text_table(out, {{"id"}, {"value", Align::right}, {"note", Align::left, 4}}, {{"孩子", "1.5", "x"}, {"A", "12.25", "abcdefgh"}});
  CHECK(out.str() ==
        "id    value  note\n"
        "孩子    1.5  x\n"
        "A     12.25  abc…\n");
}

TEST_CASE("no rows still print the header") {
  std::ostringstream out;
  print_text_table(out, {{"a"}, {"b"}}, {});
  CHECK(out.str() == "a  b\n");
}
