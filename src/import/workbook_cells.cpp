#include "import/workbook_cells.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>

#include "base/text.hpp"

namespace homeward::import {

std::optional<std::string> spreadsheet_date(double serial, bool from_1904) {
  if (!(serial >= (from_1904 ? 0.0 : 1.0)) || serial >= 2'958'466.0) return std::nullopt;
  const double whole = std::floor(serial);
  const auto number = static_cast<int>(whole);
  if (!from_1904 && number == 60) return std::nullopt;
  using namespace std::chrono;
  const sys_days origin = from_1904 ? sys_days(year(1904) / January / 1) : sys_days(year(1899) / December / (number < 60 ? 31 : 30));
  const year_month_day day(origin + days(number));
  if (static_cast<int>(day.year()) > 9999) return std::nullopt;
  std::string text =
      fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  const auto seconds = static_cast<long>(std::lround((serial - whole) * 86400.0));
  if (seconds > 0 && seconds < 86400) text += fmt::format(" {:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  return text;
}

bool is_date_format(unsigned id, std::string_view code) {
  if ((id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58)) return true;
  char inside = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const char c = code[i];
    if (inside != 0) {
      if (c == inside) inside = 0;
    } else if (c == '"') {
      inside = '"';
    } else if (c == '[') {
      inside = ']';
    } else if (c == '\\' || c == '_' || c == '*') {
      ++i;
    } else if (std::string_view("yYmMdDhH").find(c) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

std::string plain_number(std::string_view stored) {
  if (stored.find_first_of("eE.") == std::string_view::npos) return std::string(stored);
  const std::optional<double> value = parse_double(stored);
  constexpr double kExact = 9007199254740992.0;  // 2^53: beyond, a double no longer counts in ones
  if (!value || *value != std::floor(*value) || std::abs(*value) > kExact) return std::string(stored);
  return std::to_string(static_cast<long long>(*value));
}

std::optional<CellPlace> cell_place(std::string_view reference) {
  std::uint32_t column = 0, row = 0;
  std::size_t i = 0;
  for (; i < reference.size() && reference[i] >= 'A' && reference[i] <= 'Z' && i < 4; ++i)
    column = column * 26 + static_cast<std::uint32_t>(reference[i] - 'A' + 1);
  if (i == 0 || column > 16'384) return std::nullopt;
  const auto number = parse_integer(reference.substr(i));
  if (!number || *number < 1 || *number > 1'048'576) return std::nullopt;
  row = static_cast<std::uint32_t>(*number);
  return CellPlace{column - 1, row};
}

std::string column_letters(std::uint32_t column) {
  std::string letters;
  for (++column; column > 0; column = (column - 1) / 26) letters.insert(letters.begin(), static_cast<char>('A' + (column - 1) % 26));
  return letters;
}

}  // namespace homeward::import
