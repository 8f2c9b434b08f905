#include "homeward/chance.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "decide/family_chance.hpp"
#include "score/mix.hpp"
#include "search/family_tile.hpp"
#include "search/locus_encoder.hpp"
#include "search/parallel.hpp"

namespace homeward {

namespace {

constexpr double kStep = 0.1;
constexpr std::int64_t kChunk = 32;            // families per task
constexpr double kLog10 = 2.302585092994046;   // natural logarithm of 10: exp() takes half the time of pow()
constexpr std::uint32_t kTileFamilies = 8192;  // families whose genotypes are held at once

void add_points(ChanceCurve& curve, const ChanceCurve& other, double factor) {
  if (other.expected.empty()) return;
  if (curve.expected.empty()) {
    curve.step = other.step;
    curve.first = other.first;
  }
  if (curve.expected.size() < other.expected.size()) curve.expected.resize(other.expected.size(), 0.0);
  for (std::size_t k = 0; k < other.expected.size(); ++k) curve.expected[k] += factor * other.expected[k];
}

}  // namespace

double ChanceCurve::at(double log10_lr) const {
  if (expected.empty()) return 0.0;
  const double x = std::max(0.0, log10_lr / step + 0.5 - first);
  const auto k = static_cast<std::size_t>(x);
  if (k >= expected.size()) return 0.0;
  const double part = x - static_cast<double>(k);
  const double next = k + 1 < expected.size() ? expected[k + 1] : 0.0;
  if (!(next > 0.0)) return expected[k] * (1.0 - part);
  return expected[k] * std::pow(next / expected[k], part);
}

double ChanceCurve::where(double count) const {
  std::size_t k = 0;
  while (k < expected.size() && expected[k] > count) ++k;
  return (first + static_cast<double>(k) - 0.5) * step;
}

void ChanceCurve::add(const ChanceCurve& other) { add_points(*this, other, 1.0); }
void ChanceCurve::add_scaled(const ChanceCurve& other, double factor) { add_points(*this, other, factor); }

double chance_of_any(double expected) { return -std::expm1(-expected); }

namespace {

/// Queries in the order of their families.
class QueryOrder {
 public:
  explicit QueryOrder(std::span<const ChanceQuery> queries) : queries_(queries), order_(queries.size()) {
    std::iota(order_.begin(), order_.end(), 0U);
    std::sort(order_.begin(), order_.end(), [&](std::uint32_t l, std::uint32_t r) {
      return queries[l].family != queries[r].family ? queries[l].family < queries[r].family : l < r;
    });
  }
  std::span<const std::uint32_t> of(std::uint32_t first_family, std::uint32_t last_family) const {
    const auto before = [&](std::uint32_t q, std::uint32_t family) { return queries_[q].family < family; };
    const auto begin = std::lower_bound(order_.begin(), order_.end(), first_family, before);
    const auto end = std::lower_bound(begin, order_.end(), last_family, before);
    return {order_.data() + (begin - order_.begin()), static_cast<std::size_t>(end - begin)};
  }

