// The search against visiting every pair, one by one.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <random>
#include <tuple>

#include "catch_compat.hpp"
#include "homeward/error.hpp"
#include "homeward/search.hpp"
#include "search/locus_encoder.hpp"

using namespace homeward;

namespace {

struct World {
  std::unique_ptr<MemorySource> source;
  EffectivePopulation population;
};

Population toy_population(std::size_t n_loci) {
  Population population;
  population.id = "toy";
  for (std::size_t l = 0; l < n_loci; ++l) {
    LocusPopulation locus;
    locus.locus = "L" + std::to_string(l);
    const std::size_t n = l == 0 ? 2 : 4 + (l * 7) % 20;
    double total = 0.0;
    for (std::size_t a = 0; a < n; ++a) {
      locus.alleles.emplace_back(static_cast<unsigned>(8 + a), 0U);
      locus.frequencies.push_back(1.0 + static_cast<double>((a * 13 + l) % 7));
      total += locus.frequencies.back();
    }
    for (double& f : locus.frequencies) f /= total;
    population.loci.push_back(locus);
  }
  return population;
}

/// Children, single fathers, single mothers, parents of unknown sex, couples and one-parent-untyped couples; a third of
/// the children descend from a family; kits differ, so that some pairs share no locus.
World make_world(std::uint64_t seed, std::size_t n_loci, int n_children, int n_families) {
  std::mt19937_64 random(seed);
  const Population table = toy_population(n_loci);
  const auto uniform = [&] { return static_cast<double>(random() >> 11U) * 0x1.0p-53; };
  const auto draw_allele = [&](std::size_t l) {
    double u = uniform();
    std::size_t a = 0;
    while (a + 1 < table.loci[l].alleles.size() && (u -= table.loci[l].frequencies[a]) > 0) ++a;
    return table.loci[l].alleles[a];
  };
  const auto person = [&] {
    std::vector<Genotype> g;
    for (std::size_t l = 0; l < n_loci; ++l) g.emplace_back(draw_allele(l), draw_allele(l));
    return g;
  };
  const auto transmit = [&](Genotype g) {
    const Allele allele = random() % 2 == 0 ? g.a : g.b;
    return uniform() < 0.02 ? Allele(allele.repeats() + 1, 0) : allele;  // may add an allele the table lacks
  };

  std::vector<PersonInfo> persons;
  std::vector<std::vector<Genotype>> typed;
  std::vector<Family> families;
  const auto add = [&](Role role, Sex sex, std::vector<Genotype> genotypes) {
    const int kit = static_cast<int>(random() % 4);
    for (std::size_t l = 0; l < n_loci; ++l)
      if (uniform() < 0.1 || (kit == 1 && l % 2 == 0) || (kit == 2 && l % 2 == 1)) genotypes[l] = Genotype{};
    persons.push_back({"P" + std::to_string(random() % 1000000) + "-" + std::to_string(persons.size()), role, sex, "", 0});
    typed.push_back(std::move(genotypes));
    return static_cast<PersonIndex>(persons.size() - 1);
  };
  std::vector<std::pair<std::vector<Genotype>, std::vector<Genotype>>> parents;
  for (int f = 0; f < n_families; ++f) {
    const auto father = person();
    const auto mother = person();
    Family family;
    family.id = "F" + std::to_string(random() % 100000) + "-" + std::to_string(f);
    switch (f % 5) {
      case 0:
        family.shape = FamilyShape::father;
        family.father = add(Role::father, Sex::male, father);
        break;
      case 1:
        family.shape = FamilyShape::mother;
        family.mother = add(Role::mother, Sex::female, mother);
        break;
      case 2:
        family.shape = FamilyShape::parent;
        family.father = add(Role::parent, Sex::unknown, father);
        break;
      case 3:
        family.shape = FamilyShape::couple;
        family.father = add(Role::father, Sex::male, father);
        family.mother = add(Role::mother, Sex::female, mother);
        break;
      default: {  // both parents, registered apart
        family.shape = FamilyShape::father;
        family.father = add(Role::father, Sex::male, father);
        Family other;
        other.id = "G" + std::to_string(f);
        other.shape = FamilyShape::mother;
        other.mother = add(Role::mother, Sex::female, mother);
        families.push_back(other);
      }
    }
    families.push_back(family);
    parents.emplace_back(father, mother);
  }
  for (int c = 0; c < n_children; ++c) {
    std::vector<Genotype> genotypes = person();
    if (c % 3 == 0) {
      const auto& [father, mother] = parents[random() % parents.size()];
      for (std::size_t l = 0; l < n_loci; ++l) genotypes[l] = Genotype(transmit(father[l]), transmit(mother[l]));
    }
    add(Role::child, Sex::unknown, genotypes);
  }
  // One child is, by mistake, also registered as a searching father.
  Family self;
  self.id = "SELF";
  self.shape = FamilyShape::father;
  self.father = static_cast<PersonIndex>(persons.size() - 1);
  families.push_back(self);

  World world;
  std::vector<Locus> loci;
  ProfileBlock block;
  block.n_persons = persons.size();
  block.n_loci = n_loci;
  for (std::size_t l = 0; l < n_loci; ++l) {
    loci.push_back({"L" + std::to_string(l), LocusKind::str, Chromosome::autosomal, {}});
    for (const auto& genotypes : typed) block.calls.push_back(genotypes[l]);
  }
  world.source = std::make_unique<MemorySource>(loci, persons, block, families);
  std::vector<ObservedLocus> observed;
  const auto alleles = world.source->observed_alleles();
  for (std::size_t l = 0; l < n_loci; ++l) observed.push_back({loci[l].name, alleles[l]});
  world.population = freeze(table, observed, {}, UntypedParent::half);
  return world;
}

struct Expected {
  std::vector<Hit> hits;
  std::uint64_t no_shared_locus = 0, same_person = 0;
};

/// Every pair by itself; undeclared couples from every child's single-parent hits.
Expected visit_every_pair(const World& world, double threshold) {
  Expected expected;
  const ProfileSource& source = *world.source;
  const Compiler compiler(world.population, {});
  const LocusEncoder encoder(source, world.population);
  const std::size_t n_loci = world.population.loci.size();
  const auto read = [&](std::vector<PersonIndex> who) {
    ProfileBlock block;
    std::sort(who.begin(), who.end());
    source.read(who, block);
    return block;
  };
  std::map<PersonIndex, std::vector<std::uint32_t>> fathers, mothers;
  const auto typed_at = [&](PersonIndex p, std::size_t l) { return encoder.codes(read({p})).codes[l] != kUntyped; };
  for (std::uint32_t f = 0; f < source.families().size(); ++f) {
    const Family& family = source.families()[f];
    const auto members = member_indexes(family);
    std::vector<Genotype> calls(n_loci * members.size());
    for (std::size_t m = 0; m < members.size(); ++m) {
      const auto genotypes = encoder.genotypes(read({members[m]}));
      for (std::size_t l = 0; l < n_loci; ++l) calls[l * members.size() + m] = genotypes[l];
    }
    const CompiledFamily compiled = compiler.compile(family, calls, members.size());
    for (const PersonIndex child : source.children()) {
      if (std::find(members.begin(), members.end(), child) != members.end()) {
        ++expected.same_person;
        continue;
      }
      bool shared = false;
      for (std::size_t l = 0; l < n_loci; ++l)
        for (const PersonIndex m : members) shared = shared || (typed_at(child, l) && typed_at(m, l));
      if (!shared) {
        ++expected.no_shared_locus;
        continue;
      }
      const ExactScore score = exact_score(compiled, encoder.codes(read({child})), 0);
      if (score.log10_lr < threshold) continue;
      expected.hits.push_back({score.log10_lr, child, f, kNoFamily, score.n_loci, score.n_inconsistent, score.hypothesis});
      if (family.shape == FamilyShape::father) fathers[child].push_back(f);
      if (family.shape == FamilyShape::mother) mothers[child].push_back(f);
    }
  }
  for (const auto& [child, candidates] : fathers)
    for (const std::uint32_t f : candidates)
      for (const std::uint32_t m : mothers[child]) {
        const auto gf = encoder.genotypes(read({source.families()[f].father}));
        const auto gm = encoder.genotypes(read({source.families()[m].mother}));
        CompiledFamily joint;
        joint.terms.push_back(compiler.compile_undeclared(gf, gm));
        const ExactScore score = exact_score(joint, encoder.codes(read({child})), 0);
        if (score.log10_lr >= threshold)
          expected.hits.push_back({score.log10_lr, child, f, m, score.n_loci, score.n_inconsistent, Hypothesis::undeclared_couple});
      }
  std::sort(expected.hits.begin(), expected.hits.end(), HitOrder(source));
  return expected;
}

std::vector<Hit> drain(SearchResult& result) {
  std::vector<Hit> hits(result.hits->size());
  const std::size_t n = result.hits->next(hits.data(), hits.size());
  CHECK(n == hits.size());
  return hits;
}

}  // namespace

