// Couples of strangers who reach an LR with a stranger's child: fathers and mothers who are registered apart.
#include <algorithm>
#include <cmath>

#include "base/rng.hpp"
#include "decide/family_chance.hpp"
#include "homeward/chance.hpp"
#include "search/family_tile.hpp"
#include "search/locus_encoder.hpp"
#include "search/parallel.hpp"

namespace homeward {

namespace {

constexpr double kStep = 0.1;
constexpr std::uint64_t kCouples = 2000;
constexpr std::int64_t kChunk = 25;  // couples per task

struct Couple {
  std::uint32_t father = 0, mother = 0;  ///< families
};

/// All couples when they are few, else as many drawn with replacement: a fixed choice of the database's size.
std::vector<Couple> choose_couples(const std::vector<std::uint32_t>& fathers, const std::vector<std::uint32_t>& mothers) {
  std::vector<Couple> couples;
  const std::uint64_t all = std::uint64_t{fathers.size()} * mothers.size();
  CounterRng rng(1, all);
  for (std::uint64_t i = 0; i < std::min(all, kCouples); ++i) {
    if (all <= kCouples)
      couples.push_back({fathers[i / mothers.size()], mothers[i % mothers.size()]});
    else
      couples.push_back({fathers[rng.below(fathers.size())], mothers[rng.below(mothers.size())]});
  }
  return couples;
}

}  // namespace

UndeclaredChance expected_undeclared_couples(const ProfileSource& source, const EffectivePopulation& population,
                                             const ChildClasses& children, const ChanceOptions& options) {
  std::vector<std::uint32_t> fathers, mothers;
  for (std::uint32_t f = 0; f < source.families().size(); ++f) {
    if (source.families()[f].shape == FamilyShape::father) fathers.push_back(f);
    if (source.families()[f].shape == FamilyShape::mother) mothers.push_back(f);
  }
  UndeclaredChance result;
  const std::vector<Couple> couples = choose_couples(fathers, mothers);
  if (couples.empty()) return result;
  const LocusEncoder encoder(source, population);
  const Compiler compiler(population, CoupleWeights{1.0, 0.0, 0.0});
  const GenotypeWeights unrelated = unrelated_weights(population);
  ColumnLattices lattices(unrelated, kUnrelatedChild, kStep);
  std::vector<std::vector<Genotype>> calls;
  for (const Couple& couple : couples) {
    const MemberCalls father = read_members(source, encoder, couple.father, 1), mother = read_members(source, encoder, couple.mother, 1);
    calls.emplace_back();
    for (std::size_t locus = 0; locus < encoder.n_loci(); ++locus) {
      calls.back().push_back(father.calls[locus]);
      calls.back().push_back(mother.calls[locus]);
    }
  }
  const auto n = static_cast<std::int64_t>(couples.size());
  std::vector<ChanceCurve> tasks(static_cast<std::size_t>((n + kChunk - 1) / kChunk));
  parallel_for(
      static_cast<std::int64_t>(tasks.size()), options.threads,
      [&] { return FamilyChance(children, lattices, kStep, options.min_log10_lr, Hypotheses::all); },
      [&](FamilyChance& chance, std::int64_t task) {
        Family couple;
        couple.shape = FamilyShape::couple;
        couple.father = 0;
        couple.mother = 1;
        std::vector<ChanceCurve> by_class(children.classes.size());
        for (std::int64_t i = task * kChunk; i < std::min(n, (task + 1) * kChunk); ++i)
          tasks[static_cast<std::size_t>(task)].add(
              chance.compute(compiler.compile(couple, calls[static_cast<std::size_t>(i)], 2), by_class));
      },
      [](FamilyChance&) {});
  result.n_couples = std::uint64_t{fathers.size()} * mothers.size();
  result.n_drawn = couples.size();
  const double scale = static_cast<double>(result.n_couples) / static_cast<double>(result.n_drawn);
  for (const ChanceCurve& task : tasks) result.expected.add_scaled(task, scale);
  return result;
}

}  // namespace homeward
