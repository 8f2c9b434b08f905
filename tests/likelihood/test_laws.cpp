// Laws every likelihood obeys, whatever the model.
#include <cmath>
#include <numeric>

#include "catch_compat.hpp"
#include "family_fixture.hpp"
#include "homeward/error.hpp"
#include "oracle.hpp"

using namespace homeward;
using namespace homeward::fixture;

namespace {

const Allele A(8, 0), B(9, 0), C(9, 3), D(11, 0);

LocusModel four(MutationModel kind, double theta, double silent) {
  return locus({A, B, C, D}, {0.1, 0.35, 0.05, 0.5}, mutation(kind, 0.03, 0.01), silent, theta);
}

const std::vector<MutationModel> kKinds{MutationModel::none, MutationModel::equal, MutationModel::proportional, MutationModel::onestep,
                                        MutationModel::stepwise};

}  // namespace

TEST_CASE("the genotypes of the missing person, 'no allele seen' included, have the probability of the others' data") {
  for (const MutationModel kind : kKinds)
    for (const double theta : {0.0, 0.03})
      for (const double silent : {0.0, 0.05}) {
        const LocusModel model = four(kind, theta, silent);
        for (const auto& rows : {kTrio, kSibs, kTen, kUnrelated}) {
          const Pedigree family = pedigree(rows);
          Typed typed{{"FA", {A, D}}};
          if (family.find("SIB")) typed = {{"SIB", {A, C}}};
          if (family.find("PGF")) typed["PGF"] = {B, B};
          const auto observed = observe(family, typed);
          const auto ch = *family.find("CH");
          const auto by_code = missing_genotype_likelihoods(family, ch, observed, model, {});
          auto nothing = observed;  // total drop-out of the missing person: the genotype silent/silent shows nothing
          nothing[static_cast<std::size_t>(ch)] = {Observation::set, {}};
          const double none_seen = pedigree_likelihood(family, nothing, model, {});
          CHECK_THAT(std::accumulate(by_code.begin() + 1, by_code.end(), none_seen), WithinRel(by_code[kUntyped], 1e-12));
          CHECK_THAT(by_code[kUntyped], WithinRel(pedigree_likelihood(family, observed, model, {}), 1e-12));
          if (silent == 0.0) CHECK(none_seen == 0.0);
        }
      }
}

TEST_CASE("sum over g of P(g | H2) LR(g) is 1") {
  for (const MutationModel kind : kKinds) {
    const LocusModel model = four(kind, 0.0, 0.0);
    auto unrelated = kTen;
    unrelated[9] = {"CH", "0", "0", 'M'};
    Typed typed{{"PGF", {A, A}}, {"SIB", {A, D}}, {"AU", {B, C}}};
    double total = 0.0;
    for (std::size_t i = 0; i < 4; ++i)
      for (std::size_t j = i; j < 4; ++j) {
        typed["CH"] = Genotype(model.locus.alleles[i], model.locus.alleles[j]);
        const double hardy_weinberg = (i == j ? 1.0 : 2.0) * model.frequencies[i] * model.frequencies[j];
        total += hardy_weinberg * likelihood(pedigree(kTen), typed, model) / likelihood(pedigree(unrelated), typed, model);
      }
    CHECK_THAT(total, WithinRel(1.0, 1e-12));
  }
}

TEST_CASE("theta, rates and the silent allele going to 0 lead to the model without them") {
  const Pedigree family = pedigree(kTen);
  const Typed typed{{"PGF", {A, D}}, {"SIB", {A, D}}, {"CH", {A, B}}, {"MGF", {B, B}}, {"AU", {B, D}}};
  const double limit = likelihood(family, typed, four(MutationModel::none, 0.0, 0.0));
  CHECK(limit > 0.0);
  CHECK_THAT(likelihood(family, typed, four(MutationModel::none, 1e-11, 0.0)), WithinRel(limit, 1e-8));
  CHECK_THAT(likelihood(family, typed, four(MutationModel::none, 0.0, 1e-11)), WithinRel(limit, 1e-8));
  for (const MutationModel kind : kKinds) {
    MutationParameters tiny = mutation(kind, 1e-11, 1e-11);
    tiny.microvariant_rate = 1e-12;
    CHECK_THAT(likelihood(family, typed, locus({A, B, C, D}, {0.1, 0.35, 0.05, 0.5}, tiny)), WithinRel(limit, 1e-8));
  }
}

TEST_CASE("people who connect nobody change nothing") {
  const Typed typed{{"FA", {A, B}}, {"CH", {B, D}}};
  auto rows = kTrio;
  rows.insert(rows.begin(), {"X", "0", "0", 'F'});
  rows.push_back({"W", "0", "0", 'F'});
  rows.push_back({"LEAF", "CH", "W", 'F'});
  rows.push_back({"LEAF2", "FA", "X", 'F'});
  for (const MutationModel kind : kKinds)
    for (const double theta : {0.0, 0.05}) {
      const LocusModel model = four(kind, theta, 0.02);
      CHECK_THAT(likelihood(pedigree(rows), typed, model), WithinRel(likelihood(pedigree(kTrio), typed, model), 1e-14));
    }
}

