#include "import/workbook.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "homeward/error.hpp"
#include "import/issues.hpp"
#include "import/text_table.hpp"
#include "import/workbook_cells.hpp"
#include "import/xml_stream.hpp"
#include "import/zip_archive.hpp"

namespace homeward::import {

namespace {

constexpr std::size_t kMaxText = std::size_t{512} << 20U;
constexpr std::size_t kMaxSheets = 256;
constexpr std::size_t kMaxStrings = 10'000'000;

/// Sheets in the order of the workbook: name and relation id. And its calendar.
struct BookHandler final : XmlHandler {
  std::vector<std::pair<std::string, std::string>> sheets;
  bool from_1904 = false;
  void begin(std::string_view name, const XmlAttributes& attributes, std::uint64_t) override {
    if (name == "sheet" && sheets.size() < kMaxSheets) sheets.emplace_back(attribute(attributes, "name"), attribute(attributes, "id"));
    if (name == "workbookPr") {
      const std::string_view value = attribute(attributes, "date1904");
      from_1904 = value == "1" || value == "true";
    }
  }
  void end(std::string_view, std::string_view, std::uint64_t) override {}
};

struct RelationHandler final : XmlHandler {
  std::map<std::string, std::string> target_of_id;
  void begin(std::string_view name, const XmlAttributes& attributes, std::uint64_t) override {
    if (name == "Relationship") target_of_id.emplace(attribute(attributes, "Id"), attribute(attributes, "Target"));
  }
  void end(std::string_view, std::string_view, std::uint64_t) override {}
};

/// Text of `<t>` elements, the readings of Japanese names (`rPh`) left out.
class TextPieces {
 public:
  void begin(std::string_view name) {
    if (name == "rPh") ++phonetic_;
  }
  void end(std::string_view name, std::string_view text) {
    if (name == "rPh") --phonetic_;
    if (name == "t" && phonetic_ == 0) text_ += text;
  }
  std::string take() { return std::exchange(text_, {}); }

 private:
  std::string text_;
  int phonetic_ = 0;
};

struct StringsHandler final : XmlHandler {
  std::vector<std::string> strings;
  TextPieces pieces;
  void begin(std::string_view name, const XmlAttributes&, std::uint64_t) override { pieces.begin(name); }
  void end(std::string_view name, std::string_view text, std::uint64_t) override {
    pieces.end(name, text);
    if (name != "si") return;
    if (strings.size() >= kMaxStrings) throw Error(ErrorKind::input, "the workbook has more than 10,000,000 texts");
    strings.push_back(pieces.take());
  }
};

/// Which cell formats show dates.
struct StylesHandler final : XmlHandler {
  std::map<unsigned, std::string> codes;
  std::vector<bool> shows_date;
  bool in_cell_formats = false;
  void begin(std::string_view name, const XmlAttributes& attributes, std::uint64_t) override {
    const auto id = static_cast<unsigned>(parse_integer(attribute(attributes, "numFmtId")).value_or(0));
    if (name == "numFmt") codes.emplace(id, attribute(attributes, "formatCode"));
    if (name == "cellXfs") in_cell_formats = true;
    if (name != "xf" || !in_cell_formats || shows_date.size() >= 100'000) return;
    const auto code = codes.find(id);
    shows_date.push_back(is_date_format(id, code == codes.end() ? std::string_view{} : code->second));
  }
  void end(std::string_view name, std::string_view, std::uint64_t) override {
    if (name == "cellXfs") in_cell_formats = false;
  }
};

/// What all sheets of a book share.
struct Book {
  std::vector<std::string> strings;
  std::vector<bool> shows_date;
  bool from_1904 = false;
};

class SheetHandler final : public XmlHandler {
 public:
  /// @param spent bytes of text of the sheets before: the bound is on all of them
  SheetHandler(const Book& book, Worksheet& sheet, const std::string& path, std::size_t spent)
      : book_(book), sheet_(sheet), log_(path), spent_(spent) {}

