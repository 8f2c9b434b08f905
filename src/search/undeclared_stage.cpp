#include "search/undeclared_stage.hpp"

#include "search/locus_encoder.hpp"
#include "search/parallel.hpp"
#include "search/undeclared_couples.hpp"

namespace homeward {

namespace {

PersonIndex parent_of(const Family& family) { return family.shape == FamilyShape::father ? family.father : family.mother; }

/// One child's single-parent families of one sex: those of an earlier search first.
struct Candidates {
  std::vector<std::uint32_t> families;
  std::size_t n_known = 0;

  void clear() {
    families.clear();
    n_known = 0;
  }
  void add(std::uint32_t family, bool known) {
    families.push_back(family);
    if (known) std::swap(families[n_known++], families.back());
  }
  std::span<const std::uint32_t> all() const { return families; }
  std::span<const std::uint32_t> known() const { return all().first(n_known); }
  std::span<const std::uint32_t> found() const { return all().subspan(n_known); }
};

}  // namespace

/// Children whose single-parent hits are complete, and how to score them.
struct UndeclaredStage::Batch {
  const UndeclaredStage& stage;
  const LocusEncoder& encoder;
  const UndeclaredCouples& couples;
  SearchCounts* known;
  std::vector<Single> singles;

  struct State {
    Candidates fathers, mothers;
    std::vector<GenotypeCode> codes;
    std::vector<Hit> hits;
    std::uint64_t scored = 0, known_couples = 0;
  };

  void score(SearchCounts& counts, const std::function<void(std::span<const Hit>)>& sink) {
    std::vector<PersonIndex> children;
    std::vector<std::size_t> begin;
    for (std::size_t i = 0; i < singles.size(); ++i) {
      if (i > 0 && singles[i].child == singles[i - 1].child) continue;
      children.push_back(singles[i].child);
      begin.push_back(i);
    }
    begin.push_back(singles.size());
    ProfileBlock profiles;
    stage.source_.read(children, profiles);
    const CodeBlock codes = encoder.codes(profiles);
    parallel_for(
        static_cast<std::int64_t>(children.size()), stage.options_.threads, [] { return State{}; },
        [&](State& state, std::int64_t i) {
          if (stage.stopping()) return;
          split(state, begin[i], begin[i + 1]);
          if (state.fathers.families.empty() || state.mothers.families.empty()) return;
          state.codes.resize(encoder.n_loci());
          for (std::size_t locus = 0; locus < encoder.n_loci(); ++locus) state.codes[locus] = codes.codes[locus * codes.n_children + i];
          score_child(state, children[i]);
        },
        [&](State& state) {
          counts.undeclared_scored += state.scored;
          if (known != nullptr) known->undeclared_scored += state.known_couples;
          counts.undeclared_hits += state.hits.size();
          sink(state.hits);
        });
    singles.clear();
  }

  void split(State& state, std::size_t begin, std::size_t end) const {
    state.fathers.clear();
    state.mothers.clear();
    for (std::size_t k = begin; k < end; ++k) {
      const bool father = stage.source_.families()[singles[k].family].shape == FamilyShape::father;
      (father ? state.fathers : state.mothers).add(singles[k].family, singles[k].known != 0);
    }
  }

  void score_child(State& state, PersonIndex child) const {
    const auto score = [&](std::span<const std::uint32_t> fathers, std::span<const std::uint32_t> mothers) {
      if (!fathers.empty() && !mothers.empty())
        state.scored += couples.score(child, state.codes, fathers, mothers, stage.options_.min_log10_lr, state.hits);
    };
    score(state.fathers.found(), state.mothers.all());
    score(state.fathers.known(), state.mothers.found());
    if (known == nullptr) return;
    const std::vector<Family>& families = stage.source_.families();
    for (const std::uint32_t f : state.fathers.known())
      for (const std::uint32_t m : state.mothers.known()) state.known_couples += parent_of(families[f]) != parent_of(families[m]) ? 1 : 0;
  }
};

UndeclaredStage::UndeclaredStage(const ProfileSource& source, const EffectivePopulation& population, const SearchOptions& options)
    : source_(source),
      population_(population),
      options_(options),
      singles_(ByChild{}, options.memory_bytes / 8 / sizeof(Single), options.spill_folder) {}

void UndeclaredStage::add(std::span<const Hit> hits, bool known) {
  for (const Hit& hit : hits) {
    const FamilyShape shape = source_.families()[hit.family].shape;
    if (hit.family_b != kNoFamily || (shape != FamilyShape::father && shape != FamilyShape::mother)) continue;
    const Single single{hit.child, hit.family, known ? 1U : 0U};
    singles_.add(&single, 1);
  }
}

bool UndeclaredStage::run(SearchCounts* known, SearchCounts& counts, const std::function<void(std::span<const Hit>)>& sink) {
  if (singles_.size() == 0) return !stopping();
  const LocusEncoder encoder(source_, population_);
  const Compiler compiler(population_, options_.couple_weights);
  const UndeclaredCouples couples(source_, population_, encoder, compiler);
  Batch batch{*this, encoder, couples, known, {}};
  singles_.rewind();
  std::vector<Single> part(1U << 16U);
  std::size_t n = 0;
  do {
    n = singles_.next(part.data(), part.size());
    // A batch ends where a child ends; the last child of a full part goes on in the next.
    std::size_t whole = n;
    if (n == part.size())
      while (whole > 0 && part[whole - 1].child == part[n - 1].child) --whole;
    batch.singles.insert(batch.singles.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(whole));
    if (whole > 0 || n == 0) batch.score(counts, sink);
    batch.singles.insert(batch.singles.end(), part.begin() + static_cast<std::ptrdiff_t>(whole),
                         part.begin() + static_cast<std::ptrdiff_t>(n));
  } while (n > 0 && !stopping());
  return !stopping();
}

}  // namespace homeward
