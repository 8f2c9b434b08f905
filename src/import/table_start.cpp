#include "import/table_start.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "import/columns.hpp"
#include "import/detect.hpp"
#include "import/text_table.hpp"

namespace homeward::import {

namespace {

/// Offset behind the line at `offset`.
std::size_t next_line(std::string_view text, std::size_t offset) {
  const std::size_t end = text.find_first_of("\r\n", offset);
  if (end == std::string_view::npos) return text.size();
  return end + (text.substr(end, 2) == "\r\n" ? 2 : 1);
}

/// Makes the rows before `offset` blank, keeping their number.
void blank_before(std::string& text, std::size_t offset) {
  std::size_t n = 0;
  for (std::size_t at = 0; at < offset; at = next_line(text, at)) ++n;
  text.replace(0, offset, std::string(n, '\n'));
}

}  // namespace

std::size_t blank_title_rows(TextFile& file, const LocusDictionary& loci) {
  std::string& text = file.decoded.text;
  if (file.delimiter != 0 && detect_table(text, file.delimiter, loci).format != nullptr) return 0;
  if (file.sheets.empty() && detect_structure(text) != nullptr) return 0;
  // A title without a delimiter is no reason to give up: ask only whether the text is of another kind.
  if (file.sheets.empty() && !refusal_by_structure(text, file.delimiter == 0 ? ',' : file.delimiter, loci).empty()) return 0;
  std::size_t offset = 0;
  for (std::size_t k = 1; k <= kMaxTitleRows; ++k) {
    offset = next_line(text, offset);
    if (offset >= text.size()) return 0;
    const std::string_view rest = std::string_view(text).substr(offset);
    const char delimiter = file.sheets.empty() ? detect_delimiter(rest) : '\t';
    if (delimiter == 0) continue;
    const Format* format = detect_table(rest, delimiter, loci).format;
    if (format == nullptr || std::string_view(format->name) == "cnas-trio") continue;
    blank_before(text, offset);
    file.delimiter = delimiter;
    return k;
  }
  return 0;
}

std::vector<std::string> apply_mapping(TextFile& file, const ColumnMapping& mapping, const std::string& path) {
  std::map<std::string, std::string> meaning_of;
  for (const auto& [heading, meaning] : mapping.columns) meaning_of.emplace(header_key(heading), meaning);
  std::string& text = file.decoded.text;
  std::size_t best = 0, best_offset = 0, offset = table_start(text);
  for (std::size_t k = 0; k <= kMaxTitleRows && offset < text.size(); ++k, offset = next_line(text, offset)) {
    Row row;
    RowReader reader(std::string_view(text).substr(offset, next_line(text, offset) - offset), file.delimiter);
    if (!reader.next(row)) continue;
    const auto n = static_cast<std::size_t>(
        std::count_if(row.cells.begin(), row.cells.end(), [&](std::string_view cell) { return meaning_of.count(header_key(cell)) != 0; }));
    if (n > best) {
      best = n;
      best_offset = offset;
    }
  }
  if (best == 0) throw input_error(path, "none of its first rows has a heading of the mapping; is it the mapping of another site?");
  const std::size_t end = next_line(text, best_offset);
  Row row;
  RowReader reader(std::string_view(text).substr(best_offset, end - best_offset), file.delimiter);
  reader.next(row);
  std::string header;
  std::set<std::string> found;
  unsigned n_alleles = 0;
  for (std::size_t c = 0; c < row.cells.size(); ++c) {
    const std::string_view cell = row.cells[c];
    if (c > 0) header += file.delimiter;
    const auto mapped = meaning_of.find(header_key(cell));
    std::string name = mapped == meaning_of.end() ? std::string(cell) : mapped->second;
    if (mapped != meaning_of.end()) found.insert(mapped->first);
    if (name == "allele") name += std::to_string(++n_alleles);
    if (name == "ignored") name = "_ignored";
    header += csv_cell(name);
  }
  text.replace(best_offset, end - best_offset, header + '\n');
  blank_before(text, best_offset);
  std::vector<std::string> absent;
  for (const auto& [heading, meaning] : mapping.columns)
    if (found.count(header_key(heading)) == 0) absent.push_back(heading);
  return absent;
}

}  // namespace homeward::import