  void begin(std::string_view name, const XmlAttributes& attributes, std::uint64_t line) override {
    if (name == "row") return begin_row(attributes, line);
    if (name == "c") return begin_cell(attributes, line);
    if (name == "mergeCell") ++n_merged_;
    pieces_.begin(name);
  }

  void end(std::string_view name, std::string_view text, std::uint64_t) override {
    pieces_.end(name, text);
    if (name == "v") value_ = text;
    if (name == "f") formula_ = true;
    if (name == "c") end_cell();
  }

  void finish() {
    const auto say = [&](Severity severity, std::string_view code, const std::map<std::uint32_t, Seen>& where, const char* action,
                         const char* message) {
      for (const auto& [column, seen] : where)
        log_.add(severity, code, seen.row, column_letters(column), {.action = action, .message = message, .count = seen.n});
    };
    say(Severity::warning, "W_FORMULA", formulas_, "the stored result used",
        "cells are formulas, and what they show is computed elsewhere");
    say(Severity::warning, "W_CELL_ERROR", errors_, "left empty", "cells show an error of the spreadsheet");
    say(Severity::warning, "W_NUMBER_PRECISION", long_numbers_, "kept as stored",
        "numbers of more than 15 digits: the spreadsheet has lost the last ones; format the column as text and type them again");
    if (n_merged_ > 0)
      log_.add(Severity::warning, "W_MERGED_CELLS", 1, "",
               {.action = "the first cell of each keeps the text", .message = "the sheet has merged cells", .count = n_merged_});
    if (n_hidden_ > 0)
      log_.add(Severity::note, "W_HIDDEN_ROWS", 1, "",
               {.action = "read like the others", .message = "rows are hidden", .count = n_hidden_});
    sheet_.issues = log_.take();
    for (Issue& issue : sheet_.issues) issue.sheet = sheet_.name;
  }

 private:
  struct Seen {
    std::uint64_t row = 0, n = 0;
  };

  [[noreturn]] static void damaged(std::uint64_t line, const char* what) {
    throw Error(ErrorKind::input, fmt::format("line {} of a sheet's XML: {}", line, what));
  }

  void begin_row(const XmlAttributes& attributes, std::uint64_t line) {
    const auto stated = parse_integer(attribute(attributes, "r"));
    const std::uint64_t row = stated && *stated > 0 ? static_cast<std::uint64_t>(*stated) : row_ + 1;
    if (row <= row_ || row > 1'048'576) damaged(line, "a row number is not larger than the one before");
    sheet_.text.append(row - row_ - (row_ == 0 ? 1 : 0), '\n');
    row_ = row;
    column_ = 0;
    n_hidden_ += attribute(attributes, "hidden") == "1" ? 1U : 0U;
  }

  void check_size() const {
    if (sheet_.text.size() + spent_ > kMaxText)
      throw Error(ErrorKind::input, "the sheets hold more than 512 MiB of text; split the workbook");
  }

