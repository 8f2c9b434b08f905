#include "linked_loci.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/text.hpp"
#include "homeward/error.hpp"
#include "homeward/import.hpp"

namespace homeward::cli {

namespace {

constexpr double kCloselyLinked = 0.25;  ///< recombination fraction up to which ignored linkage is worth a word

}  // namespace

std::vector<LinkedNames> parse_linked(const std::vector<std::string>& texts) {
  std::vector<LinkedNames> pairs;
  for (const std::string& text : texts) {
    const std::vector<std::string_view> parts = split(text, ',');
    const std::optional<double> rho = parts.size() == 3 ? parse_double(trim(parts[2])) : std::nullopt;
    if (!rho || !(*rho >= 0.0 && *rho <= 0.5) || trim(parts[0]) == trim(parts[1]))
      throw Error(ErrorKind::usage, "--linked takes two loci and a recombination fraction from 0 to 0.5, such as vWA,D12S391,0.1062");
    const LinkedNames pair{std::string(trim(parts[0])), std::string(trim(parts[1])), *rho};
    for (const LinkedNames& other : pairs)
      for (const std::string& locus : {pair.first, pair.second})
        if (locus == other.first || locus == other.second)
          throw Error(ErrorKind::usage, "--linked: locus " + escaped(locus) + " is in two pairs");
    pairs.push_back(pair);
  }
  return pairs;
}

void check_linked(const EffectivePopulation& population, const std::vector<LinkedNames>& linked) {
  for (const LinkedNames& pair : linked)
    for (const std::string& locus : {pair.first, pair.second})
      if (population.find(locus) == nullptr)
        throw Error(ErrorKind::usage, "--linked: locus " + escaped(locus) + " is not among the loci of both the store and the population");
  if (!linked.empty() && population.theta > 0.0)
    throw Error(
        ErrorKind::usage,
        "--linked needs theta 0: with co-ancestry the child and its relatives draw from one pool at both loci at once, and no table of "
        "such pairs is made; score single cases with `homeward lr --linked`");
}

std::string linked_text(const EffectivePopulation& population) {
  if (population.linked.empty()) return "none";
  std::string text;
  for (const LinkedLoci& pair : population.linked)
    text += fmt::format("{}{}+{} at {:.6g}", text.empty() ? "" : ", ", population.loci[pair.first].locus.name,
                        population.loci[pair.second].locus.name, pair.rho);
  return text + ", jointly in pedigrees";
}

std::string linkage_ignored(const ProfileSource& source, const EffectivePopulation& population, const std::filesystem::path& data_dir) {
  const std::vector<Family>& families = source.families();
  const auto pedigrees = std::count_if(families.begin(), families.end(), [](const Family& f) { return f.shape == FamilyShape::pedigree; });
  if (pedigrees == 0) return {};
  std::string pairs;
  for (const LinkedNames& pair : read_linked_pairs(data_dir)) {
    const bool joint = std::any_of(population.linked.begin(), population.linked.end(), [&](const LinkedLoci& linked) {
      const std::set<std::string> names{population.loci[linked.first].locus.name, population.loci[linked.second].locus.name};
      return names.count(pair.first) + names.count(pair.second) == 2;
    });
    if (joint || pair.rho > kCloselyLinked || population.find(pair.first) == nullptr || population.find(pair.second) == nullptr) continue;
    pairs += fmt::format("{}{},{},{:.6g}", pairs.empty() ? "" : " and ", pair.first, pair.second, pair.rho);
  }
  if (pairs.empty()) return {};
  return fmt::format(
      "linked loci are taken as unlinked in {} pedigrees, where they matter between sibs, grandparents, uncles and aunts; to "
      "score them jointly: --linked {}",
      pedigrees, pairs);
}

}  // namespace homeward::cli
