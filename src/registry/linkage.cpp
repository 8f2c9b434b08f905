// Blocking, comparing and clustering of registrations.
#include "homeward/linkage.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <numeric>

#include "registry/linkage_weights.hpp"

namespace homeward {

namespace {

using namespace registry;

struct Keyed {
  std::uint64_t key;
  std::uint32_t record;
  friend bool operator<(const Keyed& l, const Keyed& r) { return l.key != r.key ? l.key < r.key : l.record < r.record; }
};

std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
  std::uint64_t x = a * 0x9E3779B97F4A7C15ULL + b;
  x ^= x >> 29U;
  x *= 0xBF58476D1CE4E5B9ULL;
  return x ^ x >> 32U;
}

constexpr int kDaysOfYear = 365, kDaysOfMonth = 30;
constexpr int kMostYears = 4, kMostMonths = 4;

/// Stretches of `days` days that an interval touches: two intervals that overlap touch one together. None when there are too many.
template <class Use>
void stretches(const DateInterval& d, int days, int most, const Use& use) {
  if (!d.known()) return;
  const auto floor_of = [&](int day) { return day >= 0 ? day / days : -((-day + days - 1) / days); };
  const int first = floor_of(d.from), last = floor_of(d.to);
  if (last - first >= most) return;
  for (int k = first; k <= last; ++k) use(static_cast<std::uint64_t>(k + 100'000));
}

/// One way to put records that may be the same into one block.
struct BlockKey {
  bool report_skipped;  ///< a block that is too big is a loss; else other keys part it
  void (*keys)(const LinkageRecord&, const std::function<void(std::uint64_t)>&);
};

using Emit = std::function<void(std::uint64_t)>;

constexpr std::array<BlockKey, 7> kBlockKeys{{
    {true,
     [](const LinkageRecord& r, const Emit& emit) {
       if (r.phone != 0) emit(r.phone);
     }},
    {true,
     [](const LinkageRecord& r, const Emit& emit) {
       if (r.sample != 0) emit(r.sample);
     }},
    {true,
     [](const LinkageRecord& r, const Emit& emit) {
       if (r.id_number != 0) emit(r.id_number);
     }},
    {false,
     [](const LinkageRecord& r, const Emit& emit) {
       if (r.sound != 0) emit(r.sound);
     }},
    {true,
     [](const LinkageRecord& r, const Emit& emit) {
       if (r.sound == 0) return;
       stretches(r.birth, kDaysOfYear, kMostYears, [&](std::uint64_t k) { emit(mixed(r.sound, k)); });
       stretches(r.missing, kDaysOfYear, kMostYears, [&](std::uint64_t k) { emit(mixed(r.sound + 1, k)); });
     }},
    {true,
     [](const LinkageRecord& r, const Emit& emit) {
       if (r.sound != 0 && r.region != 0) emit(mixed(r.sound, r.region));
     }},
    {true,
     [](const LinkageRecord& r, const Emit& emit) {
       if (r.syllables[0] == 0 || r.region == 0) return;
       stretches(r.birth, kDaysOfMonth, kMostMonths, [&](std::uint64_t k) { emit(mixed(mixed(r.syllables[0], r.region), k)); });
     }},
}};

class Linker {
 public:
  Linker(const std::vector<LinkageRecord>& records, double min_probability) : records_(records), min_probability_(min_probability) {
    const ValueFrequencies frequencies(records);
    shares_.reserve(records.size());
    for (const LinkageRecord& record : records) shares_.push_back(frequencies.of(record));
  }

  LinkageResult link() {
    for (const BlockKey& key : kBlockKeys) compare_blocks(key);
    std::sort(links_.begin(), links_.end(), [](const LinkageLink& l, const LinkageLink& r) { return l.a != r.a ? l.a < r.a : l.b < r.b; });
    links_.erase(
        std::unique(links_.begin(), links_.end(), [](const LinkageLink& l, const LinkageLink& r) { return l.a == r.a && l.b == r.b; }),
        links_.end());
    result_.links = links_.size();
    cluster();
    return std::move(result_);
  }

 private:
  void compare_blocks(const BlockKey& key) {
    std::vector<Keyed> keyed;
    for (std::uint32_t i = 0; i < records_.size(); ++i) key.keys(records_[i], [&](std::uint64_t value) { keyed.push_back({value, i}); });
    std::sort(keyed.begin(), keyed.end());
    for (std::size_t begin = 0; begin < keyed.size();) {
      std::size_t end = begin;
      while (end < keyed.size() && keyed[end].key == keyed[begin].key) ++end;
      if (end - begin > LinkageResult::kMostInBlock) {
        result_.blocks_skipped += key.report_skipped ? 1 : 0;
      } else {
        for (std::size_t i = begin; i < end; ++i)
          for (std::size_t j = i + 1; j < end; ++j) compare_pair(keyed[i].record, keyed[j].record);
      }
      begin = end;
    }
  }

  /// Who seeks a child and who seeks a family never register the same thing: that is for DNA to say.
  static bool comparable(const LinkageRecord& a, const LinkageRecord& b) {
    return a.category == b.category || a.category == RegistrationCategory::unknown || b.category == RegistrationCategory::unknown;
  }

  void compare_pair(std::uint32_t a, std::uint32_t b) {
    if (a == b || !comparable(records_[a], records_[b])) return;
    ++result_.pairs_compared;
    const LinkageWeight weight = compare(records_[a], records_[b], shares_[a]);
    if (weight.log10_lr_sib < 0.0 || link_probability(weight.log10_lr, records_.size()) < min_probability_) return;
    links_.push_back({a, b, weight});
  }

  std::uint32_t root(std::uint32_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }

  bool may_join(const std::vector<std::uint32_t>& l, const std::vector<std::uint32_t>& r) const {
    for (const std::uint32_t a : l)
      for (const std::uint32_t b : r)
        if (!comparable(records_[a], records_[b]) || contradicts(compare(records_[a], records_[b], shares_[a]))) return false;
    return true;
  }

  void cluster() {
    std::vector<std::uint32_t> order(links_.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t l, std::uint32_t r) {
      return links_[l].weight.log10_lr != links_[r].weight.log10_lr ? links_[l].weight.log10_lr > links_[r].weight.log10_lr : l < r;
    });
    parent_.resize(records_.size());
    std::iota(parent_.begin(), parent_.end(), 0U);
    std::map<std::uint32_t, std::vector<std::uint32_t>> members;
    const auto members_of = [&](std::uint32_t r) { return members.try_emplace(r, std::vector<std::uint32_t>{r}).first->second; };
    std::vector<std::uint32_t> accepted;
    for (const std::uint32_t k : order) {
      const std::uint32_t a = root(links_[k].a), b = root(links_[k].b);
      if (a == b) {
        accepted.push_back(k);
        continue;
      }
      std::vector<std::uint32_t> left = members_of(a);
      const std::vector<std::uint32_t> right = members_of(b);
      if (!may_join(left, right)) {
        ++result_.links_refused;
        continue;
      }
      accepted.push_back(k);
      const std::uint32_t first = std::min(a, b);
      parent_[std::max(a, b)] = first;
      left.insert(left.end(), right.begin(), right.end());
      members.erase(std::max(a, b));
      members[first] = std::move(left);
    }
    collect(members, accepted);
  }

  void collect(std::map<std::uint32_t, std::vector<std::uint32_t>>& members, const std::vector<std::uint32_t>& accepted) {
    std::map<std::uint32_t, std::size_t> place;
    for (auto& [first, records] : members) {
      if (records.size() < 2) continue;
      std::sort(records.begin(), records.end());
      place.emplace(first, result_.clusters.size());
      result_.clusters.push_back({std::move(records), {}});
    }
    for (const std::uint32_t k : accepted) result_.clusters[place.at(root(links_[k].a))].links.push_back(links_[k]);
  }

  const std::vector<LinkageRecord>& records_;
  std::vector<ValueShares> shares_;
  double min_probability_;
  std::vector<LinkageLink> links_;
  std::vector<std::uint32_t> parent_;
  LinkageResult result_;
};

}  // namespace

LinkageResult link_records(const std::vector<LinkageRecord>& records, double min_probability) {
  return Linker(records, min_probability).link();
}

}  // namespace homeward
