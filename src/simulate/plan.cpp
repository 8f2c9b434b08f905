#include "simulate/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "homeward/error.hpp"

namespace homeward {

namespace {

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorKind::usage, message); }

void check_fraction(const char* name, double value) {
  if (!(value >= 0.0 && value <= 1.0)) refuse(fmt::format("{} is {}, expected a number from 0 to 1", name, value));
}

void check_options(const SimulationOptions& options) {
  check_fraction("--couples", options.couples);
  check_fraction("--apart", options.apart);
  check_fraction("--one-parent", options.one_parent);
  check_fraction("--missing", options.missing);
  check_fraction("--dropout", options.dropout);
  check_fraction("--typing-error", options.typing_error);
  constexpr std::uint64_t kMost = 100'000'000;  // ids and row numbers are 32-bit
  if (options.n_children > kMost || options.n_families > kMost || options.n_pedigrees > kMost)
    refuse(fmt::format("at most {} children and as many families can be simulated", kMost));
  if (options.pedigrees_related > options.n_pedigrees)
    refuse(fmt::format("--pedigrees-related is {}, but there are only {} families of relatives (--pedigrees)", options.pedigrees_related,
                       options.n_pedigrees));
  if (options.kits.empty()) refuse("no kit given: everybody would be untyped");
  for (const KitShare& kit : options.kits)
    if (!(kit.weight > 0.0) || !std::isfinite(kit.weight)) refuse("the share of kit " + kit.name + " must be a positive number");
}

std::uint64_t rounded(double fraction, std::uint64_t n) {
  return static_cast<std::uint64_t>(std::llround(fraction * static_cast<double>(n)));
}

/// Units (couples and single parents) that make exactly n families: the couples registered apart count twice.
struct UnitCounts {
  std::uint64_t units = 0, couples = 0, apart = 0;
};
UnitCounts count_units(const SimulationOptions& options) {
  const std::uint64_t n = options.n_families;
  UnitCounts counts;
  counts.units = static_cast<std::uint64_t>(static_cast<double>(n) / (1.0 + options.couples * options.apart));
  // Rounding may leave a family or two over: first down to what surely fits, then up with single parents.
  const auto fill = [&] {
    counts.couples = rounded(options.couples, counts.units);
    counts.apart = rounded(options.apart, counts.couples);
  };
  for (fill(); counts.units + counts.apart > n; fill()) --counts.units;
  counts.units = n - counts.apart;
  return counts;
}

/// 1..n in random order (Fisher-Yates).
std::vector<std::uint32_t> random_numbers(std::size_t n, CounterRng& rng) {
  std::vector<std::uint32_t> numbers(n);
  std::iota(numbers.begin(), numbers.end(), 1U);
  for (std::size_t i = n; i > 1; --i) std::swap(numbers[i - 1], numbers[rng.below(i)]);
  return numbers;
}

void plan_units(const SimulationOptions& options, CounterRng& rng, Plan& plan) {
  const UnitCounts counts = count_units(options);
  plan.units.resize(counts.units);
  const std::vector<std::uint32_t> families = random_numbers(options.n_families, rng);
  std::size_t next_family = 0;
  for (std::uint64_t i = 0; i < counts.units; ++i) {
    PlannedUnit& unit = plan.units[i];
    unit.tested = i < counts.couples ? Tested::both : rng.below(2) == 0 ? Tested::father : Tested::mother;
    unit.apart = i < counts.apart;
    unit.family = families[next_family++];
    if (unit.apart) unit.family_b = families[next_family++];
  }
}

