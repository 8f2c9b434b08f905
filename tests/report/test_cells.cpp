#include <fmt/format.h>

#include <clocale>
#include <cmath>
#include <limits>

#include "base/rng.hpp"
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

TEST_CASE("four decimals are rounded as an exact conversion rounds them") {
  const auto same = [](double value) {
    const std::string exact = fmt::format("{:.4f}", std::abs(value) < 0.00005 ? 0.0 : value);
    if (cell(put_log10, value) == exact) return true;
    UNSCOPED_INFO(fmt::format("{:.20g}", value));
    return false;
  };
  CounterRng rng(71, 0);
  bool all = true;
  for (int i = 0; i < 100000; ++i) all = all && same((rng.uniform() - 0.5) * std::pow(10.0, static_cast<double>(rng.below(8))));
  CHECK(all);
  // Halves of the last decimal, and their neighbours in double.
  for (int i = 0; i < 20000; ++i) {
    const double half = (static_cast<double>(rng.below(400000)) + 0.5) / 10000.0;
    for (const double value : {half, std::nextafter(half, 0.0), std::nextafter(half, 100.0)}) all = all && same(value) && same(-value);
  }
  CHECK(all);
  for (const double value : {0.0, -0.0, 0.00005, 1e5 - 0.00001, 123456.78905, 1e15, 1e300, -99999.99995}) CHECK(same(value));
}

TEST_CASE("an allele prints as everywhere else") {
  for (const Allele allele : {Allele(9, 3), Allele(12, 0), Allele(100, 1), Allele::letter('X'), Allele()})
    CHECK(cell(put_allele, allele) == to_string(allele));
}
