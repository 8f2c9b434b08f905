// Columns of text for people, aligned by the width a terminal gives each character.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace homeward {

enum class Align { left, right };

struct TextColumn {
  std::string title;
  Align align = Align::left;
  std::size_t most = 0;  ///< widest a cell may be, 0 = no bound; longer ones end in "…"
};

/// Terminal cells a UTF-8 text takes; CJK and full-width characters take two.
std::size_t display_width(std::string_view text);
/// At most `width` terminal cells of a text; cut texts end in "…".
std::string fitted(std::string_view text, std::size_t width);

/// Prints a header and the rows; the last column is not padded.
void print_text_table(std::ostream& out, const std::vector<TextColumn>& columns, const std::vector<std::vector<std::string>>& rows);

}  // namespace homeward
