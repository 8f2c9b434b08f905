// Dates as registrations write them (docs/FORMATS.md, "Registrations"): an interval, and what is doubtful about it.
#include <algorithm>
#include <array>
#include <vector>

#include "base/text.hpp"
#include "homeward/registry.hpp"

namespace homeward {

namespace {

constexpr int kFirstYear = 1900, kLastYear = 2099;
/// A lunar date read as a Gregorian one lies at most so many days before the true day.
constexpr int kLunarDays = 60;

/// Days since 1970-01-01 of a Gregorian date (Hinnant, "chrono-compatible low-level date algorithms").
std::int32_t day_number(int year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const int era = year / 400;
  const int year_of_era = year - era * 400;
  const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

int days_of_month(int year, int month) {
  constexpr std::array<int, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return kDays[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

template <std::size_t N>
bool has_any(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

/// Full-width digits and blanks become plain ones; everything else stays.
std::string plain_digits(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool wide = i + 2 < text.size() && text.substr(i, 2) == "\xEF\xBC" && text[i + 2] >= '\x90' && text[i + 2] <= '\x99';
    if (wide) {
      plain += static_cast<char>('0' + (static_cast<unsigned char>(text[i + 2]) - 0x90));
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

struct Digits {
  std::string_view text;
  int value = 0;
  std::size_t end = 0;  ///< offset behind it
};

std::vector<Digits> digit_groups(std::string_view text) {
  std::vector<Digits> groups;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    if (end > i)
      groups.push_back(
          {text.substr(i, end - i), static_cast<int>(parse_integer(text.substr(i, std::min<std::size_t>(end - i, 8))).value_or(0)), end});
    i = end + 1;
  }
  return groups;
}

/// Months that the lunar calendar names, and days written with numerals.
int lunar_month(std::string_view text) {
  if (text.find("腊月") != std::string_view::npos || text.find("臘月") != std::string_view::npos) return 12;
  if (text.find("冬月") != std::string_view::npos) return 11;
  return text.find("正月") != std::string_view::npos ? 1 : 0;
}
int lunar_day(std::string_view text) {
  constexpr std::array<std::string_view, 10> kNumerals{"一", "二", "三", "四", "五", "六", "七", "八", "九", "十"};
  for (const auto& [mark, tens] : {std::pair<std::string_view, int>{"初", 0}, {"三十", 30}, {"廿", 20}, {"二十", 20}, {"十", 10}}) {
    const std::size_t at = text.find(mark);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = text.substr(at + mark.size());
    for (std::size_t k = 0; k < kNumerals.size(); ++k)
      if (rest.substr(0, kNumerals[k].size()) == kNumerals[k]) return tens + static_cast<int>(k) + 1;
    return tens;
  }
  return 0;
}

struct Parts {
  int year = 0, month = 0, day = 0;
  bool decade = false;
  std::string_view code;
};

bool valid_year(int year) { return year >= kFirstYear && year <= kLastYear; }

/// Eight, six or four digits in one piece.
Parts compact(const Digits& group) {
  Parts parts;
  if (group.text.size() == 8) {
    parts.year = group.value / 10000;
    parts.month = group.value / 100 % 100;
    parts.day = group.value % 100;
    if (parts.month == 0) parts.day = 0;  // 20060000: the form wanted digits
  } else if (group.text.size() == 6) {
    parts.year = group.value / 100;
    parts.month = group.value % 100;
  } else {
    parts.year = group.value;
  }
  return parts;
}

Parts parts_of(std::string_view text, const std::vector<Digits>& groups, int century) {
  Parts parts;
  if (groups[0].text.size() >= 4) {
    if (groups[0].text.size() != 4 && groups[0].text.size() != 6 && groups[0].text.size() != 8)
      return {0, 0, 0, false, "W_DATE_UNREADABLE"};
    parts = compact(groups[0]);
  } else if (groups.back().text.size() == 4 && groups.size() > 1) {
    // 02/01/2006 is the 2nd of January to one and the 1st of February to another: only the year is sure.
    return {groups.back().value, 0, 0, false, "W_DATE_ORDER"};
  } else if (groups[0].text.size() == 2 && century != 0) {
    parts.year = century + groups[0].value;
  } else {
    return {0, 0, 0, false, groups[0].text.size() <= 2 ? "W_DATE_TWO_DIGIT_YEAR" : "W_DATE_UNREADABLE"};
  }
  parts.decade = text.substr(groups[0].end, 6) == "年代" && parts.year % 10 == 0;
  if (groups[0].text.size() <= 4 && groups.size() > 1 && groups[1].text.size() <= 2) {
    parts.month = groups[1].value;
    if (groups.size() > 2 && groups[2].text.size() <= 2) parts.day = groups[2].value;
  }
  return parts;
}

/// Spring to autumn have three months and one more at each side; "the winter of 2006" may be its beginning or its end.
DateInterval season_of(int year, std::string_view text) {
  DateInterval interval;
  interval.precision = DatePrecision::season;
  constexpr std::array<std::pair<std::string_view, int>, 3> kSeasons{{{"春", 2}, {"夏", 5}, {"秋", 8}}};
  for (const auto& [word, month] : kSeasons)
    if (text.find(word) != std::string_view::npos) {
      interval.from = day_number(year, month, 1);
      interval.to = day_number(year, month + 3, days_of_month(year, month + 3));
      return interval;
    }
  interval.from = day_number(year, 1, 1);
  interval.to = day_number(year + 1, 2, days_of_month(year + 1, 2));
  return interval;
}

DateInterval interval_of(const Parts& p, std::string_view text, bool lunar) {
  DateInterval interval;
  constexpr std::array<std::string_view, 4> kSeasons{"春", "夏", "秋", "冬"};
  if (p.decade) {
    interval = {day_number(p.year, 1, 1), day_number(p.year + 9, 12, 31), DatePrecision::decade, DateCalendar::unknown, false};
  } else if (p.day != 0) {
    interval.from = interval.to = day_number(p.year, p.month, 1) + p.day - 1;
    interval.precision = DatePrecision::day;
  } else if (p.month != 0) {
    interval = {day_number(p.year, p.month, 1), day_number(p.year, p.month, lunar ? 30 : days_of_month(p.year, p.month)),
                DatePrecision::month, DateCalendar::unknown, false};
  } else if (has_any(text, kSeasons)) {
    interval = season_of(p.year, text);
  } else {
    interval = {day_number(p.year, 1, 1), day_number(p.year, 12, 31), DatePrecision::year, DateCalendar::unknown, false};
  }
  return interval;
}

/// "About": a month for a day, three for a month, a year for a season or a year, five for a decade.
int slack_of(DatePrecision precision) {
  constexpr std::array<int, 6> kDays{0, 31, 92, 366, 366, 1827};
  return kDays[static_cast<std::size_t>(precision)];
}

}  // namespace

ReadDate read_date(std::string_view written, int century) {
  constexpr std::array<std::string_view, 9> kLunar{"农历", "阴历", "旧历", "古历", "農曆", "陰曆", "舊曆", "古曆", "腊月"};
  constexpr std::array<std::string_view, 7> kGregorian{"阳历", "公历", "新历", "陽曆", "公曆", "新曆", "身份证"};
  constexpr std::array<std::string_view, 8> kAbout{"约", "約", "左右", "大概", "可能", "前后", "前後", "大致"};
  constexpr std::array<std::string_view, 9> kUnknown{"不详", "不詳", "未知", "不清", "不明", "不知", "不记得", "无", "保密"};
  const std::string text = plain_digits(trim(written));
  if (text.empty()) return {};
  const std::vector<Digits> groups = digit_groups(text);
  if (groups.empty())
    return {{}, has_any(text, kUnknown) || text.find_first_not_of(".-?*/ ") == std::string::npos ? "" : "W_DATE_UNREADABLE"};
  Parts parts = parts_of(text, groups, century);
  if (parts.year == 0) return {{}, parts.code};
  if (!valid_year(parts.year)) return {{}, "W_DATE_IMPOSSIBLE"};
  const bool lunar = has_any(text, kLunar) || lunar_month(text) != 0;
  if (lunar && parts.month == 0) {
    parts.month = lunar_month(text);
    if (parts.month != 0) parts.day = lunar_day(text);
  }
  if (parts.month > 12) {
    parts.month = parts.day = 0;
    parts.code = "W_DATE_IMPOSSIBLE";
  } else if (parts.month != 0 && parts.day > (lunar ? 30 : days_of_month(parts.year, parts.month))) {
    parts.day = 0;
    parts.code = "W_DATE_IMPOSSIBLE";
  }
  ReadDate date{interval_of(parts, text, lunar), parts.code};
  date.interval.calendar = lunar ? DateCalendar::lunar : has_any(text, kGregorian) ? DateCalendar::gregorian : DateCalendar::unknown;
  if (lunar) {
    date.interval.to += kLunarDays;
    if (date.code.empty()) date.code = "W_DATE_LUNAR";
  }
  if (has_any(text, kAbout)) {
    date.interval.approximate = true;
    date.interval.from -= slack_of(date.interval.precision);
    date.interval.to += slack_of(date.interval.precision);
  }
  return date;
}

}  // namespace homeward
