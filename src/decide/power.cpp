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
constexpr std::size_t kAlikeFamilies = 8;    // the same where p_stands_out lies in the same tenth, too
constexpr std::uint32_t kLociAlike = 4;
constexpr double kUseful = 0.5;  // P(stands out) after the best step; below, the search is of no use
constexpr double kLeastGain = 0.01;

/// Steps that closed forms judge: means over families alike in more respects than where peeling is needed.
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
      for (std::uint32_t k = 0; k < count; ++k) kind_.push_back(kind_of(source_.families()[first + k], members, k));
      each(count, [&](FamilyOutlook& outlook, std::uint32_t k) { judge(outlook, first + k, imagined(first + k, members, k)); });
    }
    for (std::uint32_t f = 0; f < n; ++f) {
      choose(typical_[kind_[f]], f, kTypicalFamilies);
      if (result_[f].p_stands_out < options_.enough) choose(alike_[alike_kind_of(f)], f, kAlikeFamilies);
    }
    judge_steps(typical_, false);
    judge_steps(alike_, true);
    for (std::uint32_t f = 0; f < n; ++f) spread(f);
    for (FamilyPower& power : result_) classify(power);
    return std::move(result_);
  }

 private:
  /// Families alike: shape, loci, members that are typed at all, whether they lack loci of the richest class (so that a step applies to all
  /// of a kind or to none), and for closed forms the tenth of p_stands_out.
  using Kind = std::array<std::uint32_t, 5>;
  /// The first families of each kind, and the mean P(stands out) of each step over them.
  struct Alike {
    std::vector<std::uint32_t> families;
    std::array<double, kStepCount> mean{};
  };
  using Kinds = std::map<Kind, Alike>;

  static void choose(Alike& alike, std::uint32_t family, std::size_t most) {
    if (alike.families.size() < most) alike.families.push_back(family);
  }

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
  }

  /// The steps that are cheap, or those that are not, of every kind.
  void judge_steps(Kinds& kinds, bool cheap) {
    std::vector<std::uint32_t> families;
    for (const auto& [kind, alike] : kinds) families.insert(families.end(), alike.families.begin(), alike.families.end());
    std::vector<ImaginedFamily> now;
    for (const std::uint32_t f : families) now.push_back(imagined(f, read_members(source_, encoder_, f, 1), 0));
    std::vector<std::array<double, kStepCount>> after_step(families.size());
    each(static_cast<std::uint32_t>(families.size()), [&](FamilyOutlook& outlook, std::uint32_t i) {
      for (std::size_t s = 0; s < kStepCount; ++s)
        if (is_cheap(static_cast<NextStep>(s)) == cheap) after_step[i][s] = after(outlook, families[i], now[i], static_cast<NextStep>(s));
    });
    std::size_t i = 0;
    for (auto& [kind, alike] : kinds) {
      const auto n = static_cast<double>(alike.families.size());
      for (std::size_t k = 0; k < alike.families.size(); ++k, ++i)
        for (std::size_t s = 0; s < kStepCount; ++s) alike.mean[s] += after_step[i][s] / n;
    }
  }

  Kind kind_of(const Family& family, const MemberCalls& members, std::uint32_t k) const {
    const std::size_t n_members = members.n_members[k];
    std::vector<char> typed_member(n_members, 0);
    std::uint32_t n_loci = 0;
    bool lacks = false;
    for (std::size_t locus = 0; locus < encoder_.n_loci(); ++locus) {
      bool any = false;
      for (std::size_t m = 0; m < n_members; ++m) {
        const Genotype g = members.calls[members.offset[k] + locus * n_members + m];
        const bool known = g.typed() && !g.half_known();
        any = any || known;
        lacks = lacks || (wanted_[locus] && !known);
        if (known) typed_member[m] = 1;
      }
      n_loci += any ? 1 : 0;
    }
    const auto n_typed = static_cast<std::uint32_t>(std::count(typed_member.begin(), typed_member.end(), 1));
    return {static_cast<std::uint32_t>(family.shape), n_loci / kLociAlike, n_typed, lacks ? 1U : 0U, 0};
  }
  Kind alike_kind_of(std::uint32_t family) const {
    Kind kind = kind_[family];
    kind.back() = static_cast<std::uint32_t>(10.0 * result_[family].p_stands_out);
    return kind;
  }

  /// Its kinds' means, to a family that is not decidable as it is.
  void spread(std::uint32_t family) {
    FamilyPower& power = result_[family];
    if (power.p_stands_out >= options_.enough) return;
    const Alike &typical = typical_.at(kind_[family]), &alike = alike_.at(alike_kind_of(family));
    for (std::size_t s = 0; s < kStepCount; ++s) power.p_after[s] = is_cheap(static_cast<NextStep>(s)) ? alike.mean[s] : typical.mean[s];
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
  Kinds typical_, alike_;
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