TEST_CASE("the order of relatives changes nothing") {
  const Typed typed{{"PGF", {A, D}}, {"SIB", {A, D}}, {"CH", {A, B}}, {"AU", {B, C}}, {"UN", {C, D}}};
  for (const double theta : {0.0, 0.02}) {
    const LocusModel model = four(MutationModel::stepwise, theta, 0.0);
    const double expected = likelihood(pedigree(kTen), typed, model);
    oracle::Random random(7);
    for (int k = 0; k < 10; ++k) {
      auto rows = kTen;
      for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[random.below(i)]);
      CHECK_THAT(likelihood(pedigree(rows), typed, model), WithinRel(expected, 1e-12));
    }
  }
}

TEST_CASE("names of alleles do not matter where the model has no ladder") {
  for (const MutationModel kind : {MutationModel::none, MutationModel::equal, MutationModel::proportional}) {
    const MutationParameters parameters = mutation(kind, 0.03, 0.01);
    const LocusModel model = locus({A, B, C, D}, {0.1, 0.35, 0.05, 0.5}, parameters);
    const LocusModel permuted = locus({A, B, C, D}, {0.5, 0.05, 0.35, 0.1}, parameters);  // A<->D, B<->C
    const Pedigree family = pedigree(kTen);
    CHECK_THAT(likelihood(family, {{"PGF", {A, B}}, {"SIB", {A, C}}, {"CH", {B, D}}}, model),
               WithinRel(likelihood(family, {{"PGF", {D, C}}, {"SIB", {D, B}}, {"CH", {C, A}}}, permuted), 1e-13));
  }
}

TEST_CASE("parent and child may be swapped under a reversible model, and only there") {
  const auto swapped = [](const LocusModel& model) {
    const Pedigree duo = pedigree({{"P", "0", "0", 'M'}, {"C", "P", "*", 'M'}});
    const double forward = likelihood(duo, {{"P", {A, B}}, {"C", {C, D}}}, model);
    const double backward = likelihood(duo, {{"P", {C, D}}, {"C", {A, B}}}, model);
    return std::abs(forward / backward - 1.0);
  };
  CHECK(swapped(four(MutationModel::proportional, 0.0, 0.0)) < 1e-12);
  CHECK(swapped(four(MutationModel::equal, 0.0, 0.0)) > 1e-3);
  CHECK(swapped(four(MutationModel::stepwise, 0.0, 0.0)) > 1e-3);
}

TEST_CASE("an untyped parent makes no difference for a stationary model, and does for others") {
  const Typed typed{{"FA", {A, B}}, {"CH", {C, D}}};
  const Pedigree half = pedigree({{"FA", "0", "0", 'M'}, {"CH", "FA", "*", 'M'}});
  for (const MutationModel kind : {MutationModel::none, MutationModel::proportional}) {
    const LocusModel model = four(kind, 0.0, 0.0);
    CHECK_THAT(likelihood(half, typed, model), WithinRel(likelihood(pedigree(kTrio), typed, model), 1e-12));
  }
  const LocusModel model = four(MutationModel::equal, 0.0, 0.0);
  CHECK(std::abs(likelihood(half, typed, model) / likelihood(pedigree(kTrio), typed, model) - 1.0) > 1e-3);
}

TEST_CASE("a hundred people with rare alleles do not underflow") {
  const LocusModel model = locus({A, B}, {1e-6, 1 - 1e-6});
  std::vector<PedigreePerson> persons;
  std::vector<ObservedGenotype> observed;
  for (int i = 0; i < 100; ++i) {
    persons.push_back({"P" + std::to_string(i), kNoParent, kNoParent, Sex::male});
    observed.push_back(seen(A, A));
  }
  const Pedigree crowd(std::move(persons));
  const ScaledLikelihood p = scaled_pedigree_likelihood(crowd, observed, model, {});
  CHECK(p.plain() == 0.0);  // 1e-1200
  CHECK(p.value > 0.0);
  CHECK_THAT(log10_likelihood_ratio(p, {1.0, 0}), WithinRel(-1200.0, 1e-12));
  CHECK_THAT(likelihood_ratio(p, p), WithinRel(1.0, 1e-15));
}

TEST_CASE("what cannot be computed is refused with a reason") {
  const Pedigree trio = pedigree(kTrio);
  const LocusModel model = four(MutationModel::none, 0.0, 0.0);
  const auto run = [&](const Pedigree& family, const Typed& typed, const LocusModel& m, const ObservationModel& o) {
    return pedigree_likelihood(family, observe(family, typed), m, o);
  };
  CHECK_THROWS_AS(run(trio, {{"CH", {A, Allele(40, 0)}}}, model, {}), ModelError);
  CHECK_THROWS_AS(run(trio, {{"CH", {Allele(), A}}}, model, {}), Error);
  CHECK_THROWS_AS(run(trio, {{"CH", {A, A}}}, model, {ErrorModel::e1, 0.01, 0.0, 0.0}), Error);
  CHECK_THROWS_AS(run(trio, {}, model, {ErrorModel::none, 0.0, 1.5, 0.0}), ModelError);
  LocusModel x = model;
  x.locus.chromosome = Chromosome::x;
  CHECK_THROWS_AS(run(trio, {{"FA", {A, B}}}, x, {}), Error);
  x.locus.chromosome = Chromosome::y;
  CHECK_THROWS_AS(run(trio, {}, x, {}), Error);
  CHECK_THROWS_AS(run(Pedigree({{"A", 0, 0, Sex::male}}), {}, model, {}), Error);
  CHECK_THROWS_AS(pedigree_likelihood(trio, std::vector<ObservedGenotype>(2), model, {}), Error);
  CHECK_THROWS_AS(missing_genotype_likelihoods(trio, 3, std::vector<ObservedGenotype>(3), model, {}), Error);
}
