#include <cmath>

#include "catch_compat.hpp"
#include "simulate/gene_drop.hpp"
#include "simulation_fixture.hpp"

using namespace homeward;
using namespace homeward::test;

namespace {

/// One locus with so many equal alleles that sharing by chance is rare and computable.
constexpr unsigned kAlleles = 300;
LocusModel diverse_locus() {
  Population population;
  LocusPopulation locus;
  locus.locus = "DIVERSE";
  for (unsigned i = 0; i < kAlleles; ++i) locus.alleles.push_back({i + 1, 0});
  locus.frequencies.assign(kAlleles, 1.0 / kAlleles);
  locus.mutation.model = MutationModel::none;
  population.loci.push_back(locus);
  return frozen(population).loci[0];
}

int shared_alleles(TrueGenotype x, TrueGenotype y) {
  const int straight = (x.paternal == y.paternal ? 1 : 0) + (x.maternal == y.maternal ? 1 : 0);
  const int crossed = (x.paternal == y.maternal ? 1 : 0) + (x.maternal == y.paternal ? 1 : 0);
  return std::max(straight, crossed);
}

/// Fraction of simulated pairs (tested father or mother, child) that share no allele at the locus.
double fraction_sharing_none(Relation relation, Tested tested, UntypedParent untyped_parent, int n) {
  const std::vector<LocusDropper> loci{LocusDropper(diverse_locus())};
  std::vector<TrueGenotype> genotypes;
  DropCounts counts;
  int none = 0;
  for (int i = 0; i < n; ++i) {
    CounterRng rng(77, static_cast<std::uint64_t>(i));
    const UnitPedigree unit = draw_unit_pedigree(relation, tested, 0.0, untyped_parent, rng);
    drop_genes(loci, unit.pedigree, rng, genotypes, counts);
    const PersonInPedigree relative = unit.father_related ? unit.father : unit.mother;
    none += shared_alleles(genotypes[static_cast<std::size_t>(relative)], genotypes[static_cast<std::size_t>(unit.child)]) == 0 ? 1 : 0;
  }
  return static_cast<double>(none) / n;
}

}  // namespace

TEST_CASE("relatives share no allele identical by descent as often as their relation says") {
  // k0: child 0, full sib 1/4, half sib, uncle, grandparent 1/2, first cousin 3/4. Unrelated pairs share nothing with
  // probability q = P(their four alleles differ across): (1/n)(1-1/n)^2 + (1-1/n)(1-2/n)^2.
  const double f = 1.0 / kAlleles;
  const double q = f * (1 - f) * (1 - f) + (1 - f) * (1 - 2 * f) * (1 - 2 * f);
  const std::map<Relation, double> k0{{Relation::child, 0.0}, {Relation::full_sib, 0.25},   {Relation::half_sib, 0.5},
                                      {Relation::uncle, 0.5}, {Relation::grandparent, 0.5}, {Relation::cousin, 0.75}};
  constexpr int kPairs = 4000;
  for (const auto& [relation, share] : k0)
    for (const Tested tested : {Tested::father, Tested::mother, Tested::both})
      for (const UntypedParent untyped : {UntypedParent::half, UntypedParent::full}) {
        INFO(to_string(relation) << ", tested " << static_cast<int>(tested) << ", untyped parent " << static_cast<int>(untyped));
        const double none = fraction_sharing_none(relation, tested, untyped, kPairs);
        if (share == 0.0)
          CHECK(none == 0.0);
        else  // sharing exactly one allele by descent, the three others may still coincide by chance: at most 3/n more
          CHECK(std::abs(binomial_z(none * kPairs, kPairs, share * q)) < 4.5);
      }
}

TEST_CASE("simulated pedigrees are sound, and parents come before their children") {
  for (std::size_t r = 0; r < kRelationCount; ++r)
    for (const Tested tested : {Tested::father, Tested::mother, Tested::both})
      for (const UntypedParent untyped : {UntypedParent::half, UntypedParent::full})
        for (std::uint64_t draw = 0; draw < 20; ++draw) {
          CounterRng rng(3, draw);
          const UnitPedigree unit = draw_unit_pedigree(static_cast<Relation>(r), tested, 0.0, untyped, rng);
          CHECK(unit.pedigree.defects().empty());
          for (std::size_t i = 0; i < unit.pedigree.size(); ++i) {
            CHECK(unit.pedigree[i].father < static_cast<PersonInPedigree>(i));
            CHECK(unit.pedigree[i].mother < static_cast<PersonInPedigree>(i));
          }
          CHECK((unit.father >= 0) == (tested != Tested::mother));
          CHECK((unit.mother >= 0) == (tested != Tested::father));
          CHECK((unit.father_related || unit.mother_related));
          CHECK(unit.child >= 0);
        }
}

TEST_CASE("gametes follow the rows of the matrix of the parent's sex") {
  Population population = small_population(MutationModel::stepwise, 0.1);
  const LocusModel model = frozen(population).loci[2];  // with microvariants
  const LocusDropper dropper(model);
  constexpr int kGametes = 20000;
  for (const Sex sex : {Sex::male, Sex::female})
    for (AlleleIndex from = 0; from < model.locus.alleles.size(); ++from) {
      const TransitionMatrix& matrix = sex == Sex::male ? model.male : model.female;
      std::vector<int> seen(model.locus.alleles.size());
      DropCounts counts;
      CounterRng rng(11, from);
      for (int i = 0; i < kGametes; ++i) ++seen[dropper.gamete({from, from}, sex, rng, counts)];
      for (std::size_t to = 0; to < seen.size(); ++to) {
        const double p = matrix(from, to);
        INFO("from " << from << " to " << to << " p " << p);
        if (p == 0.0)
          CHECK(seen[to] == 0);
        else
          CHECK(std::abs(seen[to] - kGametes * p) < 4.5 * std::sqrt(kGametes * p * (1 - p)) + 1);
      }
      CHECK(counts.transmissions == kGametes);
      CHECK(counts.mutations == static_cast<std::uint64_t>(kGametes - seen[from]));
      CHECK_THAT(counts.expected_mutations, WithinRel(kGametes * (1 - matrix(from, from)), 1e-9));
    }
}

TEST_CASE("a silent allele is inherited as it is") {
  const LocusDropper dropper(frozen(small_population(MutationModel::equal, 0.2)).loci[0]);
  DropCounts counts;
  CounterRng rng(1, 1);
  for (int i = 0; i < 100; ++i) CHECK(dropper.gamete({kSilentAllele, kSilentAllele}, Sex::male, rng, counts) == kSilentAllele);
  CHECK(counts.transmissions == 0);
}

TEST_CASE("of a couple one may not be the parent: either, and never both") {
  int fathers = 0, mothers = 0;
  for (std::uint64_t i = 0; i < 400; ++i) {
    CounterRng rng(91, i);
    const UnitPedigree unit = draw_unit_pedigree(Relation::child, Tested::both, 0.5, UntypedParent::half, rng);
    const PedigreePerson& child = unit.pedigree[static_cast<std::size_t>(unit.child)];
    CHECK(unit.father_related == (child.father == unit.father));
    CHECK(unit.mother_related == (child.mother == unit.mother));
    CHECK((unit.father_related || unit.mother_related));
    fathers += unit.father_related ? 0 : 1;
    mothers += unit.mother_related ? 0 : 1;
  }
  CHECK(std::abs(fathers - 100) < 40);  // 4.6 standard deviations
  CHECK(std::abs(mothers - 100) < 40);
}
