// Excel workbooks (.xlsx): every sheet as a tab-separated text, so that all readers of tables read it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "homeward/import.hpp"

namespace homeward::import {

/// One sheet. Line n of `text` is row n of the sheet; tabs and line ends inside cells became blanks.
struct Worksheet {
  std::string name;
  std::string text;
  std::vector<Issue> issues;  ///< formulas, errors, merged cells, numbers beyond 15 digits
};

bool is_zip(std::string_view bytes);

/// Reads all sheets with at least one cell. Dates (numbers with a date format) become YYYY-MM-DD, whole numbers plain digits, of
/// a formula its stored value. Bounds: those of ZipArchive and XmlStream, and 512 MiB of text in all. Throws Error(input).
std::vector<Worksheet> read_workbook(std::string_view bytes, const std::string& path);

}  // namespace homeward::import
