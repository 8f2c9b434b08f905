// Delimited text and encodings.
#include "catch_compat.hpp"
#include "homeward/error.hpp"
#include "import/encoding.hpp"
#include "import/text_table.hpp"

using namespace homeward;
using namespace homeward::import;

namespace {

std::vector<std::string> cells(std::string_view text, char delimiter = ',') {
  std::vector<std::string> all;
  RowReader reader(text, delimiter);
  Row row;
  while (reader.next(row)) {
    for (const std::string_view cell : row.cells) all.emplace_back(cell);
    all.push_back("@" + std::to_string(row.line) + (row.defect == RowDefect::none ? "" : "!"));
  }
  return all;
}

using Cells = std::vector<std::string>;

}  // namespace

TEST_CASE("line ends of every kind end lines, and blank lines are none") {
  const Cells expected{"a", "b", "@1", "c", "d", "@2"};
  for (const char* text : {"a,b\nc,d\n", "a,b\r\nc,d\r\n", "a,b\rc,d\r", "a,b\nc,d", "a,b\rc,d\n"}) CHECK(cells(text) == expected);
  CHECK(cells("\n\na,b\n , \nc,d\n") == Cells{"a", "b", "@3", "c", "d", "@5"});
}

TEST_CASE("quoted cells hold delimiters, quotes and line ends") {
  CHECK(cells("\"15,17\",\"say \"\"x\"\"\",z\n") == Cells{"15,17", "say \"x\"", "z", "@1"});
  CHECK(cells("\"two\nlines\",b\nc,d\n") == Cells{"two\nlines", "b", "@1", "c", "d", "@3"});
  CHECK(cells("\"\",\"\"\na,b") == Cells{"a", "b", "@2"});
}

TEST_CASE("an open quote costs its own line and no other") {
  CHECK(cells("a,b\n\"c,d\ne,f\n") == Cells{"a", "b", "@1", "\"c", "d", "@2!", "e", "f", "@3"});
  CHECK(cells("\"a\"b,c\n") == Cells{"\"a\"b", "c", "@1!"});
  // Closed by the next stray quote, but then the columns do not fit.
  RowReader reader("h1,h2\nx,\"15\nx,y\nz\",1\nq,r\n", ',');
  reader.expect_columns(2);
  Row row;
  std::size_t n = 0, defects = 0;
  while (reader.next(row)) {
    ++n;
    defects += row.defect == RowDefect::none ? 0U : 1U;
  }
  CHECK(n >= 3);
  CHECK(row.line >= 4);
}

TEST_CASE("a line without bound is refused, not held") {
  std::string text(kMaxLineBytes + 10, 'x');
  text += "\na,b\n";
  RowReader reader(text, ',');
  Row row;
  REQUIRE(reader.next(row));
  CHECK(row.defect == RowDefect::line_too_long);
  CHECK(row.cells.empty());
  REQUIRE(reader.next(row));
  CHECK(row.cells.size() == 2);
  CHECK(row.line == 2);
}

TEST_CASE("the delimiter is the one that divides the header") {
  CHECK(detect_delimiter("sample_id\tvWA\n1\t15,17\n") == '\t');
  CHECK(detect_delimiter("sample_id,vWA,FGA\n") == ',');
  CHECK(detect_delimiter("sample_id;vWA\n") == ';');
  CHECK(detect_delimiter("\"a,b,c\"|vWA\n") == '|');
  CHECK(detect_delimiter("sep=;\nsample_id;vWA\n") == ';');
  CHECK(detect_delimiter("one word") == 0);
}

TEST_CASE("a written cell reads back as it was") {
  for (const std::string cell : {"plain", "a,b", "say \"x\"", "two\nlines", "", " blank ", "=1+1", "\x1b[31m"}) {
    const std::string line = csv_cell("x") + ',' + csv_cell(cell) + '\n';
    RowReader reader(line, ',');
    Row row;
    REQUIRE(reader.next(row));
    REQUIRE(row.cells.size() == 2);
    CHECK(row.cells[1] == cell);
  }
}

TEST_CASE("encodings are told by mark, by strict UTF-8, by NUL pattern, by known words") {
  CHECK(decode_text("\xEF\xBB\xBFsample_id,x", "").text == "sample_id,x");
  CHECK(decode_text("plain", "").encoding == "UTF-8");
  const std::string le(
      "\xFF\xFE"
      "a\0,\0b\0",
      8);
  CHECK(decode_text(le, "").text == "a,b");
  CHECK(decode_text(le.substr(2) + std::string("c\0d\0", 4), "").text == "a,bcd");
  CHECK(decode_text(std::string("\0a\0,\0b\0c\0d", 10), "").encoding == "UTF-16BE");
  const std::string gbk = "sample_id,\xD0\xD4\xB1\xF0\nS1,\xC4\xD0\n";  // sex: male
  const DecodedText chinese = decode_text(gbk, "");
  CHECK(chinese.encoding == "GB18030");
  CHECK(chinese.text == "sample_id,性别\nS1,男\n");
  const DecodedText unknown = decode_text("sample_id,x\nS1,\xC4\xE3\n", "");
  CHECK(unknown.encoding == "UTF-8");
  CHECK_FALSE(unknown.valid);
  CHECK(decode_text("sample_id,x\nS1,\xC4\xE3\n", "GBK").text == "sample_id,x\nS1,你\n");
  CHECK_THROWS_AS(decode_text("x", "no-such-encoding"), Error);
}

TEST_CASE("UTF-8 is strict") {
  CHECK(valid_utf8("abc 中文 𠮷 é and more than eight bytes"));
  for (const char* bad : {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80", "\xE4\xB8", "12345678\xFF", "\xF0\x80\x80\x80"})
    CHECK_FALSE(valid_utf8(bad));
}
