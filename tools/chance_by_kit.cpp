#include "chance_by_kit.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "homeward/error.hpp"

namespace homeward::cli {

namespace {

/// Pairs of the truth, whatever the relation, as the hits number them.
class TruePairs {
 public:
  TruePairs(const std::vector<TruthRow>& truth, const HitsReader& hits) {
    const auto children = numbers_of(hits.child_ids());
    std::unordered_multimap<std::string, std::uint32_t> families;  // a family id may have several slots
    for (std::uint32_t f = 0; f < hits.family_ids().size(); ++f) families.emplace(hits.family_ids()[f], f);
    for (const TruthRow& row : truth) {
      const auto child = children.find(row.child_id);
      if (child == children.end()) continue;
      const auto [first, last] = families.equal_range(row.family_id);
      for (auto family = first; family != last; ++family) pairs_.insert(key(child->second, family->second));
    }
  }
  bool has(std::uint32_t child, std::uint32_t family) const { return pairs_.count(key(child, family)) != 0; }

 private:
  static std::uint64_t key(std::uint32_t child, std::uint32_t family) { return std::uint64_t{child} << 32U | family; }
  static std::unordered_map<std::string, std::uint32_t> numbers_of(const std::vector<std::string>& ids) {
    std::unordered_map<std::string, std::uint32_t> numbers;
    for (std::uint32_t i = 0; i < ids.size(); ++i) numbers.emplace(ids[i], i);
    return numbers;
  }
  std::unordered_set<std::uint64_t> pairs_;
};

using Levels = std::array<std::uint32_t, 4>;

/// By child as the hits number them: the order of the source's children.
std::vector<Levels> chance_hits_of(HitsReader& hits, const TruePairs& truth) {
  std::vector<Levels> result(hits.child_ids().size());
  std::vector<Hit> buffer(65536);
  hits.rewind();
  while (const std::size_t n = hits.next(buffer.data(), buffer.size()))
    for (std::size_t i = 0; i < n; ++i) {
      const Hit& hit = buffer[i];
      if (hit.family_b != kNoFamily || truth.has(hit.child, hit.family)) continue;
      for (std::size_t level = 0; level < kCheckedLog10.size(); ++level)
        result[hit.child][level] += hit.log10_lr >= kCheckedLog10[level] ? 1U : 0U;
    }
  return result;
}

}  // namespace

std::array<std::uint64_t, 4> joint_chance(HitsReader& hits, const std::vector<TruthRow>& truth) {
  const TruePairs pairs(truth, hits);
  std::array<std::uint64_t, 4> found{};
  std::vector<Hit> buffer(65536);
  hits.rewind();
  while (const std::size_t n = hits.next(buffer.data(), buffer.size()))
    for (std::size_t i = 0; i < n; ++i) {
      const Hit& hit = buffer[i];
      if (hit.family_b == kNoFamily || pairs.has(hit.child, hit.family) || pairs.has(hit.child, hit.family_b)) continue;
      for (std::size_t level = 0; level < kJointLog10.size(); ++level) found[level] += hit.log10_lr >= kJointLog10[level] ? 1U : 0U;
    }
  return found;
}

std::vector<KitChance> chance_by_kit(HitsReader& hits, const std::vector<TruthRow>& truth, const ProfileSource& source,
                                     const EffectivePopulation& population, const RunBelief& belief) {
  std::vector<KitChance> result;
  if (belief.classes.empty()) return result;
  const ChildClasses classes = child_classes(source, population);
  if (classes.classes.size() != belief.classes.size() || classes.of_child.size() != hits.child_ids().size())
    throw Error(ErrorKind::input, "the children of the store are not those of the run: their kits differ");
  const std::vector<Levels> of_child = chance_hits_of(hits, TruePairs(truth, hits));
  std::vector<std::array<double, 4>> squares(belief.classes.size());
  for (const ChanceRow& row : belief.classes) {
    result.emplace_back();
    result.back().children = row.children;
    result.back().expected = row.expected;
  }
  for (std::size_t i = 0; i < classes.of_child.size(); ++i) {
    const std::size_t c = classes.of_child[i];
    const Levels& levels = of_child[i];
    for (std::size_t level = 0; level < levels.size(); ++level) {
      result[c].found[level] += levels[level];
      squares[c][level] += static_cast<double>(levels[level]) * levels[level];
    }
  }
  for (std::size_t c = 0; c < result.size(); ++c)
    for (std::size_t level = 0; level < kCheckedLog10.size(); ++level) {
      const auto n = static_cast<double>(classes.classes[c].n_children), found = static_cast<double>(result[c].found[level]);
      result[c].sd[level] = std::sqrt(std::max(0.0, squares[c][level] - found * found / n));
    }
  return result;
}

}  // namespace homeward::cli
