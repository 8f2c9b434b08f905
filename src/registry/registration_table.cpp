#include "registry/registration_table.hpp"

#include "import/table_start.hpp"
#include "import/text_table.hpp"

namespace homeward::registry {

namespace {

std::size_t next_line(std::string_view text, std::size_t offset) {
  const std::size_t end = text.find_first_of("\r\n", offset);
  if (end == std::string_view::npos) return text.size();
  return end + (text.substr(end, 2) == "\r\n" ? 2 : 1);
}

/// Looks for the header among the first rows of the text in use; the row with the most known headings wins.
bool look_for_header(RegistrationTable& table, const ColumnMapping& mapping, TextFolder& folder) {
  const std::string_view text = table.text.decoded.text;
  const bool workbook = !table.text.sheets.empty();
  std::size_t offset = 0;
  bool found = false;
  for (std::uint64_t line = 0; line <= import::kMaxTitleRows && offset < text.size(); ++line) {
    const std::size_t end = next_line(text, offset);
    const std::string_view row_text = text.substr(offset, end - offset);
    const char delimiter = workbook ? '\t' : import::detect_delimiter(row_text);
    import::Row row;
    import::RowReader reader(row_text, delimiter);
    if (delimiter != 0 && reader.next(row)) {
      RegistrationHeader header = read_header(row.cells, mapping, folder);
      if (is_registration_header(header) && (!found || header.n_known > table.header.n_known)) {
        table.header = std::move(header);
        table.header_offset = offset;
        table.lines_above = line;
        table.delimiter = delimiter;
        found = true;
      }
    }
    offset = end;
  }
  return found;
}

}  // namespace

RegistrationTable find_table(import::TextFile text, const std::filesystem::path& path, const RegistrationOptions& options,
                             TextFolder& folder) {
  RegistrationTable table;
  table.text = std::move(text);
  if (look_for_header(table, options.mapping, folder)) return table;
  for (std::size_t sheet = 0; options.worksheet.empty() && sheet < table.text.sheets.size(); ++sheet) {
    import::use_sheet(table.text, sheet);
    if (look_for_header(table, options.mapping, folder)) return table;
  }
  throw import::input_error(
      path,
      "none of its first rows is a header of registrations; at least three headings such as 姓名, 性别, 出生日期, 失踪时间, 失踪地点, "
      "联系电话 or the "
      "English names of docs/FORMATS.md are needed; say with --mapping what its headings mean, or with --encoding how it is written");
}

}  // namespace homeward::registry
