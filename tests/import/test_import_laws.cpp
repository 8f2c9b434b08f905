// Laws: the way a table is written does not change what it says; nothing a file holds can break the reader.
#include <chrono>
#include <iostream>
#include <random>

#include "catch_compat.hpp"
#include "import_fixture.hpp"

using namespace homeward;
using namespace homeward::testing;

namespace {

using Table = std::vector<std::vector<std::string>>;

/// A table of people with random genotypes, seed fixed.
Table sample_table(std::size_t n, unsigned seed) {
  std::mt19937 random(seed);
  Table table{{"sample_id", "role", "family_id", "sex", "vWA", "TH01", "FGA", "Penta D", "AMEL"}};
  for (std::size_t i = 0; i < n; ++i) {
    const auto allele = [&](unsigned from) { return std::to_string(from + random() % 8) + (random() % 5 == 0 ? ".3" : ""); };
    std::vector<std::string> row{"P" + std::to_string(i), i % 2 ? "child" : "parent", i % 2 ? "" : "FAM" + std::to_string(i),
                                 i % 3 ? "男" : "女"};
    for (const unsigned from : {12U, 4U, 18U, 7U}) row.push_back(random() % 9 == 0 ? "" : allele(from) + "/" + allele(from));
    row.push_back("");
    table.push_back(row);
  }
  return table;
}

std::string written(const Table& table, char delimiter, const std::string& end, bool quoted = false) {
  std::string text;
  for (const auto& row : table) {
    for (std::size_t c = 0; c < row.size(); ++c) text += (c > 0 ? std::string(1, delimiter) : "") + (quoted ? '"' + row[c] + '"' : row[c]);
    text += end;
  }
  return text;
}

/// UTF-16 of a text of the basic plane.
std::string utf16(const std::string& text, bool little, bool mark) {
  std::string result = mark ? (little ? "\xFF\xFE" : "\xFE\xFF") : "";
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[i + k]); };
    const unsigned code = byte(0) < 0x80   ? byte(0)
                          : byte(0) < 0xE0 ? (byte(0) & 0x1FU) << 6U | (byte(1) & 0x3FU)
                                           : (byte(0) & 0xFU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU);
    i += byte(0) < 0x80 ? 1U : byte(0) < 0xE0 ? 2U : 3U;
    const char low = static_cast<char>(code & 0xFFU), high = static_cast<char>(code >> 8U);
    result += little ? low : high;
    result += little ? high : low;
  }
  return result;
}

}  // namespace

TEST_CASE("delimiter, line end, quoting and encoding change nothing") {
  const Table table = sample_table(60, 11);
  const std::string plain = written(table, ',', "\n");
  const std::string expected = substance(read_text(plain));
  REQUIRE(std::count(expected.begin(), expected.end(), '\n') == 60);
  for (const char delimiter : {',', ';', '\t', '|'})
    for (const char* end : {"\n", "\r\n", "\r"})
      for (const bool quoted : {false, true}) CHECK(substance(read_text(written(table, delimiter, end, quoted))) == expected);
  CHECK(substance(read_text("\xEF\xBB\xBF" + plain)) == expected);
  CHECK(substance(read_text(plain.substr(0, plain.size() - 1))) == expected);
  for (const bool little : {true, false})
    for (const bool mark : {true, false}) CHECK(substance(read_text(utf16(plain, little, mark))) == expected);
  std::string gbk = plain;  // 男 C4D0, 女 C5AE
  for (const auto& [from, to] : {std::pair<std::string, std::string>{"男", "\xC4\xD0"}, {"女", "\xC5\xAE"}})
    for (std::size_t at = gbk.find(from); at != std::string::npos; at = gbk.find(from)) gbk.replace(at, from.size(), to);
  const ImportedFile chinese = read_text(gbk);
  CHECK(chinese.encoding == "GB18030");
  CHECK(substance(chinese) == expected);
}

TEST_CASE("order of columns, of rows and of alleles changes nothing") {
  Table table = sample_table(60, 12);
  const std::string expected = substance(read_text(written(table, ',', "\n")));
  std::mt19937 random(5);
  for (int round = 0; round < 5; ++round) {
    std::vector<std::size_t> order(table[0].size());
    for (std::size_t c = 0; c < order.size(); ++c) order[c] = c;
    std::shuffle(order.begin(), order.end(), random);
    Table shuffled;
    for (const auto& row : table) {
      shuffled.emplace_back();
      for (const std::size_t c : order) {
        std::string cell = row[c];
        const std::size_t cut = cell.find('/');
        if (cut != std::string::npos && random() % 2) cell = cell.substr(cut + 1) + "/" + cell.substr(0, cut);
        shuffled.back().push_back(cell);
      }
    }
    std::shuffle(shuffled.begin() + 1, shuffled.end(), random);
    CHECK(substance(read_text(written(shuffled, ',', "\n"))) == expected);
  }
}

