#include "score/quantize.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "homeward/error.hpp"

namespace homeward {

namespace {

/// Classes of a locus's alleles: the most frequent first, each to the class with the smallest total frequency so far.
std::vector<std::size_t> fold_alleles(const LocusModel& model, std::size_t n_classes, std::vector<double>& class_frequencies) {
  const std::vector<double>& p = model.frequencies;
  std::vector<std::size_t> by_frequency(p.size());
  std::iota(by_frequency.begin(), by_frequency.end(), std::size_t{0});
  std::stable_sort(by_frequency.begin(), by_frequency.end(), [&](std::size_t l, std::size_t r) { return p[l] > p[r]; });
  class_frequencies.assign(n_classes, 0.0);
  std::vector<std::size_t> class_of(p.size());
  for (const std::size_t allele : by_frequency) {
    const auto lightest =
        static_cast<std::size_t>(std::min_element(class_frequencies.begin(), class_frequencies.end()) - class_frequencies.begin());
    class_of[allele] = lightest;
    class_frequencies[lightest] += p[allele];
  }
  return class_of;
}

/// Steps of cost per log10 unit are capped here, so that the slack below stays far above rounding errors.
constexpr double kMaxScale = 1024.0;
constexpr double kMaxBudget = 254.0;
/// Slack, in steps, of each rounding. The products and differences behind one entry are wrong by at most a few units in
/// the last place of 255, that is 1e-13 steps.
constexpr double kStepSlack = 1e-6;

}  // namespace

ScanAlphabet::ScanAlphabet(const EffectivePopulation& population, std::size_t max_classes) {
  if (max_classes < 1 || max_classes > kMaxClasses)
    throw Error(ErrorKind::usage, "a scan alphabet has 1 to 15 classes per locus, not " + std::to_string(max_classes));
  loci_.reserve(population.loci.size());
  for (const LocusModel& model : population.loci) {
    const std::size_t n = model.frequencies.size();
    const std::size_t n_classes = std::min(max_classes, n);
    std::vector<double> q;
    const std::vector<std::size_t> class_of = fold_alleles(model, n_classes, q);
    FoldedLocus folded;
    folded.codes.assign(genotype_code_count(n), 0);
    folded.shares.assign(genotype_code_count(n_classes), 0.0);
    const auto code = [](std::size_t i, std::size_t j) { return genotype_code(static_cast<AlleleIndex>(i), static_cast<AlleleIndex>(j)); };
    for (std::size_t y = 0; y < n; ++y)
      for (std::size_t x = 0; x <= y; ++x) folded.codes[code(x, y)] = static_cast<std::uint8_t>(code(class_of[x], class_of[y]));
    for (std::size_t y = 0; y < n_classes; ++y)
      for (std::size_t x = 0; x <= y; ++x)
        folded.shares[code(x, y)] = static_cast<std::uint16_t>((x == y ? 65535.0 : 131070.0) * q[x] * q[y]);
    loci_.push_back(std::move(folded));
  }
}

std::vector<double> best_by_scan_code(std::span<const double> log10_lr, const ScanAlphabet& alphabet, LocusIndex locus) {
  std::vector<double> best(alphabet.code_count(locus), -std::numeric_limits<double>::infinity());
  const std::span<const std::uint8_t> codes = alphabet.scan_codes(locus);
  for (std::size_t g = 0; g < log10_lr.size(); ++g) best[codes[g]] = std::max(best[codes[g]], log10_lr[g]);
  return best;
}

namespace {

/// Bound on how far the program's own double arithmetic can be from real numbers, in log10 units: adding n scores errs by
/// at most n u sum |s| (u = 1.1e-16), mixing terms by a few u times the result. With best scores >= 0 (untyped scores 0),
/// a child that reaches the threshold T has sum |s| <= 2 total - T. Worked number: 24 loci, total 37.5, T = 0: 2e-13;
/// never taken below 1e-9.
double arithmetic_slack(std::size_t n_loci, double total, double min_log10_lr) {
  const double size = 2.0 * total + std::abs(min_log10_lr) + 1.0;
  return 1e-9 + 4.0 * static_cast<double>(n_loci + 8) * std::numeric_limits<double>::epsilon() * size;
}

/// A locus and what it costs a chance child on average, x 65,535.
struct Telling {
  std::uint32_t expected_cost = 0;
  std::uint16_t locus = 0;
};

/// Costs of one locus, rounded down; false when all are 0.
bool fill_costs(const std::vector<double>& scores, double best, double scale, std::uint8_t* table) {
  std::array<std::int32_t, ScanAlphabet::kTableBytes> steps{};
  // min first: the cost of an impossible genotype (-inf) is infinite, and 255 is over any budget. Truncation rounds down
  // because nothing below 0 is left.
  for (std::size_t code = 0; code < scores.size(); ++code)
    steps[code] = static_cast<std::int32_t>(std::max(0.0, std::min(255.0, (best - scores[code]) * scale - kStepSlack)));
  std::int32_t any = 0;
  for (std::size_t code = 0; code < scores.size(); ++code) {
    table[code] = static_cast<std::uint8_t>(steps[code]);
    any |= steps[code];
  }
  return any != 0;
}

}  // namespace

QuantizedProfile quantize(const ScoringProfile& profile, const ScanAlphabet& alphabet, double min_log10_lr) {
  if (std::isnan(min_log10_lr)) throw Error(ErrorKind::failure, "the threshold of a scan is not a number");
  if (profile.columns.size() > std::numeric_limits<std::uint16_t>::max())
    throw Error(ErrorKind::failure, "a scan takes at most 65,535 loci, this profile has " + std::to_string(profile.columns.size()));
  QuantizedProfile result;
  double total = 0.0;
  for (const auto& column : profile.columns)
    if (column) total += column->best;
  // What scoring linked loci jointly may add to the sum of the loci, the child may lose more at them.
  for (const auto& pair : profile.linked) total += pair->best;
  result.reachable = true;
  if (min_log10_lr == -std::numeric_limits<double>::infinity()) return result;  // no loci, cost 0: everybody survives
  const double allowance = total - min_log10_lr + arithmetic_slack(profile.columns.size(), total, min_log10_lr);
  if (!(allowance >= 0.0)) {
    result.reachable = false;
    return result;
  }

  // One step is 1/254 of what a child may lose, so a child over the allowance overflows the budget. Worked number: 24
  // loci, best sum 24.0, threshold 4: allowance 20.0, scale 12.7 steps per unit. A locus 2.7 below its best costs
  // floor(34.29 - 1e-6) = 34; seven such loci cost 238 <= 254 (18.9 <= 20 below), eight 272 > 254 (21.6 below).
  // Rounded DOWN: a code may look better than it is, never worse. With the budget rounded UP this makes "cost > budget" a
  // proof that the exact score is below the threshold, in floating point too: sum of costs > budget implies
  // (best - score) * scale > allowance * scale, so score < threshold - slack, and the program's sum errs by less.
  const double scale = std::min(kMaxScale, (kMaxBudget - 1e-3) / allowance);
  result.budget = static_cast<std::uint8_t>(std::min(kMaxBudget, std::ceil(allowance * scale + kStepSlack)));

  std::vector<Telling> telling;
  std::vector<std::uint8_t> costs(profile.columns.size() * ScanAlphabet::kTableBytes, 0);
  for (std::size_t locus = 0; locus < profile.columns.size(); ++locus) {
    if (!profile.columns[locus]) continue;
    const LocusScores& column = *profile.columns[locus];
    std::uint8_t* table = costs.data() + locus * ScanAlphabet::kTableBytes;
    if (!fill_costs(column.scan_best, column.best, scale, table)) continue;
    const std::span<const std::uint16_t> shares = alphabet.code_shares(static_cast<LocusIndex>(locus));
    std::uint32_t expected = 0;
    for (std::size_t code = 0; code < shares.size(); ++code) expected += std::uint32_t{shares[code]} * table[code];
    telling.push_back({expected, static_cast<std::uint16_t>(locus)});
  }
  std::sort(telling.begin(), telling.end(), [](const Telling& l, const Telling& r) {
    return l.expected_cost != r.expected_cost ? l.expected_cost > r.expected_cost : l.locus < r.locus;
  });
  result.loci.reserve(telling.size());
  result.tables.resize(telling.size() * ScanAlphabet::kTableBytes);
  for (std::size_t k = 0; k < telling.size(); ++k) {
    result.loci.push_back(telling[k].locus);
    std::copy_n(costs.begin() + static_cast<std::ptrdiff_t>(telling[k].locus * ScanAlphabet::kTableBytes), ScanAlphabet::kTableBytes,
                result.tables.begin() + static_cast<std::ptrdiff_t>(k * ScanAlphabet::kTableBytes));
  }
  return result;
}

double term_threshold(const CompiledFamily& family, std::size_t term, double min_log10_lr) {
  const double weight = family.terms[term].weight;
  if (family.terms.size() == 1 && weight == 1.0) return min_log10_lr;
  std::size_t n = 0;
  for (const ScoringTerm& each : family.terms) n += each.weight > 0.0 ? 1 : 0;
  if (weight <= 0.0) return std::numeric_limits<double>::infinity();
  return min_log10_lr - std::log10(static_cast<double>(n) * weight);
}

}  // namespace homeward
