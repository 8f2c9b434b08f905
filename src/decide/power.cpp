#include "homeward/power.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "decide/next_steps.hpp"
#include "decide/outlook.hpp"
#include "search/family_tile.hpp"
#include "search/locus_encoder.hpp"
#include "search/parallel.hpp"

namespace homeward {

namespace {

constexpr double kStep = 0.1;
constexpr std::uint32_t kTileFamilies = 4096;
constexpr std::size_t kTypicalFamilies = 4;  // whose mean stands for a shape and about as many loci: peeling is slow
constexpr std::uint32_t kLociAlike = 4;
constexpr double kUseful = 0.5;  // P(stands out) after the best step; below, the search is of no use
constexpr double kLeastGain = 0.01;

/// Steps judged family by family; the others need peeling, and a mean over families alike.
bool is_cheap(NextStep step) { return step == NextStep::other_parent || step == NextStep::more_loci; }

/// Loci of the class of children with the most of them.
std::vector<bool> richest_loci(const ChildClasses& children, std::size_t n_loci) {
  std::vector<bool> richest(n_loci, false);
  double most = 0.0;
  for (const ChildClass& c : children.classes) {
    double n = 0.0;
    for (const double share : c.typed) n += share;
    if (n <= most) continue;
    most = n;
    for (std::size_t l = 0; l < n_loci; ++l) richest[l] = c.typed[l] >= 0.5;
  }
  return richest;
}

class PowerStudy {
 public:
  PowerStudy(const ProfileSource& source, const EffectivePopulation& population, const ChildClasses& children, const PowerOptions& options)
      : source_(source),
        population_(population),
        children_(children),
        options_(options),
        encoder_(source, population),
        compiler_(population, options.couple_weights),
        unrelated_(unrelated_weights(population)),
        strangers_(unrelated_, kUnrelatedChild, kStep),
        own_(unrelated_, kTrueChild, kStep),
        wanted_(richest_loci(children, population.loci.size())),
        result_(source.families().size()) {}

  std::vector<FamilyPower> run() {
    const auto n = static_cast<std::uint32_t>(result_.size());
    for (std::uint32_t first = 0; first < n; first += kTileFamilies) {
      const std::uint32_t count = std::min(kTileFamilies, n - first);
      const MemberCalls members = read_members(source_, encoder_, first, count);
      const std::vector<std::uint32_t> typical = choose_typical(first, count, members);
      each(count, [&](FamilyOutlook& outlook, std::uint32_t k) { judge(outlook, first + k, imagined(first + k, members, k)); });
      each(static_cast<std::uint32_t>(typical.size()), [&](FamilyOutlook& outlook, std::uint32_t i) {
        judge_costly(outlook, first + typical[i], imagined(first + typical[i], members, typical[i]));
      });
    }
    spread_typical();
    for (FamilyPower& power : result_) classify(power);
    return std::move(result_);
  }

 private:
  /// Families alike: shape, loci and number of members.
  using Kind = std::array<std::uint32_t, 3>;

  template <typename Body>
  void each(std::uint32_t count, const Body& body) const {
    parallel_for(
        count, options_.threads, [&] { return FamilyOutlook(children_, strangers_, own_, kStep, std::min(0.0, options_.min_log10_lr)); },
        [&](FamilyOutlook& outlook, std::int64_t k) { body(outlook, static_cast<std::uint32_t>(k)); }, [](FamilyOutlook&) {});
  }

  ImaginedFamily imagined(std::uint32_t family, const MemberCalls& members, std::uint32_t k) const {
    const auto begin = members.calls.begin() + static_cast<std::ptrdiff_t>(members.offset[k]);
    return {source_.families()[family],
            {begin, begin + static_cast<std::ptrdiff_t>(members.n_members[k] * encoder_.n_loci())},
            members.n_members[k]};
  }

  CompiledFamily compile(const ImaginedFamily& family) const { return compiler_.compile(family.family, family.calls, family.n_members); }

  /// Mean P(stands out) after the step over the draws; NaN when it does not apply.
  double after(FamilyOutlook& outlook, std::uint32_t index, const ImaginedFamily& now, NextStep step) const {
    double sum = 0.0;
    for (int draw = 0; draw < options_.draws; ++draw) {
      CounterRng rng(options_.seed,
                     (std::uint64_t{index} << 16U) | (static_cast<std::uint64_t>(step) << 12U) | static_cast<std::uint64_t>(draw));
      const std::optional<ImaginedFamily> then = imagine(step, population_, now, wanted_, rng);
      if (!then) return std::numeric_limits<double>::quiet_NaN();
      outlook.look_at(compile(*then));
      sum += outlook.own(outlook.stands_out_from(options_.tolerated));
    }
    return sum / options_.draws;
  }

