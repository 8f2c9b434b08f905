// Where a table begins, and what its columns are called: title rows above the header, headings of a site's own.
#pragma once

#include <string>
#include <vector>

#include "homeward/import.hpp"
#include "import/text_file.hpp"

namespace homeward::import {

/// Blanks the rows above the header of a table, when the first row is no header and one of the next kMaxTitleRows is; line
/// numbers stay. Returns how many rows.
inline constexpr std::size_t kMaxTitleRows = 20;
std::size_t blank_title_rows(TextFile& text, const LocusDictionary& loci);

/// Gives the columns of a table the names that a mapping says; the row of the header is the one that holds most of the
/// mapping's headings. Returns the headings of the mapping that the table does not have. Throws Error(input) when it has none.
std::vector<std::string> apply_mapping(TextFile& text, const ColumnMapping& mapping, const std::string& path);

}  // namespace homeward::import