TEST_CASE("the search finds exactly the pairs that visiting every pair finds, at any threshold") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    INFO("seed " << seed);
    const World world = make_world(seed, 9, 60, 25);
    for (const double threshold : {-3.0, 0.0, 1.5}) {
      const Expected expected = visit_every_pair(world, threshold);
      REQUIRE(expected.hits.size() > 10);
      CHECK(expected.no_shared_locus > 0);
      CHECK(expected.same_person == 1);
      for (const bool exhaustive : {false, true}) {
        SearchOptions options;
        options.min_log10_lr = threshold;
        options.exhaustive = exhaustive;
        options.threads = 2;
        SearchResult result = search(*world.source, world.population, options);
        const std::vector<Hit> hits = drain(result);
        REQUIRE(hits.size() == expected.hits.size());
        for (std::size_t i = 0; i < hits.size(); ++i) {
          CHECK_THAT(hits[i].log10_lr, WithinAbs(expected.hits[i].log10_lr, 1e-12));
          CHECK(hits[i].n_loci == expected.hits[i].n_loci);
        }
        const auto key = [](const Hit& h) { return std::tuple(h.child, h.family, h.family_b, h.hypothesis, h.n_loci, h.n_inconsistent); };
        std::vector<decltype(key(hits[0]))> found, wanted;
        for (const Hit& h : hits) found.push_back(key(h));
        for (const Hit& h : expected.hits) wanted.push_back(key(h));
        std::sort(found.begin(), found.end());
        std::sort(wanted.begin(), wanted.end());
        CHECK(found == wanted);
        const SearchCounts& counts = result.counts;
        CHECK(counts.pairs_total == world.source->children().size() * world.source->families().size());
        CHECK(counts.pairs_skipped[0] == expected.no_shared_locus);
        CHECK(counts.pairs_skipped[1] == expected.same_person);
        CHECK(counts.pairs_compared + counts.pairs_skipped[0] + counts.pairs_skipped[1] == counts.pairs_total);
        CHECK(counts.hits + counts.undeclared_hits == hits.size());
      }
    }
  }
}