 private:
  std::span<const ChanceQuery> queries_;
  std::vector<std::uint32_t> order_;
};

/// The genotype codes of the children a tile's queries name.
struct QueryChildren {
  std::vector<PersonIndex> persons;
  CodeBlock codes;
  std::size_t column(PersonIndex person) const {
    return static_cast<std::size_t>(std::lower_bound(persons.begin(), persons.end(), person) - persons.begin());
  }
};

QueryChildren read_children(const ProfileSource& source, const LocusEncoder& encoder, std::span<const ChanceQuery> queries,
                            std::span<const std::uint32_t> asked) {
  QueryChildren result;
  for (const std::uint32_t q : asked)
    if (queries[q].child != kNobody) result.persons.push_back(queries[q].child);
  std::sort(result.persons.begin(), result.persons.end());
  result.persons.erase(std::unique(result.persons.begin(), result.persons.end()), result.persons.end());
  ProfileBlock block;
  source.read(result.persons, block);
  result.codes = encoder.codes(block);
  return result;
}

/// What a task's families add up to.
struct TaskCurves {
  std::vector<ChanceCurve> by_class;
  std::array<ChanceCurve, 6> by_shape;
};

/// METHODS eq. 37, mixed by eq. 12.
double relative_log10_lr(const CompiledFamily& family, const CodeBlock& block, std::size_t child) {
  std::array<double, 8> weighted{};
  for (std::size_t t = 0; t < family.terms.size(); ++t) {
    // A product, not a sum of logarithms: 24 factors of at least 1/2 and at most 1/p cannot leave the range of a double, 1,000 can.
    double log10_lr = std::log10(family.terms[t].weight), product = 1.0;
    const auto& columns = family.terms[t].profile.columns;
    for (std::size_t locus = 0; locus < columns.size(); ++locus) {
      const GenotypeCode code = block.codes[locus * block.n_children + child];
      if (code == kUntyped || !columns[locus]) continue;
      product *= kChildOfFullSib * std::exp(kLog10 * columns[locus]->log10_lr[code]) + 1.0 - kChildOfFullSib;
      if (product > 1e100 || product < 1e-100) {
        log10_lr += std::log10(product);
        product = 1.0;
      }
    }
    weighted[t] = log10_lr + std::log10(product);
  }
  return family.terms.empty() ? 0.0 : mix_terms(weighted.data(), family.terms.size());
}

}  // namespace

ChanceHits expected_chance_hits(const ProfileSource& source, const EffectivePopulation& population, const ChildClasses& children,
                                const ChanceOptions& options, std::span<const ChanceQuery> queries) {
  ChanceHits result;
  result.by_class.resize(children.classes.size());
  for (const ChildClass& c : children.classes) result.class_names.push_back(c.name);
  result.in_family.assign(queries.size(), 0.0);
  result.log10_lr_relative.assign(queries.size(), std::numeric_limits<double>::quiet_NaN());
  const QueryOrder order(queries);
  const LocusEncoder encoder(source, population);
  const Compiler compiler(population, options.couple_weights);
  const GenotypeWeights unrelated = unrelated_weights(population);
  ColumnLattices lattices(unrelated, kUnrelatedChild, kStep);
  const auto n_families = static_cast<std::uint32_t>(source.families().size());
  for (std::uint32_t first = 0; first < n_families; first += kTileFamilies) {
    const std::uint32_t count = std::min(kTileFamilies, n_families - first);
    const MemberCalls members = read_members(source, encoder, first, count);
    const QueryChildren asked = read_children(source, encoder, queries, order.of(first, first + count));
    std::vector<TaskCurves> tasks((count + kChunk - 1) / kChunk);
    const auto one_family = [&](FamilyChance& chance, std::uint32_t k, TaskCurves& task) {
      const std::uint32_t family = first + k;
      const CompiledFamily compiled =
          compiler.compile(source.families()[family], {members.calls.data() + members.offset[k], members.n_members[k] * encoder.n_loci()},
                           members.n_members[k]);
      const ChanceCurve& curve = chance.compute(compiled, task.by_class);
      task.by_shape[static_cast<std::size_t>(source.families()[family].shape)].add(curve);
      for (const std::uint32_t q : order.of(family, family + 1)) {
        result.in_family[q] = curve.at(queries[q].log10_lr);
        if (queries[q].child != kNobody)
          result.log10_lr_relative[q] = relative_log10_lr(compiled, asked.codes, asked.column(queries[q].child));
      }
    };
    parallel_for(
        static_cast<std::int64_t>(tasks.size()), options.threads,
        [&] { return FamilyChance(children, lattices, kStep, options.min_log10_lr, Hypotheses::all); },
        [&](FamilyChance& chance, std::int64_t task) {
          TaskCurves& curves = tasks[static_cast<std::size_t>(task)];
          curves.by_class.resize(children.classes.size());
          for (std::int64_t k = task * kChunk; k < std::min<std::int64_t>(count, (task + 1) * kChunk); ++k)
            one_family(chance, static_cast<std::uint32_t>(k), curves);
        },
        [](FamilyChance&) {});
    // In the order of tasks, so that the number of threads changes no bit.
    for (const TaskCurves& task : tasks) {
      for (std::size_t c = 0; c < task.by_class.size(); ++c) result.by_class[c].add(task.by_class[c]);
      for (std::size_t shape = 0; shape < task.by_shape.size(); ++shape) result.by_shape[shape].add(task.by_shape[shape]);
    }
  }
  for (const ChanceCurve& curve : result.by_class) result.run.add(curve);
  return result;
}

std::array<double, 6> missed_by_relatives(const ProfileSource& source, const EffectivePopulation& population, const ChildClasses& children,
                                          const ChanceOptions& options) {
  constexpr std::size_t kAsked = 64;
  std::array<std::vector<std::uint32_t>, 6> families;
  for (std::uint32_t f = 0; f < source.families().size(); ++f) families[static_cast<std::size_t>(source.families()[f].shape)].push_back(f);
  const LocusEncoder encoder(source, population);
  const Compiler compiler(population, options.couple_weights);
  const GenotypeWeights unrelated = unrelated_weights(population);
  ColumnLattices lattices(unrelated, kChildOfFullSib, kStep);
  FamilyChance chance(children, lattices, kStep, options.min_log10_lr, Hypotheses::leading);
  std::vector<ChanceCurve> by_class(children.classes.size());
  double n_children = 0.0;
  for (const ChildClass& c : children.classes) n_children += static_cast<double>(c.n_children);
  std::array<double, 6> missed{};
  for (std::size_t shape = 0; shape < families.size(); ++shape) {
    const std::size_t n = families[shape].size(), asked = std::min(kAsked, n);
    double reached = 0.0;
    for (std::size_t i = 0; i < asked; ++i) {
      const std::uint32_t family = families[shape][i * n / asked];
      const MemberCalls members = read_members(source, encoder, family, 1);
      const CompiledFamily compiled = compiler.compile(source.families()[family], members.calls, members.n_members[0]);
      reached += chance.compute(compiled, by_class).at(options.min_log10_lr) / n_children;
    }
    if (asked > 0 && n_children > 0.0) missed[shape] = std::clamp(1.0 - reached / static_cast<double>(asked), 0.0, 1.0);
  }
  return missed;
}

bool ChanceCheck::alarming(std::size_t level) const {
  const double seen = static_cast<double>(observed[level] - leads[level]);
  return ratio[level] > kAlarmingRatio && seen - kAlarmingRatio * expected[level] > 4.0 * std::sqrt(1.5 * expected[level]);
}

std::vector<ChanceCheck> check_chance_hits(HitStream& hits, const ProfileSource& source, const ChildClasses& children,
                                           const ChanceHits& chance, double min_log10_lr) {
  std::vector<ChanceCheck> checks(children.classes.size());
  const double lead_log10 = chance.run.where(1.0);
  std::vector<std::uint16_t> class_of(source.n_persons(), 0);
  for (std::size_t i = 0; i < children.of_child.size(); ++i) class_of[source.children()[i]] = children.of_child[i];

  std::vector<Hit> buffer(65536);
  hits.rewind();
  while (const std::size_t n = hits.next(buffer.data(), buffer.size()))
    for (std::size_t i = 0; i < n; ++i) {
      const Hit& hit = buffer[i];
      if (hit.family_b != kNoFamily) continue;
      ChanceCheck& check = checks[class_of[hit.child]];
      for (std::size_t level = 0; level < kCheckedLog10.size(); ++level) {
        if (hit.log10_lr < kCheckedLog10[level]) continue;
        ++check.observed[level];
        check.leads[level] += hit.log10_lr >= lead_log10 ? 1 : 0;
      }
    }
  for (std::size_t c = 0; c < checks.size(); ++c) {
    ChanceCheck& check = checks[c];
    check.class_name = children.classes[c].name;
    check.n_children = children.classes[c].n_children;
    const double above = chance.by_class[c].at(lead_log10);
    for (std::size_t level = 0; level < kCheckedLog10.size(); ++level) {
      const bool counted = kCheckedLog10[level] >= min_log10_lr;
      check.expected[level] = counted ? chance.by_class[c].at(kCheckedLog10[level]) : std::numeric_limits<double>::quiet_NaN();
      check.ratio[level] = static_cast<double>(check.observed[level] - check.leads[level]) / (check.expected[level] - above);
      if (!(check.expected[level] > above)) check.ratio[level] = std::numeric_limits<double>::quiet_NaN();
    }
  }
  return checks;
}

}  // namespace homeward
