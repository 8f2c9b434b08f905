// Delimited text, row by row: RFC 4180 quoting, any line end, bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace homeward::import {

inline constexpr std::size_t kMaxLineBytes = std::size_t{16} << 20U;
inline constexpr std::size_t kMaxColumns = 100'000;
/// A quoted cell longer than this is taken for a quote that was never closed, so one stray quote costs one row.
inline constexpr std::size_t kMaxQuotedBytes = std::size_t{64} << 10U;

enum class RowDefect : std::uint8_t { none, open_quote, line_too_long, too_many_columns };

/// One record. The views are valid until the next call of RowReader::next.
struct Row {
  std::uint64_t line = 0;  ///< 1-based line where the record begins
  std::vector<std::string_view> cells;
  std::string_view text;  ///< the record as it stands in the file, without its line end
  RowDefect defect = RowDefect::none;
};

/// Reads records of a text that outlives it. Lines end with LF, CRLF or CR. Blank records and a first
/// line `sep=;` are skipped. An open quote gives
/// the one line it stands on, split as if it had no quotes, with its defect; reading goes on with the next line.
class RowReader {
 public:
  RowReader(std::string_view text, char delimiter);
  /// Records that span lines must have this many columns, else their quote counts as open.
  void expect_columns(std::size_t n) { expected_columns_ = n; }
  bool next(Row& row);

 private:
  enum class Outcome : std::uint8_t { done, open_quote, too_long, too_many };
  Outcome parse(Row& row);
  Outcome quoted_cell(Row& row);
  void end_line();
  void skip_line();
  void split_plainly(Row& row);

  std::string_view text_;
  char delimiter_;
  std::size_t position_ = 0;
  std::uint64_t line_ = 1;
  std::size_t expected_columns_ = 0;
  std::deque<std::string> unescaped_;  ///< cells with doubled quotes, of the current row
};

/// The delimiter of a table, from its first line: the one of TAB , ; | that splits it most. 0 when none occurs. A first
/// line `sep=;` decides and is skipped by `table_start`.
char detect_delimiter(std::string_view text);
/// Offset of the first row: behind a `sep=` line.
std::size_t table_start(std::string_view text);

/// Without blanks at both ends; also the no-break and the ideographic space.
std::string_view trim_cell(std::string_view cell);

/// The first `n` lines of a text (views, without line ends), blank lines left out.
std::vector<std::string_view> first_lines(std::string_view text, std::size_t n);

/// A cell as RFC 4180 writes it: quoted when it must be.
std::string csv_cell(std::string_view cell);

}  // namespace homeward::import
