#include <algorithm>

#include "base/text.hpp"
#include "homeward/error.hpp"
#include "homeward/import.hpp"
#include "import/data_table.hpp"

namespace homeward {

std::vector<LinkedNames> read_linked_pairs(const std::filesystem::path& data_dir) {
  const std::filesystem::path path = data_dir / "panels" / "linked_pairs.tsv";
  std::vector<LinkedNames> pairs;
  for (const auto& row : read_data_table(path, {"chromosome", "locus_a", "locus_b", "distance_cM", "rho_haldane", "rho_kosambi", "note"})) {
    if (row[4].empty()) continue;
    const std::optional<double> rho = parse_double(row[4]);
    if (!rho || !(*rho >= 0.0 && *rho <= 0.5))
      throw Error(ErrorKind::failure, "the data file " + path.string() + " has a recombination fraction that is none");
    pairs.push_back({row[1], row[2], *rho});
  }
  std::stable_sort(pairs.begin(), pairs.end(), [](const LinkedNames& a, const LinkedNames& b) { return a.rho < b.rho; });
  return pairs;
}

}  // namespace homeward
