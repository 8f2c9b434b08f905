#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>

#include "homeward/chance.hpp"
#include "search/locus_encoder.hpp"
#include "search/pair_counts.hpp"

namespace homeward {

namespace {

constexpr std::size_t kMostClasses = 12;
constexpr double kMissingShare = 0.15;  // of a class's commonest mask
constexpr double kLeastShare = 0.002;   // of all children
constexpr std::uint64_t kLeastChildren = 20;
constexpr std::size_t kBlock = 8192;

struct MaskGroup {
  LocusMask mask;
  std::uint64_t count = 0;
  std::size_t group = 0;
};

std::size_t size_of(const LocusMask& mask) {
  std::size_t n = 0;
  for (const std::uint64_t word : mask) n += static_cast<std::size_t>(std::popcount(word));
  return n;
}

std::size_t distance(const LocusMask& a, const LocusMask& b) {
  std::size_t n = 0;
  for (std::size_t i = 0; i < a.size(); ++i) n += static_cast<std::size_t>(std::popcount(a[i] ^ b[i]));
  return n;
}

bool is_subset(const LocusMask& part, const LocusMask& whole) {
  for (std::size_t i = 0; i < part.size(); ++i)
    if ((part[i] & ~whole[i]) != 0) return false;
  return true;
}

std::vector<LocusMask> read_masks(const ProfileSource& source, const EffectivePopulation& population) {
  const LocusEncoder encoder(source, population);
  const std::vector<PersonIndex>& children = source.children();
  std::vector<LocusMask> masks;
  masks.reserve(children.size());
  ProfileBlock block;
  for (std::size_t begin = 0; begin < children.size(); begin += kBlock) {
    const std::size_t end = std::min(children.size(), begin + kBlock);
    source.read({children.begin() + static_cast<std::ptrdiff_t>(begin), children.begin() + static_cast<std::ptrdiff_t>(end)}, block);
    const CodeBlock codes = encoder.codes(block);
    for (std::size_t i = 0; i < codes.n_children; ++i) {
      LocusMask mask((encoder.n_loci() + 63) / 64);
      for (std::size_t locus = 0; locus < encoder.n_loci(); ++locus)
        if (codes.codes[locus * codes.n_children + i] != kUntyped) mask[locus / 64] |= std::uint64_t{1} << (locus % 64);
      masks.push_back(std::move(mask));
    }
  }
  return masks;
}

/// Masks by count, commonest first; the centre of each class, and the class of every mask.
class Grouping {
 public:
  explicit Grouping(const std::vector<LocusMask>& masks) {
    std::map<LocusMask, std::uint64_t> counts;
    for (const LocusMask& mask : masks) ++counts[mask];
    for (const auto& [mask, count] : counts) groups_.push_back({mask, count, kNone});
    std::stable_sort(groups_.begin(), groups_.end(), [](const MaskGroup& l, const MaskGroup& r) { return l.count > r.count; });
    total_ = masks.size();
    choose_centres();
    join_rest();
  }
  std::map<LocusMask, std::size_t> classes() const {
    std::map<LocusMask, std::size_t> result;
    for (const MaskGroup& g : groups_) result.emplace(g.mask, g.group);
    return result;
  }
  const std::vector<LocusMask>& centres() const { return centres_; }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  void choose_centres() {
    for (const MaskGroup& candidate : groups_) {
      if (candidate.group != kNone || centres_.size() == kMostClasses) continue;
      const auto most_missing =
          std::max<std::size_t>(1, static_cast<std::size_t>(kMissingShare * static_cast<double>(size_of(candidate.mask))));
      const LocusMask centre = candidate.mask;
      std::uint64_t n = 0;
      const auto joins = [&](const MaskGroup& g) {
        return g.group == kNone && is_subset(g.mask, centre) && distance(g.mask, centre) <= most_missing;
      };
      for (const MaskGroup& g : groups_) n += joins(g) ? g.count : 0;
      const bool too_few = n < kLeastChildren || static_cast<double>(n) < kLeastShare * static_cast<double>(total_);
      if (too_few && !centres_.empty()) continue;
      for (MaskGroup& g : groups_)
        if (joins(g)) g.group = centres_.size();
      centres_.push_back(centre);
    }
  }

  void join_rest() {
    for (MaskGroup& g : groups_) {
      if (g.group != kNone) continue;
      g.group = 0;
      for (std::size_t c = 1; c < centres_.size(); ++c)
        if (distance(g.mask, centres_[c]) < distance(g.mask, centres_[g.group])) g.group = c;
    }
  }

  std::vector<MaskGroup> groups_;
  std::vector<LocusMask> centres_;
  std::uint64_t total_ = 0;
};

std::string class_name(const std::map<std::string, std::uint64_t>& kits, std::size_t n_loci) {
  std::string commonest;
  std::uint64_t most = 0;
  for (const auto& [kit, count] : kits)
    if (!kit.empty() && count > most) {
      commonest = kit;
      most = count;
    }
  return commonest.empty() ? fmt::format("{} loci", n_loci) : fmt::format("{}, {} loci", commonest, n_loci);
}

}  // namespace

ChildClasses child_classes(const ProfileSource& source, const EffectivePopulation& population) {
  const std::vector<LocusMask> masks = read_masks(source, population);
  ChildClasses result;
  if (masks.empty()) return result;
  const Grouping grouping(masks);
  const std::map<LocusMask, std::size_t> classes = grouping.classes();
  result.classes.resize(grouping.centres().size());
  for (ChildClass& c : result.classes) c.typed.assign(population.loci.size(), 0.0);
  std::vector<std::map<std::string, std::uint64_t>> kits(result.classes.size());
  for (std::size_t i = 0; i < masks.size(); ++i) {
    const std::size_t index = classes.at(masks[i]);
    result.of_child.push_back(static_cast<std::uint16_t>(index));
    ChildClass& c = result.classes[index];
    ++c.n_children;
    ++kits[index][source.person(source.children()[i]).kit];
    for (std::size_t locus = 0; locus < c.typed.size(); ++locus)
      c.typed[locus] += static_cast<double>(masks[i][locus / 64] >> (locus % 64) & 1U);
  }
  for (std::size_t index = 0; index < result.classes.size(); ++index) {
    ChildClass& c = result.classes[index];
    for (double& share : c.typed) share /= static_cast<double>(c.n_children);
    c.name = class_name(kits[index], size_of(grouping.centres()[index]));
  }
  return result;
}

}  // namespace homeward
