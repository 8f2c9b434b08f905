#include <fmt/format.h>

#include "base/text.hpp"
#include "homeward/error.hpp"
#include "homeward/import.hpp"
#include "import/data_table.hpp"

namespace homeward {

namespace {

struct KitRow {
  Kit kit;
  std::vector<std::string> keys;  ///< every name it answers to, normalised
};

std::vector<std::string> texts(std::string_view cell) {
  std::vector<std::string> parts;
  for (const std::string_view part : split(cell, '|'))
    if (!part.empty()) parts.emplace_back(part);
  return parts;
}

std::vector<KitRow> read_kits(const std::filesystem::path& data_dir) {
  std::vector<KitRow> rows;
  for (const auto& cells : read_data_table(data_dir / "panels" / "kits.tsv", {"kit", "further_names", "loci", "source", "note"})) {
    KitRow row{{cells[0], texts(cells[2])}, {name_key(cells[0])}};
    for (const std::string& further : texts(cells[1])) row.keys.push_back(name_key(further));
    const std::size_t parenthesis = cells[0].find('(');
    if (parenthesis != std::string::npos) row.keys.push_back(name_key(cells[0].substr(0, parenthesis)));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

Kit find_kit(const std::string& name, const std::filesystem::path& data_dir) {
  const std::string key = name_key(name);
  const std::vector<KitRow> rows = read_kits(data_dir);
  std::vector<std::string> known;
  for (const KitRow& row : rows) {
    for (const std::string& candidate : row.keys)
      if (candidate == key) return row.kit;
    known.push_back(row.kit.name);
  }
  const std::vector<std::string> near = nearest(name, known);
  throw Error(ErrorKind::input, fmt::format("unknown kit '{}'; {}{}", escaped(name), near.empty() ? "known kits: " : "did you mean: ",
                                            fmt::join(near.empty() ? known : near, ", ")));
}

std::vector<std::string> kit_names(const std::filesystem::path& data_dir) {
  std::vector<std::string> names;
  for (const KitRow& row : read_kits(data_dir)) names.push_back(row.kit.name);
  return names;
}

}  // namespace homeward
