#include <functional>
#include <numeric>

#include "catch_compat.hpp"
#include "homeward/error.hpp"
#include "homeward/population.hpp"

using namespace homeward;

namespace {

LocusPopulation table(const std::string& name, std::vector<Allele> alleles, std::vector<double> frequencies) {
  LocusPopulation locus;
  locus.locus = name;
  locus.alleles = std::move(alleles);
  locus.frequencies = std::move(frequencies);
  return locus;
}

Population small_population() {
  Population population;
  population.id = "small";
  population.source = "invented";
  population.loci = {table("TH01", {Allele(6, 0), Allele(7, 0), Allele(9, 0), Allele(9, 3)}, {0.1, 0.2, 0.3, 0.4}),
                     table("vWA", {Allele(14, 0), Allele(15, 0), Allele(16, 0)}, {0.001, 0.499, 0.5}),
                     table("DXS8378", {Allele(10, 0), Allele(11, 0)}, {0.5, 0.5}),
                     table("D8S1179", {Allele(12, 0), Allele(13, 0)}, {0.5, 0.5})};
  population.loci[0].n_alleles = 1000;
  population.loci[1].n_alleles = 500;
  population.loci[2].chromosome = Chromosome::x;
  return population;
}

std::vector<ObservedLocus> small_data() { return {{"TH01", {Allele(6, 0), Allele(8, 0)}}, {"vWA", {Allele(14, 0)}}}; }

double sum_of(std::span<const double> row) { return std::accumulate(row.begin(), row.end(), 0.0); }

EffectivePopulation frozen(const Population& population, const std::vector<ObservedLocus>& data, const ModelOverrides& overrides = {}) {
  return freeze(population, data, overrides, UntypedParent::half);
}

}  // namespace

TEST_CASE("an unseen allele gets 5/2N, and the locus is renormalised once") {
  const EffectivePopulation result = frozen(small_population(), small_data());
  const LocusModel* th01 = result.find("TH01");
  REQUIRE(th01 != nullptr);
  REQUIRE(th01->locus.alleles == std::vector<Allele>{Allele(6, 0), Allele(7, 0), Allele(8, 0), Allele(9, 0), Allele(9, 3)});
  CHECK_THAT(th01->frequencies[2], WithinRel(0.005 / 1.005, 1e-14));  // 5/1000 before, the whole is 1.005
  CHECK_THAT(th01->frequencies[4], WithinRel(0.4 / 1.005, 1e-14));
  CHECK(th01->floored == std::vector<bool>{false, false, true, false, false});
  CHECK(result.added == std::vector<std::string>{"TH01 8 0.00497512"});
}

TEST_CASE("an unseen allele of a locus without 2N gets the fallback") {
  Population population = small_population();
  population.loci[0].n_alleles.reset();
  const EffectivePopulation result = frozen(population, small_data());
  CHECK_THAT(result.loci[0].frequencies[2], WithinRel(0.001 / 1.001, 1e-14));
  ModelOverrides overrides;
  overrides.rare_fallback = 0.01;
  CHECK_THAT(frozen(population, small_data(), overrides).loci[0].frequencies[2], WithinRel(0.01 / 1.01, 1e-14));
}

TEST_CASE("the floor reaches alleles of the table only when asked") {
  CHECK(frozen(small_population(), small_data()).find("vWA")->frequencies[0] == 0.001);
  ModelOverrides overrides;
  overrides.floor_seen = true;
  const EffectivePopulation result = frozen(small_population(), small_data(), overrides);
  const LocusModel* vwa = result.find("vWA");
  CHECK_THAT(vwa->frequencies[0], WithinRel(0.01 / 1.009, 1e-14));  // 5/500
  CHECK(vwa->floored == std::vector<bool>{true, false, false});
  CHECK(result.rare_alleles.floor_seen);
  CHECK(result.added.size() == 1);  // a raised allele is not an added one
}

TEST_CASE("frozen frequencies sum to 1 and matrices are stochastic over the full allele list") {
  Population population = small_population();
  for (double& p : population.loci[0].frequencies) p *= 1.0095;
  for (const LocusModel& model : frozen(population, small_data()).loci) {
    CHECK_THAT(std::accumulate(model.frequencies.begin(), model.frequencies.end(), 0.0), WithinAbs(1.0, 1e-12));
    const std::size_t n = model.locus.alleles.size();
    REQUIRE(model.male.size() == n);
    REQUIRE(model.female.size() == n);
    for (std::size_t i = 0; i < n; ++i) {
      CHECK_THAT(sum_of(model.male.row(i)), WithinAbs(1.0, 1e-12));
      CHECK_THAT(sum_of(model.female.row(i)), WithinAbs(1.0, 1e-12));
    }
  }
}

