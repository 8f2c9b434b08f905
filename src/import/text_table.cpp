#include "import/text_table.hpp"

#include <algorithm>
#include <array>

namespace homeward::import {

namespace {

bool line_end(char c) { return c == '\n' || c == '\r'; }

bool blank(const Row& row) {
  return std::all_of(row.cells.begin(), row.cells.end(), [](std::string_view cell) { return trim_cell(cell).empty(); });
}

std::size_t blank_before(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first <= ' ') return 1;
  if (text.substr(0, 2) == "\xC2\xA0") return 2;
  if (text.substr(0, 3) == "\xE3\x80\x80" || text.substr(0, 3) == "\xEF\xBB\xBF") return 3;
  return 0;
}

std::size_t blank_behind(std::string_view text) {
  const auto last = static_cast<unsigned char>(text.back());
  if (last <= ' ') return 1;
  if (last < 0x80) return 0;
  if (text.size() >= 2 && text.substr(text.size() - 2) == "\xC2\xA0") return 2;
  if (text.size() >= 3 && text.substr(text.size() - 3) == "\xE3\x80\x80") return 3;
  return 0;
}

}  // namespace

std::string_view trim_cell(std::string_view cell) {
  while (!cell.empty()) {
    const std::size_t n = blank_before(cell);
    if (n == 0) break;
    cell.remove_prefix(n);
  }
  while (!cell.empty()) {
    const std::size_t n = blank_behind(cell);
    if (n == 0) break;
    cell.remove_suffix(n);
  }
  return cell;
}

RowReader::RowReader(std::string_view text, char delimiter) : text_(text), delimiter_(delimiter), position_(table_start(text)) {
  for (std::size_t i = 0; i < position_; ++i)
    if (text_[i] == '\n' || (text_[i] == '\r' && (i + 1 >= text_.size() || text_[i + 1] != '\n'))) ++line_;
}

bool RowReader::next(Row& row) {
  while (position_ < text_.size()) {
    const std::size_t start = position_;
    row.line = line_;
    row.cells.clear();
    row.defect = RowDefect::none;
    unescaped_.clear();
    Outcome outcome = parse(row);
    const bool spans_lines = line_ > row.line + 1;
    if (outcome == Outcome::done && spans_lines && expected_columns_ != 0 && row.cells.size() != expected_columns_)
      outcome = Outcome::open_quote;
    if (outcome == Outcome::open_quote) {
      position_ = start;
      line_ = row.line;
      split_plainly(row);
      row.defect = RowDefect::open_quote;
    } else if (outcome == Outcome::too_long || outcome == Outcome::too_many) {
      row.cells.clear();
      row.defect = outcome == Outcome::too_long ? RowDefect::line_too_long : RowDefect::too_many_columns;
      skip_line();
    }
    std::size_t end = position_;
    while (end > start && line_end(text_[end - 1])) --end;
    row.text = text_.substr(start, end - start);
    if (row.defect != RowDefect::none || !blank(row)) return true;
  }
  return false;
}

RowReader::Outcome RowReader::parse(Row& row) {
  const std::size_t limit = position_ + kMaxLineBytes;
  for (;;) {
    if (row.cells.size() >= kMaxColumns) return Outcome::too_many;
    if (position_ < text_.size() && text_[position_] == '"') {
      const Outcome outcome = quoted_cell(row);
      if (outcome != Outcome::done) return outcome;
    } else {
      const std::size_t begin = position_;
      const std::size_t stop = std::min(text_.size(), limit);
      while (position_ < stop && text_[position_] != delimiter_ && !line_end(text_[position_])) ++position_;
      row.cells.push_back(text_.substr(begin, position_ - begin));
    }
    if (position_ >= limit) return Outcome::too_long;
    if (position_ >= text_.size()) {
      ++line_;
      return Outcome::done;
    }
    if (text_[position_] != delimiter_) {
      end_line();
      return Outcome::done;
    }
    ++position_;
  }
}

