#include "calibration.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <unordered_map>

#include "base/text.hpp"
#include "candidate_rows.hpp"
#include "homeward/posterior.hpp"
#include "rank_belief.hpp"
#include "report/cells.hpp"

namespace homeward::cli {

namespace {

constexpr std::array<double, 4> kFdr{0.01, 0.05, 0.1, 0.2};
constexpr std::size_t kChildColumn = 1, kFamilyColumn = 2, kHypothesisColumn = 3;

std::vector<PosteriorBin> empty_bins() {
  std::vector<PosteriorBin> bins;
  const std::vector<double> edges{0.0, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 1.0};
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    PosteriorBin bin;
    bin.low = edges[i];
    bin.high = edges[i + 1];
    bins.push_back(bin);
  }
  return bins;
}

/// The relation of a pair by its ids as the tables write them.
class Truth {
 public:
  explicit Truth(const std::vector<TruthRow>& rows) {
    for (const TruthRow& row : rows) relation_[cell(row.child_id) + '\t' + cell(row.family_id)] = row.relation;
  }
  const std::string* find(const std::string& child, const std::string& family) const {
    const auto found = relation_.find(child + '\t' + family);
    return found == relation_.end() ? nullptr : &found->second;
  }
  bool is_child(const std::string& child, const std::string& family) const {
    const std::string* relation = find(child, family);
    return relation != nullptr && *relation == "child";
  }

 private:
  static std::string cell(const std::string& id) {
    std::string text;
    put_text(text, id);
    return text;
  }
  std::unordered_map<std::string, std::string> relation_;
};

}  // namespace

Calibration calibrate(const std::filesystem::path& candidates, const std::vector<TruthRow>& rows) {
  const Truth truth(rows);
  Calibration result;
  result.bins = empty_bins();
  std::vector<std::pair<double, bool>> all;
  for_each_candidate(candidates, [&](CandidateRow&& row) {
    const std::optional<double> posterior = parse_double(row[kPosterior]);
    if (!posterior) return true;
    const std::string& child = row[kChildColumn];
    const std::string& family = row[kFamilyColumn];
    const bool joint = row[kHypothesisColumn] == to_string(Hypothesis::undeclared_couple);
    const std::size_t plus = family.find('+');
    const bool is_true =
        joint ? plus != std::string::npos && truth.is_child(child, family.substr(0, plus)) && truth.is_child(child, family.substr(plus + 1))
              : truth.is_child(child, family);
    PosteriorBin& bin =
        *std::find_if(result.bins.begin(), result.bins.end() - 1, [&](const PosteriorBin& b) { return *posterior < b.high; });
    ++bin.rows;
    bin.true_rows += is_true ? 1 : 0;
    bin.expected += *posterior;
    bin.variance += *posterior * (1.0 - *posterior);
    all.emplace_back(*posterior, is_true);
    if (joint) return true;
    result.expected_true += *posterior;
    result.expected_relatives += parse_double(row[kPosteriorRelative]).value_or(0.0);
    result.true_rows += is_true ? 1 : 0;
    result.relative_rows += !is_true && truth.find(child, family) != nullptr ? 1 : 0;
    return true;
  });
  std::stable_sort(all.begin(), all.end(), [](const auto& l, const auto& r) { return l.first > r.first; });
  std::vector<double> posteriors;
  for (const auto& [posterior, is_true] : all) posteriors.push_back(posterior);
  for (const double fdr : kFdr) {
    FdrLevel level;
    level.fdr = fdr;
    level.rows = rows_within_fdr(posteriors, fdr);
    double variance = 0.0;
    for (std::size_t i = 0; i < level.rows; ++i) {
      const auto& [posterior, is_true] = all[i];
      level.false_rows += is_true ? 0 : 1;
      level.expected_false += 1.0 - posterior;
      variance += posterior * (1.0 - posterior);
    }
    level.sd = std::sqrt(variance);
    result.fdr.push_back(level);
  }
  return result;
}

}  // namespace homeward::cli