void plan_children(const SimulationOptions& options, CounterRng& rng, Plan& plan) {
  const std::uint64_t related = std::accumulate(options.related.begin(), options.related.end(), std::uint64_t{0});
  if (options.duplicates > 0 && 2 * options.duplicates > options.n_children)
    refuse(fmt::format("{} duplicates need at least {} children, found --children {}", options.duplicates, 2 * options.duplicates,
                       options.n_children));
  const std::uint64_t distinct = options.n_children - options.duplicates;
  if (related + options.pedigrees_related > distinct)
    refuse(fmt::format("{} children are to have a relative among the families, but there are only {} distinct children",
                       related + options.pedigrees_related, distinct));
  const std::size_t n_units = plan.units.size() - plan.pedigree_units.size();
  if (related > n_units)
    refuse(fmt::format("{} children are to have a relative among the families, but {} families are only {} couples and single parents",
                       related, options.n_families, n_units));
  plan.children.resize(options.n_children);
  const std::vector<std::uint32_t> units = random_numbers(n_units, rng);
  std::uint32_t child = 0;
  for (std::size_t relation = 0; relation < kRelationCount; ++relation)
    for (std::uint64_t i = 0; i < options.related[relation]; ++i, ++child) {
      plan.children[child].unit = units[child] - 1;
      plan.units[units[child] - 1].relation = static_cast<Relation>(relation);
    }
  for (std::uint64_t i = 0; i < options.pedigrees_related; ++i, ++child) {
    plan.children[child].unit = plan.pedigree_units[i];
    plan.units[plan.pedigree_units[i]].relation = Relation::child;
  }
  const std::vector<std::uint32_t> originals = random_numbers(distinct, rng);
  for (std::uint64_t i = 0; i < options.duplicates; ++i) {
    plan.children[distinct + i] = {plan.children[originals[i] - 1].unit, originals[i] - 1};
  }
  plan.child_number = random_numbers(options.n_children, rng);
  plan.child_by_number.resize(options.n_children);
  for (std::uint32_t i = 0; i < options.n_children; ++i) plan.child_by_number[plan.child_number[i] - 1] = i;
}

/// Families of relatives come after the others, kind by kind in turn; their numbers are a random permutation.
void plan_pedigrees(const SimulationOptions& options, Plan& plan) {
  // A stream of its own: the other families are the same with and without them.
  CounterRng rng = stream(options.seed, StreamPurpose::plan, 1);
  const std::vector<std::uint32_t> numbers = random_numbers(options.n_pedigrees, rng);
  plan.pedigree_units.resize(options.n_pedigrees);
  for (std::uint64_t i = 0; i < options.n_pedigrees; ++i) {
    PlannedUnit unit;
    unit.pedigree = static_cast<PedigreeKind>(i % kPedigreeKinds);
    unit.family = numbers[i];
    plan.pedigree_units[i] = static_cast<std::uint32_t>(plan.units.size());
    plan.units.push_back(unit);
  }
}

/// After the children: which families have one does not show in the numbers.
void plan_relatives(const SimulationOptions& options, Plan& plan) {
  CounterRng rng = stream(options.seed, StreamPurpose::plan, 2);
  std::sort(plan.pedigree_units.begin(), plan.pedigree_units.end(),
            [&](std::uint32_t l, std::uint32_t r) { return plan.units[l].family < plan.units[r].family; });
  for (const std::uint32_t unit : plan.pedigree_units) {
    CounterRng genes = stream(options.seed, StreamPurpose::family_genes, unit);
    const std::size_t n = draw_relatives(*plan.units[unit].pedigree, genes).typed.size();
    for (std::uint32_t place = 0; place < n; ++place) plan.relatives.push_back({unit, place, kNone});
  }
  const std::vector<std::uint32_t> numbers = random_numbers(plan.relatives.size(), rng);
  for (std::size_t i = 0; i < numbers.size(); ++i) plan.relatives[i].number = numbers[i];
}

void plan_parents(CounterRng& rng, Plan& plan) {
  for (std::uint32_t i = 0; i < plan.units.size(); ++i) {
    const PlannedUnit& unit = plan.units[i];
    if (unit.pedigree) continue;
    if (unit.tested != Tested::mother) plan.parents.push_back({i, unit.family, true, kNone});
    if (unit.tested != Tested::father) plan.parents.push_back({i, unit.apart ? unit.family_b : unit.family, false, kNone});
  }
  std::sort(plan.parents.begin(), plan.parents.end(), [](const PlannedParent& l, const PlannedParent& r) {
    return l.family != r.family ? l.family < r.family : l.father > r.father;
  });
  const std::vector<std::uint32_t> numbers = random_numbers(plan.parents.size(), rng);
  for (std::size_t i = 0; i < plan.parents.size(); ++i) plan.parents[i].number = numbers[i];
}

}  // namespace

std::string id_text(char letter, std::uint32_t number) { return fmt::format("{}{:07}", letter, number); }

Plan make_plan(const SimulationOptions& options) {
  check_options(options);
  Plan plan;
  CounterRng rng = stream(options.seed, StreamPurpose::plan, 0);
  plan_units(options, rng, plan);
  plan_pedigrees(options, plan);
  plan_children(options, rng, plan);
  plan_parents(rng, plan);
  plan_relatives(options, plan);
  return plan;
}

}  // namespace homeward
