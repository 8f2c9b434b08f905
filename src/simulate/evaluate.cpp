// What a search found of what is true.
#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "homeward/simulate.hpp"

namespace homeward {

namespace {

constexpr std::string_view kTrueRelation = "child";

/// One pass over the hits, best first.
class HitTally {
 public:
  HitTally(const std::vector<TruthRow>& truth, const std::vector<PairScore>& scores, double min_log10_lr,
           const std::vector<std::string>& child_ids, const std::vector<std::string>& family_ids, Evaluation& result)
      : truth_(truth),
        scores_(scores),
        min_log10_lr_(min_log10_lr),
        result_(result),
        hits_of_child_(child_ids.size()),
        hits_of_family_(family_ids.size()),
        child_done_(child_ids.size()),
        row_done_(truth.size()) {
    const auto children = numbers(child_ids);
    const auto families = numbers(family_ids);
    for (std::uint32_t row = 0; row < truth.size(); ++row) {
      const auto child = children.find(truth[row].child_id);
      const auto family = families.find(truth[row].family_id);
      if (child == children.end() || family == families.end()) continue;
      for (const std::uint32_t f : family->second) rows_.emplace(key(child->second.front(), f), row);
    }
  }

  void add(const Hit& hit) {
    const std::uint64_t rank_for_child = ++hits_of_child_[hit.child];
    const std::uint32_t* row = find(hit.child, hit.family);
    bool is_true = is_true_row(row);
    if (hit.family_b == kNoFamily) {
      add_single(hit, row, ++hits_of_family_[hit.family]);
    } else {
      const std::uint32_t* row_b = find(hit.child, hit.family_b);
      const int n_true = (is_true ? 1 : 0) + (is_true_row(row_b) ? 1 : 0);
      ++result_.joint_hits;
      if (n_true == 2) ++result_.joint_both_true;
      if (n_true == 1) ++result_.joint_one_true;
      if (row == nullptr && row_b == nullptr) ++result_.joint_chance;
      is_true = n_true > 0;
    }
    if (is_true && std::exchange(child_done_[hit.child], 1) == 0) count_rank(rank_for_child, result_.family_rank_at_most);
  }

 private:
  static std::uint64_t key(std::uint32_t child, std::uint32_t family) { return std::uint64_t{child} << 32U | family; }
  static void count_rank(std::uint64_t rank, std::array<std::uint64_t, 4>& at_most) {
    for (std::size_t i = 0; i < kRankLimits.size(); ++i) at_most[i] += rank <= kRankLimits[i] ? 1 : 0;
  }
  /// An id may stand several times: a family has one entry per slot.
  static std::unordered_map<std::string, std::vector<std::uint32_t>> numbers(const std::vector<std::string>& ids) {
    std::unordered_map<std::string, std::vector<std::uint32_t>> numbers;
    for (std::uint32_t i = 0; i < ids.size(); ++i) numbers[ids[i]].push_back(i);
    return numbers;
  }

  const std::uint32_t* find(std::uint32_t child, std::uint32_t family) const {
    const auto it = rows_.find(key(child, family));
    return it == rows_.end() ? nullptr : &it->second;
  }
  bool is_true_row(const std::uint32_t* row) const { return row != nullptr && truth_[*row].relation == kTrueRelation; }

  void add_single(const Hit& hit, const std::uint32_t* row, std::uint64_t rank_for_family) {
    if (row == nullptr) {
      ++result_.chance_hits;
      for (std::size_t i = 0; i < kEvaluatedLog10.size(); ++i) result_.chance_hits_at[i] += hit.log10_lr >= kEvaluatedLog10[i] ? 1 : 0;
      return;
    }
    if (std::exchange(row_done_[*row], 1) != 0) return;  // a further slot of the same family; the best comes first
    if (!is_true_row(row)) {
      ++result_.related_hits[truth_[*row].relation];
      return;
    }
    count_rank(rank_for_family, result_.child_rank_at_most);
    const PairScore& score = scores_[*row];
    const bool reaches = score.state == PairScore::State::scored && score.log10_lr >= min_log10_lr_;
    ++(reaches ? result_.true_pairs_reported : result_.true_pairs_reported_below);
    if (score.state == PairScore::State::scored)
      result_.max_log10_lr_difference = std::max(result_.max_log10_lr_difference, std::abs(hit.log10_lr - score.log10_lr));
  }

  const std::vector<TruthRow>& truth_;
  const std::vector<PairScore>& scores_;
  double min_log10_lr_;
  Evaluation& result_;
  std::unordered_map<std::uint64_t, std::uint32_t> rows_;  ///< (child, family) -> row of the truth
  std::vector<std::uint64_t> hits_of_child_, hits_of_family_;
  std::vector<char> child_done_, row_done_;  ///< flags
};

void count_truth(const std::vector<TruthRow>& truth, const std::vector<PairScore>& scores, double min_log10_lr, Evaluation& result) {
  std::unordered_set<std::string> children, families;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (truth[i].relation != kTrueRelation) {
      ++result.related_rows[truth[i].relation];
      result.related_hits.emplace(truth[i].relation, 0);
      continue;
    }
    ++result.true_pairs;
    children.insert(truth[i].child_id);
    families.insert(truth[i].family_id);
    switch (scores[i].state) {
      case PairScore::State::not_in_store:
        ++result.true_pairs_not_in_store;
        break;
      case PairScore::State::no_shared_locus:
        ++result.true_pairs_no_shared_locus;
        break;
      case PairScore::State::same_person:
        ++result.true_pairs_same_person;
        break;
      case PairScore::State::scored:
        result.true_pairs_at_threshold += scores[i].log10_lr >= min_log10_lr ? 1 : 0;
        for (std::size_t k = 0; k < kEvaluatedLog10.size(); ++k)
          result.true_pairs_at[k] += scores[i].log10_lr >= kEvaluatedLog10[k] ? 1 : 0;
        break;
    }
  }
  result.true_children = children.size();
  result.true_families = families.size();
}

}  // namespace

Evaluation evaluate(const std::vector<TruthRow>& truth, const std::vector<PairScore>& scores, double min_log10_lr, HitStream& hits,
                    const std::vector<std::string>& child_ids, const std::vector<std::string>& family_ids) {
  Evaluation result;
  count_truth(truth, scores, min_log10_lr, result);
  HitTally tally(truth, scores, min_log10_lr, child_ids, family_ids, result);
  std::vector<Hit> buffer(65536);
  hits.rewind();
  while (const std::size_t n = hits.next(buffer.data(), buffer.size()))
    for (std::size_t i = 0; i < n; ++i) tally.add(buffer[i]);
  return result;
}

}  // namespace homeward