TEST_CASE("every row is a sample, a duplicate or a reject") {
  std::mt19937 random(77);
  for (int round = 0; round < 50; ++round) {
    Table table = sample_table(30, static_cast<unsigned>(round));
    for (int k = 0; k < 8; ++k)
      table[1 + random() % 30][random() % 9] =
          std::vector<std::string>{"OL", "15/16/17", "x?", "99.99", "P3", "\"", "a,b", ""}[random() % 8];
    const ImportedFile file = read_text(written(table, '\t', "\n"));
    CHECK(file.rows == file.samples.size() + file.rejects.size() + count(file, "W_DUP_ROW"));
  }
}

TEST_CASE("a hostile file is an error or issues, never a crash") {
  CHECK(refusal_of("") != "");
  CHECK(read_text("sample_id,vWA\n").samples.empty());
  CHECK(refusal_of(std::string(100000, '\0')) != "");
  std::string wide = "sample_id";
  for (int i = 0; i < 99000; ++i) wide += ",L" + std::to_string(i);
  CHECK(read_text(wide + "\n").samples.empty());
  CHECK(refusal_of(wide + wide + "\n").find("100,000 columns") != std::string::npos);
  CHECK(refusal_of(std::string(17U << 20U, 'a') + ",b\n") != "");
  CHECK(read_text("sample_id,vWA\nS1,\"15/17\nS2,16\n").rejects.size() == 1);
  CHECK(read_text("sample_id,vWA\nS1,15/17\nS\xE4\xB8").rejects.size() == 1);
  const std::string seeds[] = {
      written(sample_table(5, 1), ',', "\r\n"), "Sample.Name\tMarker\tAllele.1\tAllele.2\nA\tvWA\t15\t16\nA\tTH01\t6\tNA\n",
      "vWA\t15/17\t15/16\t-/-\nTH01\t6/7\t7/9.3\t-/-\n",
      "family_id\tperson_id\tfather_id\tmother_id\tsex\tsample_id\tmissing\nA\tF\t0\t0\tM\tS1\t0\nA\tC\tF\t*\t\t\t1\n"};
  std::mt19937 random(20240229);
  std::cout << "hostile corpus: seed 20240229\n";
  std::size_t refused = 0;
  for (int round = 0; round < 2000; ++round) {
    std::string bytes;
    if (round % 4 == 0) {
      bytes.resize(random() % 400);
      for (char& c : bytes) c = static_cast<char>(random());
    } else {
      bytes = seeds[random() % 4];
      for (unsigned k = 0, n = 1 + random() % 6; k < n; ++k)
        bytes[random() % bytes.size()] = random() % 2 ? static_cast<char>(random()) : "\",;\t\n\r/0\0"[random() % 9];
      if (random() % 3 == 0) bytes.resize(random() % bytes.size());
    }
    try {
      const ImportedFile file = read_text(bytes);
      for (const ImportedSample& sample : file.samples)
        for (const ImportedCall& c : sample.calls) REQUIRE(c.locus < file.loci.size());
    } catch (const Error& error) {
      REQUIRE(error.kind() == ErrorKind::input);
      ++refused;
    }
  }
  CHECK(refused > 400);
  CHECK(refused < 2000);
}

TEST_CASE("a national table is read in seconds", "[.][speed]") {
  std::string text = "sample_id,role,family_id,sex";
  const char* loci[] = {"CSF1PO",   "D10S1248", "D12S391", "D13S317", "D16S539", "D18S51",  "D19S433", "D1S1656", "D21S11",
                        "D22S1045", "D2S1338",  "D2S441",  "D3S1358", "D5S818",  "D6S1043", "D7S820",  "D8S1179", "FGA",
                        "Penta D",  "Penta E",  "SE33",    "TH01",    "TPOX",    "vWA",     "D19S253"};
  for (const char* locus : loci) text += std::string(",") + locus;
  text += '\n';
  for (int i = 0; i < 164000; ++i) {
    text += "C" + std::to_string(1000000 + i) + ",child,,M";
    for (int l = 0; l < 25; ++l)
      text += "," + std::to_string(9 + (i + l) % 9) + "/" + std::to_string(12 + (i * 7 + l) % 9) + (l % 6 ? "" : ".2");
    text += '\n';
  }
  const Folder folder;
  const auto path = folder.write("big.csv", text);
  const auto start = std::chrono::steady_clock::now();
  const ImportedFile file = read_profiles(path, options());
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::cout << text.size() / 1000000 << " MB, " << file.samples.size() << " samples: " << seconds << " s\n";
  CHECK(file.samples.size() == 164000);
  CHECK(file.rejects.empty());
}