// Stands on the opening quote; leaves behind the cell, on a delimiter, a line end or the end of the text.
RowReader::Outcome RowReader::quoted_cell(Row& row) {
  const std::size_t begin = position_ + 1;
  const std::size_t stop = std::min(text_.size(), begin + kMaxQuotedBytes);
  bool doubled = false;
  std::uint64_t lines = 0;
  std::size_t i = begin;
  for (;; ++i) {
    if (i >= stop) return Outcome::open_quote;
    if (text_[i] == '\n' || (text_[i] == '\r' && (i + 1 >= text_.size() || text_[i + 1] != '\n'))) ++lines;
    if (text_[i] != '"') continue;
    if (i + 1 < text_.size() && text_[i + 1] == '"') {
      doubled = true;
      ++i;
      continue;
    }
    break;
  }
  std::string_view cell = text_.substr(begin, i - begin);
  position_ = i + 1;
  while (position_ < text_.size() && text_[position_] == ' ' && delimiter_ != ' ') ++position_;
  // Text behind the closing quote: the quote was not one.
  if (position_ < text_.size() && text_[position_] != delimiter_ && !line_end(text_[position_])) return Outcome::open_quote;
  line_ += lines;
  if (doubled) {
    std::string plain;
    for (std::size_t k = 0; k < cell.size(); ++k) {
      plain += cell[k];
      if (cell[k] == '"') ++k;
    }
    unescaped_.push_back(std::move(plain));
    cell = unescaped_.back();
  }
  row.cells.push_back(cell);
  return Outcome::done;
}

void RowReader::end_line() {
  if (text_[position_] == '\r' && position_ + 1 < text_.size() && text_[position_ + 1] == '\n') ++position_;
  ++position_;
  ++line_;
}

void RowReader::skip_line() {
  while (position_ < text_.size() && !line_end(text_[position_])) ++position_;
  if (position_ < text_.size()) end_line();
}

void RowReader::split_plainly(Row& row) {
  row.cells.clear();
  const std::size_t begin = position_;
  skip_line();
  std::size_t end = position_;
  while (end > begin && line_end(text_[end - 1])) --end;
  std::string_view rest = text_.substr(begin, std::min(end - begin, kMaxLineBytes));
  while (row.cells.size() < kMaxColumns) {
    const std::size_t cut = rest.find(delimiter_);
    row.cells.push_back(rest.substr(0, cut));
    if (cut == std::string_view::npos) return;
    rest.remove_prefix(cut + 1);
  }
}

std::vector<std::string_view> first_lines(std::string_view text, std::size_t n) {
  std::vector<std::string_view> lines;
  std::size_t i = 0;
  while (i < text.size() && lines.size() < n) {
    const std::size_t end = std::min(text.find_first_of("\r\n", i), text.size());
    const std::string_view line = text.substr(i, end - i);
    if (!trim_cell(line).empty()) lines.push_back(line);
    i = end + 1;
  }
  return lines;
}

std::size_t table_start(std::string_view text) {
  if (text.substr(0, 4) != "sep=" && text.substr(0, 4) != "SEP=") return 0;
  const std::size_t end = text.find_first_of("\r\n");
  if (end != 5) return 0;
  return text.find_first_not_of("\r\n", end) == std::string_view::npos ? text.size() : text.find_first_not_of("\r\n", end);
}

char detect_delimiter(std::string_view text) {
  if (table_start(text) != 0) return text[4];
  const std::vector<std::string_view> lines = first_lines(text.substr(0, kMaxLineBytes), 1);
  if (lines.empty()) return 0;
  constexpr std::array<char, 4> kCandidates{'\t', ',', ';', '|'};
  std::array<std::size_t, 4> counts{};
  bool quoted = false;
  for (const char c : lines[0]) {
    if (c == '"') quoted = !quoted;
    for (std::size_t k = 0; k < kCandidates.size(); ++k)
      if (!quoted && c == kCandidates[k]) ++counts[k];
  }
  const auto most = std::max_element(counts.begin(), counts.end());
  return *most == 0 ? '\0' : kCandidates[static_cast<std::size_t>(most - counts.begin())];
}

std::string csv_cell(std::string_view cell) {
  if (cell.find_first_of(",\"\r\n\t;| ") == std::string_view::npos) return std::string(cell);
  std::string quoted = "\"";
  for (const char c : cell) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace homeward::import
