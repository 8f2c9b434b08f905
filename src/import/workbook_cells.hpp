// Numbers and dates of spreadsheet cells.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace homeward::import {

/// A day number of Excel as YYYY-MM-DD, with HH:MM:SS when it has a time. 1900 system: day 60 is the 29 February 1900 that
/// never was and gives nullopt, like days before 1 and after 9999-12-31.
std::optional<std::string> spreadsheet_date(double serial, bool from_1904);

/// Whether a number format shows a date: built-in numbers 14-22, 27-36, 45-47, 50-58, or a code with y, m, d or h outside
/// quotes and brackets.
bool is_date_format(unsigned id, std::string_view code);

/// A stored number as it would be typed: 1.2E3 is 1200; what is not whole stays as it stands.
std::string plain_number(std::string_view stored);

/// `BC23` -> column 54 (from 0) and row 23; nullopt when it is no cell of a sheet (16,384 columns, 1,048,576 rows).
struct CellPlace {
  std::uint32_t column = 0, row = 0;
};
std::optional<CellPlace> cell_place(std::string_view reference);
std::string column_letters(std::uint32_t column);

}  // namespace homeward::import