  void judge(FamilyOutlook& outlook, std::uint32_t index, const ImaginedFamily& now) {
    FamilyPower& power = result_[index];
    const CompiledFamily compiled = compile(now);
    for (std::size_t locus = 0; locus < encoder_.n_loci(); ++locus)
      power.n_loci += std::any_of(compiled.terms.begin(), compiled.terms.end(),
                                  [&](const ScoringTerm& t) { return t.profile.columns[locus] != nullptr; });
    outlook.look_at(compiled);
    power.p_found = outlook.own(options_.min_log10_lr);
    power.expected_chance_hits = outlook.strangers().at(options_.min_log10_lr);
    power.stands_out_log10_lr = outlook.stands_out_from(options_.tolerated);
    power.p_stands_out = outlook.own(power.stands_out_log10_lr);
    power.p_after.fill(std::numeric_limits<double>::quiet_NaN());
    if (power.p_stands_out >= options_.enough) return;
    for (std::size_t s = 0; s < kStepCount; ++s)
      if (is_cheap(static_cast<NextStep>(s))) power.p_after[s] = after(outlook, index, now, static_cast<NextStep>(s));
  }

  void judge_costly(FamilyOutlook& outlook, std::uint32_t index, const ImaginedFamily& now) {
    for (std::size_t s = 0; s < kStepCount; ++s)
      if (!is_cheap(static_cast<NextStep>(s))) result_[index].p_after[s] = after(outlook, index, now, static_cast<NextStep>(s));
  }

  Kind kind_of(const Family& family, std::uint32_t n_loci) const {
    return {static_cast<std::uint32_t>(family.shape), n_loci / kLociAlike, static_cast<std::uint32_t>(member_indexes(family).size())};
  }

  std::uint32_t typed_loci(const MemberCalls& members, std::uint32_t k) const {
    std::uint32_t n = 0;
    for (std::size_t locus = 0; locus < encoder_.n_loci(); ++locus) {
      bool any = false;
      for (std::size_t m = 0; m < members.n_members[k]; ++m) {
        const Genotype g = members.calls[members.offset[k] + locus * members.n_members[k] + m];
        any = any || (g.typed() && !g.half_known());
      }
      n += any ? 1 : 0;
    }
    return n;
  }

  std::vector<std::uint32_t> choose_typical(std::uint32_t first, std::uint32_t count, const MemberCalls& members) {
    std::vector<std::uint32_t> chosen;
    for (std::uint32_t k = 0; k < count; ++k) {
      const Kind kind = kind_of(source_.families()[first + k], typed_loci(members, k));
      kind_.push_back(kind);
      std::vector<std::uint32_t>& typical = typical_[kind];
      if (typical.size() == kTypicalFamilies) continue;
      typical.push_back(first + k);
      chosen.push_back(k);
    }
    return chosen;
  }

  /// A kind's mean for the costly steps, to every family of the kind that is not decidable as it is.
  void spread_typical() {
    std::map<Kind, std::array<double, kStepCount>> means;
    for (const auto& [kind, families] : typical_) {
      std::array<double, kStepCount>& mean = means[kind];
      for (std::size_t s = 0; s < kStepCount; ++s) {
        double sum = 0.0;
        for (const std::uint32_t family : families) sum += result_[family].p_after[s];
        mean[s] = sum / static_cast<double>(families.size());
      }
    }
    for (std::size_t i = 0; i < result_.size(); ++i)
      for (std::size_t s = 0; s < kStepCount; ++s)
        if (!is_cheap(static_cast<NextStep>(s)))
          result_[i].p_after[s] =
              result_[i].p_stands_out >= options_.enough ? std::numeric_limits<double>::quiet_NaN() : means[kind_[i]][s];
  }

  void classify(FamilyPower& power) const {
    if (power.p_stands_out >= options_.enough) {
      power.power_class = PowerClass::decidable;
      return;
    }
    double best = power.p_stands_out + kLeastGain;
    for (std::size_t s = 0; s < kStepCount; ++s)
      if (power.p_after[s] > best) {
        best = power.p_after[s];
        power.best = static_cast<NextStep>(s);
      }
    if (power.best == NextStep::none) return;
    power.gain = best - power.p_stands_out;
    if (best < kUseful) return;
    power.power_class = power.best == NextStep::more_loci ? PowerClass::needs_loci : PowerClass::needs_other_parent;
  }