TEST_CASE("the added allele is part of the mutation state space") {
  const EffectivePopulation result = frozen(small_population(), small_data());
  const LocusModel& th01 = result.loci[0];
  // From 7, one step to 6 and 8, two to 9: R / (r + r + r^2) times r.
  CHECK_THAT(th01.male(1, 2), WithinRel(0.002 * 0.1 / 0.21, 1e-12));
  CHECK_THAT(th01.female(1, 2), WithinRel(0.0005 * 0.1 / 0.21, 1e-12));
}

TEST_CASE("loci: those both know, in the order of the population; X and unknown ones are listed as unused") {
  const std::vector<ObservedLocus> data = {
      {"vWA", {Allele(14, 0)}}, {"AMEL", {Allele::letter('X')}}, {"DXS8378", {Allele(10, 0)}}, {"TH01", {}}};
  const EffectivePopulation result = frozen(small_population(), data);
  REQUIRE(result.loci.size() == 2);
  CHECK(result.loci[0].locus.name == "TH01");
  CHECK(result.loci[1].locus.name == "vWA");
  CHECK(result.unused_loci == std::vector<std::string>{"AMEL", "DXS8378"});
}

TEST_CASE("the order of observed loci and alleles, and saying a locus twice, change nothing") {
  const EffectivePopulation plain = frozen(small_population(), {{"TH01", {Allele(5, 0), Allele(8, 0)}}, {"vWA", {Allele(14, 0)}}});
  const EffectivePopulation shuffled =
      frozen(small_population(), {{"vWA", {Allele(14, 0)}}, {"TH01", {Allele(8, 0)}}, {"TH01", {Allele(8, 0), Allele(5, 0), Allele()}}});
  CHECK(plain.digest == shuffled.digest);
  CHECK(plain.added == shuffled.added);
  CHECK(plain.digest.size() == 64);
}

TEST_CASE("the digest changes with everything that changes a number") {
  const std::string digest = frozen(small_population(), small_data()).digest;
  const auto with = [&](const std::function<void(Population&)>& change) {
    Population population = small_population();
    change(population);
    return frozen(population, small_data()).digest;
  };
  const auto overriding = [&](const std::function<void(ModelOverrides&)>& change) {
    ModelOverrides overrides;
    change(overrides);
    return frozen(small_population(), small_data(), overrides).digest;
  };
  const std::vector<std::string> changed = {with([](Population& p) { p.theta = 0.01; }),
                                            with([](Population& p) {
                                              p.loci[0].frequencies = {0.1, 0.2, 0.4, 0.3};
                                            }),
                                            with([](Population& p) { p.loci[0].n_alleles = 1001; }),
                                            with([](Population& p) { p.loci[0].silent = 0.001; }),
                                            with([](Population& p) { p.loci[0].mutation.rate_male = 0.003; }),
                                            with([](Population& p) { p.loci[0].mutation.rate_female = 0.003; }),
                                            with([](Population& p) { p.loci[0].mutation.microvariant_rate = 1e-6; }),
                                            with([](Population& p) { p.loci[0].mutation.range = 0.2; }),
                                            with([](Population& p) { p.loci[0].locus = "TPOX"; }),
                                            with([](Population& p) { std::swap(p.loci[0], p.loci[1]); }),
                                            with([](Population& p) { p.rare_alleles.numerator = 3; }),
                                            with([](Population& p) { p.rare_alleles.floor_seen = true; }),
                                            overriding([](ModelOverrides& o) { o.theta = 0.02; }),
                                            overriding([](ModelOverrides& o) { o.mutation_model = MutationModel::none; }),
                                            overriding([](ModelOverrides& o) { o.mutation_model = MutationModel::equal; }),
                                            overriding([](ModelOverrides& o) { o.rate_male = 0.001; }),
                                            frozen(small_population(), {{"TH01", {Allele(8, 0), Allele(5, 0)}}, {"vWA", {}}}).digest,
                                            frozen(small_population(), {{"TH01", {Allele(8, 0)}}}).digest,
                                            freeze(small_population(), small_data(), {}, UntypedParent::full).digest};
  for (std::size_t i = 0; i < changed.size(); ++i) {
    INFO("change " << i);
    CHECK(changed[i] != digest);
    for (std::size_t j = 0; j < i; ++j) CHECK(changed[i] != changed[j]);
  }
}

TEST_CASE("the digest ignores what changes no number") {
  const std::string digest = frozen(small_population(), small_data()).digest;
  Population population = small_population();
  population.id = "renamed";
  population.title = population.sha256 = population.path = "other";
  population.loci[0].note = "a note";
  population.loci[1].n_alleles = 501;  // nothing is added at vWA
  CHECK(frozen(population, small_data()).digest == digest);
  ModelOverrides none;
  none.mutation_model = MutationModel::none;
  ModelOverrides none_with_rates = none;
  none_with_rates.rate_male = 0.1;
  CHECK(frozen(small_population(), small_data(), none).digest == frozen(small_population(), small_data(), none_with_rates).digest);
}

