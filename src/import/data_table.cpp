#include "import/data_table.hpp"

#include <fmt/format.h>

#include <fstream>

#include "base/text.hpp"
#include "homeward/error.hpp"

namespace homeward {

std::vector<std::vector<std::string>> read_data_table(const std::filesystem::path& path, const std::vector<std::string>& header) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream)
    throw Error(ErrorKind::failure, fmt::format("cannot read the data file {}; check the data folder of the installation", path.string()));
  std::vector<std::vector<std::string>> rows;
  bool header_seen = false;
  std::size_t line_number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++line_number;
    if (line.empty() || line[0] == '#') continue;
    std::vector<std::string> cells;
    for (const std::string_view cell : split(line, '\t')) cells.emplace_back(cell == "." ? std::string_view{} : cell);
    if (!header_seen ? cells != header : cells.size() != header.size())
      throw Error(ErrorKind::failure, fmt::format("{}, line {}: expected {} columns ({}); the data file is not of this version",
                                                  path.string(), line_number, header.size(), fmt::join(header, ", ")));
    if (header_seen) rows.push_back(std::move(cells));
    header_seen = true;
  }
  return rows;
}

std::string name_key(std::string_view name) {
  std::string key;
  for (const char c : trim(name)) {
    if (c == ' ' || c == '_' || c == '-' || c == '/' || c == '.') continue;
    key += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return key;
}

}  // namespace homeward
