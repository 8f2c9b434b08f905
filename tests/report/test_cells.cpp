#include <clocale>
#include <cmath>
#include <limits>

#include "catch_compat.hpp"
#include "report/cells.hpp"

using namespace homeward;

namespace {

template <class Put, class Value>
std::string cell(const Put& put, Value value) {
  std::string text;
  put(text, value);
  return text;
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();
const double kNaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("log10 has four decimals, no negative zero, and words for what is no number") {
  CHECK(cell(put_log10, 5.12345) == "5.1235");
  CHECK(cell(put_log10, -0.00001) == "0.0000");
  CHECK(cell(put_log10, -0.00006) == "-0.0001");
  CHECK(cell(put_log10, -kInfinity) == "-Inf");
  CHECK(cell(put_log10, kNaN) == ".");
}

TEST_CASE("a likelihood ratio prints as %.4e whatever its size") {
  CHECK(cell(put_lr, 0.0) == "1.0000e+00");
  CHECK(cell(put_lr, std::log10(12345.678)) == "1.2346e+04");
  CHECK(cell(put_lr, std::log10(0.00025)) == "2.5000e-04");
  CHECK(cell(put_lr, std::log10(9.99996)) == "1.0000e+01");
  CHECK(cell(put_lr, 400.0) == "1.0000e+400");  // no double holds it
  CHECK(cell(put_lr, -400.0) == "1.0000e-400");
  CHECK(cell(put_lr, -kInfinity) == "0");
  CHECK(cell(put_lr, kNaN) == ".");
}

TEST_CASE("numbers do not follow the locale") {
  // Any locale with a decimal comma that the machine has; without one the C locale is tested again.
  for (const char* name : {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE"})
    if (std::setlocale(LC_ALL, name) != nullptr) break;
  CHECK(cell(put_log10, 1234.5) == "1234.5000");
  CHECK(cell(put_real, 0.25) == "0.25");
  CHECK(cell(put_lr, 1.5) == "3.1623e+01");
  std::setlocale(LC_ALL, "C");
}

TEST_CASE("texts are safe in a table and on a terminal") {
  CHECK(cell(put_text, std::string_view("A-17")) == "A-17");
  CHECK(cell(put_text, std::string_view("")) == ".");
  CHECK(cell(put_text, std::string_view("a\tb\x1b[31m")) == "a\\x09b\\x1b[31m");
  CHECK(cell(put_text, std::string_view("孩子1")) == "孩子1");
}

TEST_CASE("spreadsheet cells that look like formulas are guarded, numbers are not") {
  CHECK(guarded_for_spreadsheet("=1+1") == "'=1+1");
  CHECK(guarded_for_spreadsheet("@cmd") == "'@cmd");
  CHECK(guarded_for_spreadsheet("+A+B") == "'+A+B");
  CHECK(guarded_for_spreadsheet("-x") == "'-x");
  CHECK(guarded_for_spreadsheet("-3.25") == "-3.25");
  CHECK(guarded_for_spreadsheet("C1") == "C1");
}
