#include <algorithm>
#include <bit>
#include <unordered_map>

#include "homeward/report.hpp"

namespace homeward {

namespace {

constexpr std::uint32_t kNone = 0xFFFFFFFFU;

bool shares_family(std::uint32_t family, std::uint32_t family_b, const Hit& hit) {
  const auto in_hit = [&](std::uint32_t one) { return one != kNoFamily && (one == hit.family || one == hit.family_b); };
  return in_hit(family) || in_hit(family_b);
}

bool same_score(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

/// Chooses rows while the hits pass by, best first, and looks back for gaps and ties.
class Selector {
 public:
  Selector(std::size_t n_persons, std::size_t n_families, std::uint32_t top_k)
      : top_k_(top_k),
        child_count_(n_persons, 0),
        family_count_(n_families, 0),
        waiting_(n_persons, kNone),
        last_of_child_(n_persons),
        last_of_family_(n_families) {}

  void add(const Hit& hit) {
    settle_gaps(hit);
    const bool ties_family = mark_child_ties(hit);
    const bool ties_child = mark_family_ties(hit);
    // Each on its own line: all counters advance, whichever of them chooses the hit.
    const bool by_child = count(child_count_[hit.child]);
    const bool by_family = count(family_count_[hit.family]);
    const bool by_family_b = hit.family_b != kNoFamily && count(family_count_[hit.family_b]);
    const bool chosen = by_child || by_family || by_family_b;
    std::uint32_t row = kNone;
    if (chosen) {
      row = static_cast<std::uint32_t>(selection_.rows.size());
      Candidate candidate;
      candidate.hit = hit;
      candidate.tie_family = ties_family;
      candidate.tie_child = ties_child;
      selection_.rows.push_back(candidate);
      next_waiting_.push_back(waiting_[hit.child]);
      waiting_[hit.child] = row;
    } else {
      ++selection_.cut;
    }
    remember(hit, row);
  }

  CandidateSelection take() { return std::move(selection_); }

 private:
  /// The newest hit of a child or family, listed or not.
  struct Last {
    double log10_lr = 0.0;
    std::uint32_t family = kNoFamily, family_b = kNoFamily;  ///< kNoFamily: there was none
    std::uint32_t row = kNone;
  };
  struct Tied {
    std::uint32_t family, family_b, row;
  };

  void remember(const Hit& hit, std::uint32_t row) {
    const auto group = child_ties_.find(hit.child);
    if (group != child_ties_.end()) group->second.push_back({hit.family, hit.family_b, row});
    last_of_child_[hit.child] = {hit.log10_lr, hit.family, hit.family_b, row};
    if (hit.family_b == kNoFamily) last_of_family_[hit.family] = last_of_child_[hit.child];
  }

  bool count(std::uint32_t& counter) const {
    if (counter >= top_k_) return false;
    ++counter;
    return true;
  }

  /// Rows of the child that wait for its next hit of another family: this may be it.
  void settle_gaps(const Hit& hit) {
    std::uint32_t* link = &waiting_[hit.child];
    while (*link != kNone) {
      Candidate& row = selection_.rows[*link];
      if (shares_family(row.hit.family, row.hit.family_b, hit)) {
        link = &next_waiting_[*link];
        continue;
      }
      row.gap_to_next = row.hit.log10_lr - hit.log10_lr;
      *link = next_waiting_[*link];
    }
  }

  /// Equal scores of a child follow each other. They are kept together only while there are at least two.
  bool mark_child_ties(const Hit& hit) {
    const Last& last = last_of_child_[hit.child];
    if (last.family == kNoFamily || !same_score(last.log10_lr, hit.log10_lr)) {
      child_ties_.erase(hit.child);
      return false;
    }
    std::vector<Tied>& group = child_ties_[hit.child];
    if (group.empty()) group.push_back({last.family, last.family_b, last.row});
    bool ties = false;
    for (const Tied& tied : group) {
      if (shares_family(tied.family, tied.family_b, hit)) continue;
      ties = true;
      if (tied.row != kNone) selection_.rows[tied.row].tie_family = true;
    }
    return ties;
  }

  bool mark_family_ties(const Hit& hit) {
    if (hit.family_b != kNoFamily) return false;
    const Last& last = last_of_family_[hit.family];
    if (last.family == kNoFamily || !same_score(last.log10_lr, hit.log10_lr)) return false;
    if (last.row != kNone) selection_.rows[last.row].tie_child = true;
    return true;
  }

  std::uint32_t top_k_;
  CandidateSelection selection_;
  std::vector<std::uint32_t> child_count_, family_count_;
  std::vector<std::uint32_t> waiting_;       ///< by child: its newest row without a gap, a list through next_waiting_
  std::vector<std::uint32_t> next_waiting_;  ///< by row
  std::vector<Last> last_of_child_, last_of_family_;
  std::unordered_map<std::uint32_t, std::vector<Tied>> child_ties_;
};

}  // namespace

CandidateSelection select_candidates(HitStream& hits, std::size_t n_persons, std::size_t n_families, std::uint32_t top_k) {
  hits.rewind();
  Selector selector(n_persons, n_families, top_k);
  std::vector<Hit> buffer(4096);
  while (const std::size_t n = hits.next(buffer.data(), buffer.size()))
    for (std::size_t i = 0; i < n; ++i) selector.add(buffer[i]);
  return selector.take();
}

}  // namespace homeward
