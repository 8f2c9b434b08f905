// Dates as people write them become intervals that hold the day, and nothing is guessed.
#include "catch_compat.hpp"
#include "homeward/registry.hpp"

using namespace homeward;

namespace {

constexpr int kNewYear2006 = 13149;  // 2006-01-01, days since 1970-01-01

}  // namespace

TEST_CASE("a whole date in any of the usual writings is its day") {
  for (const char* text : {"2006年1月2日", "2006-1-2", "20060102", "2006.1.2", "2006/01/02", "2006--01-02", "2006年1月2号",
                           "２００６年１月２日", "2006年01月02月", "身份证日期2006.01.02", "公历2006-01-02", " 2006-01-02 "}) {
    INFO(text);
    const ReadDate date = read_date(text);
    CHECK(date.interval.precision == DatePrecision::day);
    CHECK(date.interval.from == kNewYear2006 + 1);
    CHECK(date.interval.to == kNewYear2006 + 1);
    CHECK(date.code.empty());
  }
  CHECK(read_date("公历2006-01-02").interval.calendar == DateCalendar::gregorian);
}

TEST_CASE("days are counted as the Gregorian calendar has them") {
  CHECK(read_date("1970-01-01").interval.from == 0);
  CHECK(read_date("1969-12-31").interval.from == -1);
  CHECK(read_date("2000-02-29").interval.from == 11016);
  CHECK(read_date("2000-03-01").interval.from == 11017);
  CHECK(read_date("1900-03-01").interval.from - read_date("1900-02-28").interval.from == 1);  // no leap year
}

TEST_CASE("less than a day is the interval it says") {
  const auto check = [](const char* text, DatePrecision precision, int from, int days) {
    INFO(text);
    const DateInterval interval = read_date(text).interval;
    CHECK(interval.precision == precision);
    CHECK(interval.from == kNewYear2006 + from);
    CHECK(interval.to - interval.from + 1 == days);
  };
  check("2006年1月", DatePrecision::month, 0, 31);
  check("2006年01月**日", DatePrecision::month, 0, 31);
  check("2006-02", DatePrecision::month, 31, 28);
  check("200602", DatePrecision::month, 31, 28);
  check("2006年", DatePrecision::year, 0, 365);
  check("2006", DatePrecision::year, 0, 365);
  check("2006年春", DatePrecision::season, 31, 28 + 31 + 30 + 31);
  check("2006年冬", DatePrecision::season, 0, 365 + 31 + 28);
}

TEST_CASE("about widens by what the precision allows, a decade is ten years") {
  const DateInterval exact = read_date("2006年1月2日").interval, about = read_date("约2006年1月2日").interval;
  CHECK(about.approximate);
  CHECK(about.from < exact.from);
  CHECK(about.to > exact.to);
  CHECK(read_date("2006年左右").interval.to - read_date("2006年").interval.to == 366);
  const DateInterval decade = read_date("1990年代").interval;
  CHECK(decade.precision == DatePrecision::decade);
  CHECK(decade.from == read_date("1990-01-01").interval.from);
  CHECK(decade.to == read_date("1999-12-31").interval.to);
}

TEST_CASE("a lunar date holds its solar day, sixty days wide, and says so") {
  // The first day of the lunar year 2006 was 2006-01-29; the thirtieth of its last month 2007-02-17.
  for (const char* text : {"农历2006年1月1日", "2006年1月1日（阴历）", "2006年正月初一", "農曆2006年1月1日"}) {
    INFO(text);
    const ReadDate date = read_date(text);
    CHECK(date.code == "W_DATE_LUNAR");
    CHECK(date.interval.calendar == DateCalendar::lunar);
    CHECK(date.interval.from == kNewYear2006);
    CHECK(date.interval.to == kNewYear2006 + 60);
    CHECK(date.interval.to >= kNewYear2006 + 28);
  }
  const DateInterval last = read_date("2006年腊月三十").interval;
  CHECK(last.from <= read_date("2007-02-17").interval.from);
  CHECK(last.to >= read_date("2007-02-17").interval.from);
  CHECK(read_date("农历2006年2月30日").interval.precision == DatePrecision::day);  // lunar months have 29 or 30 days
}

TEST_CASE("impossible, ambiguous and short dates keep what is sure of them") {
  CHECK(read_date("1986年05月43日").code == "W_DATE_IMPOSSIBLE");
  CHECK(read_date("1986年05月43日").interval == read_date("1986年05月").interval);
  CHECK(read_date("1986年13月1日").code == "W_DATE_IMPOSSIBLE");
  CHECK(read_date("1986年13月1日").interval == read_date("1986年").interval);
  CHECK(read_date("2006年2月30日").interval == read_date("2006年2月").interval);
  CHECK(read_date("02/03/2006").code == "W_DATE_ORDER");
  CHECK(read_date("02/03/2006").interval == read_date("2006").interval);
  CHECK(read_date("06年5月").code == "W_DATE_TWO_DIGIT_YEAR");
  CHECK_FALSE(read_date("06年5月").interval.known());
  CHECK(read_date("86年5月", 1900).interval == read_date("1986年5月").interval);
  CHECK(read_date("3006年").code == "W_DATE_IMPOSSIBLE");
  CHECK(read_date("13800001111").code == "W_DATE_UNREADABLE");
  CHECK(read_date("孩子三岁时").code == "W_DATE_UNREADABLE");
  for (const char* text : {"", "不详", "未知", "-", "**", "不记得"}) {
    INFO(text);
    CHECK(read_date(text).code.empty());
    CHECK_FALSE(read_date(text).interval.known());
  }
}

TEST_CASE("a place is the province it names first, or the code it is") {
  CHECK(read_region("四川省成都市") == 51);
  CHECK(read_region("从四川到云南") == 51);
  CHECK(read_region("廣東省") == 44);
  CHECK(read_region("510104") == 510104);
  CHECK(read_region("5101") == 5101);
  CHECK(read_region("990104") == 0);
  CHECK(read_region("成都") == 0);
  CHECK(read_region("") == 0);
}
