#include "candidate_rows.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/text.hpp"
#include "homeward/error.hpp"
#include "homeward/report.hpp"

namespace homeward::cli {

namespace {

namespace fs = std::filesystem;

CandidateRow split_row(const std::string& line) {
  CandidateRow row;
  for (const std::string_view cell : split(line, '\t')) row.emplace_back(cell);
  return row;
}

[[noreturn]] void damaged(const std::string& found) {
  throw Error(ErrorKind::input, "candidates.tsv " + found + "; it is damaged or cut short: run match again");
}

/// The last line says how many rows there are; a file without it is not whole.
void check_trailer(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(ErrorKind::input, "cannot read " + path.string() + "; has the run completed?");
  in.seekg(0, std::ios::end);
  const std::streamoff size = in.tellg();
  in.seekg(std::max<std::streamoff>(0, size - 64));
  std::stringstream tail;
  tail << in.rdbuf();
  const std::string text = tail.str();
  const std::size_t mark = text.rfind("\n#ok ");
  if (mark == std::string::npos || text.back() != '\n' || text.find('\n', mark + 1) + 1 != text.size())
    damaged("has no last line `#ok <n> rows`");
}

}  // namespace

void for_each_candidate(const fs::path& path, const std::function<bool(CandidateRow&&)>& take) {
  check_trailer(path);
  std::ifstream in(path, std::ios::binary);
  std::string line;
  if (!std::getline(in, line) || split_row(line) != candidate_columns()) damaged("does not start with the columns of this version");
  while (std::getline(in, line) && line.rfind("#ok ", 0) != 0) {
    CandidateRow row = split_row(line);
    if (row.size() != candidate_columns().size()) damaged("has a row of " + std::to_string(row.size()) + " cells");
    if (!take(std::move(row))) return;
  }
}

}  // namespace homeward::cli
