// How a search is cut into pieces (docs/adr/0006-slices.md).
#include <algorithm>
#include <numeric>

#include "homeward/search_session.hpp"

namespace homeward {

namespace {

// A slice is small beside a batch of slices, so that parts of equal cost can be made of them, and long beside the work of
// starting one.
constexpr std::uint64_t kSlices = 1024, kLeastCost = std::uint64_t{1} << 16U, kMostCost = std::uint64_t{1} << 28U;

/// Cost of a family in look-ups of the scan: one per child and hypothesis, and the compilation, of which these are round
/// estimates: only the balance of shards depends on them.
std::uint64_t family_cost(const Family& family, std::uint64_t n_children) {
  switch (family.shape) {
    case FamilyShape::father:
    case FamilyShape::mother:
      return n_children + 5'000;
    case FamilyShape::parent:
      return 2 * n_children + 10'000;
    case FamilyShape::couple:
      return 3 * n_children + 400'000;
    case FamilyShape::pedigree:
      return n_children + 400'000 * (1 + family.typed.size());
  }
  return n_children;
}

}  // namespace

std::vector<SearchArea> whole_area(const ProfileSource& source) {
  SearchArea area{source.children(), std::vector<std::uint32_t>(source.families().size())};
  std::iota(area.families.begin(), area.families.end(), 0U);
  return {area};
}

std::vector<Slice> cut_slices(const ProfileSource& source, const std::vector<SearchArea>& areas) {
  const auto cost_of = [&](const SearchArea& area, std::size_t i) {
    return family_cost(source.families()[area.families[i]], area.children.size());
  };
  std::uint64_t total = 0;
  for (const SearchArea& area : areas)
    if (!area.children.empty())
      for (std::size_t i = 0; i < area.families.size(); ++i) total += cost_of(area, i);
  const std::uint64_t wanted = std::clamp(total / kSlices, kLeastCost, kMostCost);

  std::vector<Slice> slices;
  for (std::uint32_t a = 0; a < areas.size(); ++a) {
    const SearchArea& area = areas[a];
    if (area.children.empty() || area.families.empty()) continue;
    Slice slice{a, 0, 0, 0};
    for (std::uint32_t i = 0; i < area.families.size(); ++i) {
      slice.cost += cost_of(area, i);
      slice.end = i + 1;
      if (slice.cost < wanted && slice.end < area.families.size()) continue;
      slices.push_back(slice);
      slice = {a, slice.end, slice.end, 0};
    }
  }
  return slices;
}

SliceRange part_of(const std::vector<Slice>& slices, std::uint32_t part, std::uint32_t parts) {
  std::vector<std::uint64_t> cost_before{0};
  for (const Slice& slice : slices) cost_before.push_back(cost_before.back() + slice.cost);
  const std::uint64_t total = cost_before.back();
  // The first slice whose middle lies at or beyond the share: both neighbours compute the same border.
  const auto border = [&](std::uint32_t p) {
    const long double share = static_cast<long double>(total) * p / parts;
    std::uint32_t i = 0;
    while (i < slices.size() && static_cast<long double>(cost_before[i]) + static_cast<long double>(slices[i].cost) / 2 < share) ++i;
    return i;
  };
  return {border(part), border(part + 1)};
}

}  // namespace homeward
