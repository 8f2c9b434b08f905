#include "report/text_table.hpp"

#include <algorithm>
#include <cstdint>
#include <ostream>

namespace homeward {

namespace {

/// Length in bytes of the UTF-8 character that starts with this byte; 1 for anything else.
std::size_t character_length(unsigned char lead) { return lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1; }

std::size_t character_width(std::string_view character) {
  if (character.size() < 3) return 1;
  std::uint32_t code = static_cast<unsigned char>(character[0]) & (0x7FU >> character.size());
  for (std::size_t i = 1; i < character.size(); ++i) code = code << 6U | (static_cast<unsigned char>(character[i]) & 0x3FU);
  const bool wide = (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) || (code >= 0xAC00 && code <= 0xD7A3) ||
                    (code >= 0xF900 && code <= 0xFAFF) || (code >= 0xFE30 && code <= 0xFE6F) || (code >= 0xFF00 && code <= 0xFF60) ||
                    (code >= 0x20000 && code <= 0x3FFFD);
  return wide ? 2 : 1;
}

template <class Visit>
void for_each_character(std::string_view text, const Visit& visit) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = std::min(character_length(static_cast<unsigned char>(text[i])), text.size() - i);
    visit(text.substr(i, length));
    i += length;
  }
}

void put_cell(std::ostream& out, const std::string& cell, std::size_t width, Align align, bool last) {
  const std::string padding(width - std::min(width, display_width(cell)), ' ');
  if (align == Align::right) out << padding;
  out << cell;
  if (align == Align::left && !last) out << padding;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for_each_character(text, [&](std::string_view character) { width += character_width(character); });
  return width;
}

std::string fitted(std::string_view text, std::size_t width) {
  if (width == 0 || display_width(text) <= width) return std::string(text);
  std::string result;
  std::size_t used = 1;  // for the ellipsis
  bool full = false;
  for_each_character(text, [&](std::string_view character) {
    used += character_width(character);
    full = full || used > width;
    if (!full) result += character;
  });
  return result + "…";
}

void print_text_table(std::ostream& out, const std::vector<TextColumn>& columns, const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::vector<std::string>> cells{{}};
  for (const TextColumn& column : columns) cells[0].push_back(column.title);
  for (const std::vector<std::string>& row : rows) {
    cells.emplace_back();
    for (std::size_t i = 0; i < columns.size(); ++i) cells.back().push_back(fitted(row[i], columns[i].most));
  }
  std::vector<std::size_t> width(columns.size(), 0);
  for (const std::vector<std::string>& row : cells)
    for (std::size_t i = 0; i < columns.size(); ++i) width[i] = std::max(width[i], display_width(row[i]));
  for (const std::vector<std::string>& row : cells) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (i != 0) out << "  ";
      put_cell(out, row[i], width[i], columns[i].align, i + 1 == columns.size());
    }
    out << '\n';
  }
}

}  // namespace homeward