TEST_CASE("the same hits, bit for bit, for any thread count, kernel, memory bound, and for exhaustive") {
  const World world = make_world(5, 12, 300, 60);
  const std::filesystem::path folder = std::filesystem::temp_directory_path();
  SearchOptions options;
  options.min_log10_lr = -2.0;
  options.threads = 1;
  options.exhaustive = true;
  SearchResult reference = search(*world.source, world.population, options);
  const std::vector<Hit> expected = drain(reference);
  REQUIRE(expected.size() > 1100);  // more than the smallest sorted run
  options.exhaustive = false;
  for (const int threads : {1, 2, 3})
    for (const Kernel& kernel : kernels())
      for (const std::uint64_t memory : {std::uint64_t{1} << 30U, std::uint64_t{4096}}) {
        if (!kernel.runs_here()) {
          WARN("kernel " << kernel.name << " cannot run here: skipped");
          continue;
        }
        options.threads = threads;
        options.kernel = &kernel;
        options.memory_bytes = memory;
        options.spill_folder = folder.string();
        SearchResult result = search(*world.source, world.population, options);
        CHECK(drain(result) == expected);
      }
}

TEST_CASE("a threshold exactly at an attained score keeps the pair, its upper neighbour drops it") {
  const World world = make_world(9, 10, 80, 30);
  SearchOptions options;
  options.min_log10_lr = -1.0;
  options.undeclared_couples = false;
  SearchResult all = search(*world.source, world.population, options);
  const std::vector<Hit> hits = drain(all);
  REQUIRE(hits.size() > 20);
  for (std::size_t i = 0; i < hits.size(); i += hits.size() / 20) {
    const double score = hits[i].log10_lr;
    const auto at_least = [&](double t) { return std::count_if(hits.begin(), hits.end(), [&](const Hit& h) { return h.log10_lr >= t; }); };
    for (const double threshold : {std::nextafter(score, -1e9), score, std::nextafter(score, 1e9)}) {
      options.min_log10_lr = threshold;
      SearchResult result = search(*world.source, world.population, options);
      CHECK(static_cast<long>(result.hits->size()) == at_least(threshold));
    }
  }
}

TEST_CASE("no children, no families and a stop request end cleanly") {
  const World world = make_world(3, 6, 20, 10);
  const MemorySource empty(world.source->loci(), {}, ProfileBlock{}, {});
  SearchOptions options;
  SearchResult nothing = search(empty, world.population, options);
  CHECK(nothing.counts.pairs_total == 0);
  CHECK(nothing.hits->size() == 0);
  const std::atomic<bool> stop{true};
  options.stop = &stop;
  CHECK(search(*world.source, world.population, options).stopped);
  options.min_log10_lr = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(search(*world.source, world.population, options), Error);
}