  void begin_cell(const XmlAttributes& attributes, std::uint64_t line) {
    const std::string_view reference = attribute(attributes, "r");
    std::uint32_t column = column_;
    if (!reference.empty()) {
      const auto place = cell_place(reference);
      if (!place) damaged(line, "a cell has no place in a sheet");
      column = place->column;
    }
    if (column < column_ || column >= 16'384 || row_ == 0) damaged(line, "a cell stands left of the one before");
    // Between two cells stands one tab for each column passed.
    sheet_.text.append(column - (column_ == 0 ? 0 : column_ - 1), '\t');
    check_size();
    column_ = column + 1;
    type_ = attribute(attributes, "t");
    const auto style = parse_integer(attribute(attributes, "s"));
    date_ = style && *style >= 0 && static_cast<std::size_t>(*style) < book_.shows_date.size() &&
            book_.shows_date[static_cast<std::size_t>(*style)];
    value_.clear();
    formula_ = false;
    pieces_.take();
  }

  void note(std::map<std::uint32_t, Seen>& where) {
    Seen& seen = where[column_ - 1];
    if (seen.n++ == 0) seen.row = row_;
  }

  std::string number() {
    const std::string_view stored = trim(value_);
    if (date_)
      if (const auto serial = parse_double(stored))
        if (auto date = spreadsheet_date(*serial, book_.from_1904)) return *date;
    if (std::count_if(stored.begin(), stored.end(), [](char c) { return c >= '0' && c <= '9'; }) > 15 &&
        stored.find('.') == std::string_view::npos)
      note(long_numbers_);
    return plain_number(stored);
  }

  std::string text_of_cell() {
    if (type_ == "s") {
      const auto index = parse_integer(trim(value_));
      if (!index || *index < 0 || static_cast<std::size_t>(*index) >= book_.strings.size())
        throw Error(ErrorKind::input, fmt::format("cell {}{}: its text is not in the workbook", column_letters(column_ - 1), row_));
      return book_.strings[static_cast<std::size_t>(*index)];
    }
    if (type_ == "inlineStr") return pieces_.take();
    if (type_ == "str" || type_ == "d") return value_;
    if (type_ == "e") {
      note(errors_);
      return {};
    }
    return number();
  }

  void end_cell() {
    if (formula_) note(formulas_);
    std::string text = text_of_cell();
    for (char& c : text)
      if (c == '\t' || c == '\n' || c == '\r') c = ' ';
    sheet_.text += text.find('"') == std::string::npos ? text : csv_cell(text);
  }

  const Book& book_;
  Worksheet& sheet_;
  IssueLog log_;
  std::size_t spent_;
  std::uint64_t row_ = 0, n_merged_ = 0, n_hidden_ = 0;
  std::uint32_t column_ = 0;  ///< columns of the row that are written
  std::string type_, value_;
  bool date_ = false, formula_ = false;
  TextPieces pieces_;
  std::map<std::uint32_t, Seen> formulas_, errors_, long_numbers_;
};

bool parse_part(ZipArchive& archive, const std::string& part, XmlHandler& handler) {
  XmlStream stream(handler, XmlStream::Encoding::declared);
  if (!archive.read(part, [&](std::string_view bytes) { stream.feed(bytes); })) return false;
  stream.finish();
  return true;
}

/// Where a relation of xl/workbook.xml points to.
std::string part_of(const std::string& target) { return !target.empty() && target[0] == '/' ? target.substr(1) : "xl/" + target; }

}  // namespace

bool is_zip(std::string_view bytes) { return bytes.substr(0, 4) == std::string_view("PK\x03\x04", 4); }

std::vector<Worksheet> read_workbook(std::string_view bytes, const std::string& path) {
  ZipArchive archive(bytes);
  BookHandler book_part;
  if (!parse_part(archive, "xl/workbook.xml", book_part)) {
    if (archive.has("content.xml")) throw Error(ErrorKind::input, "is an OpenDocument file; save the sheet as .xlsx or CSV UTF-8");
    throw Error(ErrorKind::input, "is a zip archive and no Excel workbook (.xlsx); unpack it, or save the sheet as CSV UTF-8");
  }
  RelationHandler relations;
  parse_part(archive, "xl/_rels/workbook.xml.rels", relations);
  Book book;
  book.from_1904 = book_part.from_1904;
  StringsHandler strings;
  parse_part(archive, "xl/sharedStrings.xml", strings);
  book.strings = std::move(strings.strings);
  StylesHandler styles;
  parse_part(archive, "xl/styles.xml", styles);
  book.shows_date = std::move(styles.shows_date);
  std::vector<Worksheet> sheets;
  std::size_t spent = 0;
  for (const auto& [name, id] : book_part.sheets) {
    const auto target = relations.target_of_id.find(id);
    if (target == relations.target_of_id.end()) continue;
    Worksheet sheet;
    sheet.name = name;
    SheetHandler handler(book, sheet, path, spent);
    if (!parse_part(archive, part_of(target->second), handler)) continue;
    handler.finish();
    spent += sheet.text.size();
    if (!trim_cell(sheet.text).empty()) sheets.push_back(std::move(sheet));
  }
  if (sheets.empty()) throw Error(ErrorKind::input, "is a workbook without a cell that holds something");
  return sheets;
}

}  // namespace homeward::import