TEST_CASE("overrides: none is the identity, rates reach every locus, theta reaches every model") {
  ModelOverrides overrides;
  overrides.mutation_model = MutationModel::none;
  overrides.theta = 0.03;
  for (const LocusModel& model : frozen(small_population(), small_data(), overrides).loci) {
    CHECK(model.male == TransitionMatrix::identity(model.male.size()));
    CHECK(model.female == TransitionMatrix::identity(model.female.size()));
    CHECK(model.theta == 0.03);
  }
  ModelOverrides rates;
  rates.mutation_model = MutationModel::equal;
  rates.rate_male = 0.01;
  rates.rate_female = 0.02;
  const EffectivePopulation result = frozen(small_population(), small_data(), rates);
  CHECK_THAT(result.loci[1].male(0, 0), WithinRel(0.99, 1e-14));
  CHECK_THAT(result.loci[1].female(0, 1), WithinRel(0.01, 1e-14));
  CHECK_THAT(result.loci[0].male(0, 1), WithinRel(0.0025, 1e-14));
}

TEST_CASE("a model that counts repeats leaves SNP loci as the file has them") {
  Population population = small_population();
  population.loci.push_back(table("rs1", {Allele::letter('A'), Allele::letter('G')}, {0.4, 0.6}));
  population.loci.back().kind = LocusKind::snp;
  population.loci.back().mutation.model = MutationModel::none;
  std::vector<ObservedLocus> data = small_data();
  data.push_back({"rs1", {Allele::letter('A'), Allele::letter('T')}});
  ModelOverrides overrides;
  overrides.mutation_model = MutationModel::onestep;
  const EffectivePopulation result = frozen(population, data, overrides);
  CHECK(result.find("TH01")->mutation.model == MutationModel::onestep);
  const LocusModel* snp = result.find("rs1");
  CHECK(snp->mutation.model == MutationModel::none);
  CHECK(snp->locus.alleles.size() == 3);  // a third allele is added like any unseen one
}

TEST_CASE("a silent allele leaves visible frequencies summing to 1 and scales the proportional model") {
  Population population = small_population();
  population.loci[0].silent = 0.1;
  population.loci[0].mutation.model = MutationModel::proportional;
  const EffectivePopulation result = frozen(population, {{"TH01", {}}});
  const LocusModel& th01 = result.loci[0];
  CHECK_THAT(std::accumulate(th01.frequencies.begin(), th01.frequencies.end(), 0.0), WithinAbs(1.0, 1e-14));
  const double alpha = 0.002 / 0.9 / (0.1 * 0.9 + 0.2 * 0.8 + 0.3 * 0.7 + 0.4 * 0.6);
  CHECK_THAT(th01.male(0, 3), WithinRel(alpha * 0.4, 1e-12));
}

TEST_CASE("what cannot be a population is refused with the locus named") {
  const auto refused = [](const std::function<void(Population&)>& change, const std::string& words) {
    Population population = small_population();
    change(population);
    try {
      frozen(population, small_data());
    } catch (const ModelError& error) {
      INFO(error.what());
      CHECK(std::string(error.what()).find(words) != std::string::npos);
      return;
    }
    FAIL("not refused: " << words);
  };
  refused([](Population& p) { p.loci[0].frequencies[0] = 0.1101; }, "locus TH01: the sum of the frequencies");
  refused([](Population& p) { p.loci[0].frequencies[0] = 0.0899; }, "locus TH01: the sum of the frequencies");
  refused([](Population& p) { p.loci[0].frequencies[0] = 0.0; }, "locus TH01: a frequency is 0");
  refused([](Population& p) { p.loci[0].frequencies.pop_back(); }, "locus TH01");
  refused([](Population& p) { std::swap(p.loci[0].alleles[0], p.loci[0].alleles[1]); }, "not sorted and distinct");
  refused([](Population& p) { p.loci[0].silent = 1.0; }, "silent");
  refused([](Population& p) { p.theta = 1.0; }, "theta");
  refused([](Population& p) { p.theta = -0.01; }, "theta");
  refused([](Population& p) { p.rare_alleles.fallback = 0.0; }, "fallback");
  refused([](Population& p) { p.loci[0].n_alleles = 4; }, "floor");
  refused([](Population& p) { p.loci[0].mutation.rate_male = 1.5; }, "locus TH01");
  CHECK_THROWS_AS(frozen(small_population(), {{"TH01", {Allele::letter('X')}}}), ModelError);
}

TEST_CASE("a locus has at most as many alleles as genotype codes fit 16 bits") {
  ObservedLocus many{"D8S1179", {}};
  for (unsigned repeats = 1; repeats <= 361; ++repeats)
    if (repeats != 1 && repeats != 2) many.alleles.push_back(Allele(repeats, 0));
  many.alleles.push_back(Allele(1, 0));
  many.alleles.push_back(Allele(2, 0));
  CHECK(frozen(small_population(), {many}).find("D8S1179")->locus.alleles.size() == 361);
  many.alleles.push_back(Allele(362, 0));
  CHECK_THROWS_AS(frozen(small_population(), {many}), ModelError);
}