  const ProfileSource& source_;
  const EffectivePopulation& population_;
  const ChildClasses& children_;
  const PowerOptions& options_;
  LocusEncoder encoder_;
  Compiler compiler_;
  GenotypeWeights unrelated_;
  mutable ColumnLattices strangers_, own_;
  std::vector<bool> wanted_;
  std::vector<FamilyPower> result_;
  std::map<Kind, std::vector<std::uint32_t>> typical_;
  std::vector<Kind> kind_;  ///< by family
};

}  // namespace

std::string_view to_string(NextStep step) {
  constexpr std::array<std::string_view, 5> kWords{"other_parent", "sibling", "grandparent", "more_loci", "none"};
  return kWords[static_cast<std::size_t>(step)];
}

std::string_view to_string(PowerClass power_class) {
  constexpr std::array<std::string_view, 4> kWords{"decidable", "needs_other_parent", "needs_loci", "not_searchable"};
  return kWords[static_cast<std::size_t>(power_class)];
}

std::vector<FamilyPower> family_power(const ProfileSource& source, const EffectivePopulation& population, const ChildClasses& children,
                                      const PowerOptions& options) {
  return PowerStudy(source, population, children, options).run();
}

Design plan_database(const EffectivePopulation& population, const std::vector<double>& log10_levels, const DesignOptions& options) {
  ChildClasses children;
  children.classes.push_back({"everyone", options.n_children, std::vector<double>(population.loci.size(), 1.0)});
  const Compiler compiler(population, CoupleWeights{1.0, 0.0, 0.0});
  const GenotypeWeights unrelated = unrelated_weights(population);
  constexpr double kFineStep = 0.02;
  ColumnLattices strangers(unrelated, kUnrelatedChild, kFineStep), own(unrelated, kTrueChild, kFineStep);
  const auto n_drawn = static_cast<std::size_t>(options.families_drawn);
  std::vector<std::vector<std::array<double, 2>>> drawn(n_drawn);
  std::vector<double> first(n_drawn);
  const double lowest = *std::min_element(log10_levels.begin(), log10_levels.end());
  parallel_for(
      static_cast<std::int64_t>(n_drawn), options.threads,
      [&] { return FamilyOutlook(children, strangers, own, kFineStep, std::min(0.0, lowest)); },
      [&](FamilyOutlook& outlook, std::int64_t i) {
        CounterRng rng(options.seed, static_cast<std::uint64_t>(i));
        Family family;
        family.shape = options.couples ? FamilyShape::couple : FamilyShape::father;
        family.father = 0;
        if (options.couples) family.mother = 1;
        const std::size_t n_members = options.couples ? 2 : 1;
        std::vector<Genotype> calls;
        for (const LocusModel& model : population.loci)
          for (std::size_t m = 0; m < n_members; ++m) calls.push_back(draw_stranger(model, rng));
        outlook.look_at(compiler.compile(family, calls, n_members));
        for (const double level : log10_levels) drawn[i].push_back({outlook.strangers().at(level), outlook.own(level)});
        // The true child comes first when no stranger exceeds its LR: sum over its LR of P(LR) x P(none above).
        double p = 0.0, above = 0.0;
        const double top = outlook.strangers().where(1e-9) + 20.0;
        for (double x = top; x > -kFineStep; x -= kFineStep) {
          const double here = outlook.own(x);
          p += (here - above) * std::exp(-outlook.strangers().at(x + kFineStep / 2.0));
          above = here;
        }
        first[i] = p;
      },
      [](FamilyOutlook&) {});
  Design design;
  const auto families = static_cast<double>(options.n_families);
  for (std::size_t level = 0; level < log10_levels.size(); ++level) {
    double sum = 0.0, squares = 0.0, reached = 0.0;
    for (const auto& family : drawn) {
      sum += family[level][0];
      squares += family[level][0] * family[level][0];
      reached += family[level][1];
    }
    const auto n = static_cast<double>(n_drawn);
    const double variance = std::max(0.0, squares / n - sum / n * (sum / n));
    design.levels.push_back({log10_levels[level], families * sum / n, families * std::sqrt(variance / n), reached / n});
  }
  for (const double p : first) design.p_first += p / static_cast<double>(n_drawn);
  return design;
}

}  // namespace homeward
