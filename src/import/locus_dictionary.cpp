#include <algorithm>

#include "base/text.hpp"
#include "homeward/import.hpp"
#include "import/data_table.hpp"

namespace homeward {

namespace {

Chromosome chromosome_of(const std::string& text) {
  if (text == "X") return Chromosome::x;
  if (text == "Y") return Chromosome::y;
  if (text == "MT") return Chromosome::mitochondrial;
  return Chromosome::autosomal;
}

/// dbSNP accession, e.g. RS1234567.
bool is_rs_number(const std::string& key) {
  return key.size() > 2 && key.size() <= 14 && key.compare(0, 2, "RS") == 0 &&
         std::all_of(key.begin() + 2, key.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

LocusDictionary::LocusDictionary(const std::filesystem::path& data_dir) {
  const auto loci = read_data_table(data_dir / "aliases" / "loci.tsv", {"locus", "kind", "chromosome", "cM", "spellings"});
  for (const auto& row : loci) {
    LocusName locus;
    if (row[1] != "ignore") {
      locus.name = row[0];
      locus.kind = row[1] == "sex" ? LocusKind::sex : row[1] == "snp" ? LocusKind::snp : LocusKind::str;
      locus.chromosome = chromosome_of(row[2]);
    }
    names_.emplace(name_key(row[0]), locus);
    for (const std::string_view spelling : split(row[4], '|'))
      if (!spelling.empty()) names_.emplace(name_key(spelling), locus);
  }
  for (const auto& row : read_data_table(data_dir / "aliases" / "by_kit.tsv", {"kit", "printed", "locus", "why"}))
    kit_rules_.push_back({name_key(row[0]), name_key(row[1]), row[2]});
}

std::optional<LocusName> LocusDictionary::find(const std::string& spelling, const std::string& kit) const {
  std::string key = name_key(spelling);
  if (key.empty()) return std::nullopt;
  if (!kit.empty()) {
    const std::string kit_key = name_key(kit);
    for (const KitRule& rule : kit_rules_)
      if (rule.printed == key && kit_key.find(rule.kit) != std::string::npos) key = name_key(rule.locus);
  }
  if (is_rs_number(key)) {
    const std::string name = lower_ascii(key);
    return LocusName{name, LocusKind::snp, Chromosome::autosomal, name != spelling};
  }
  const auto it = names_.find(key);
  if (it == names_.end()) return std::nullopt;
  LocusName found = it->second;
  found.alias = !found.name.empty() && found.name != spelling;
  return found;
}

std::vector<std::string> LocusDictionary::names() const {
  std::vector<std::string> names;
  for (const auto& [key, locus] : names_)
    if (!locus.name.empty()) names.push_back(locus.name);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace homeward
