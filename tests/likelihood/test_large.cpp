// Long ladders and families of ten: the paths that small cases never reach, and what they cost.
#include <chrono>
#include <iostream>

#include "catch_compat.hpp"
#include "family_fixture.hpp"

using namespace homeward;
using namespace homeward::fixture;

namespace {

/// The same likelihood as a plain mean over all inheritance vectors: a second locus that nobody is typed at, unlinked.
double mean_over_inheritance(const Pedigree& family, const std::vector<ObservedGenotype>& observed, const LocusModel& model) {
  const std::vector<ObservedGenotype> untyped(observed.size());
  const LocusModel other = locus({Allele(1, 0)}, {1.0});
  return linked_pair_likelihood(family, {observed, model}, {untyped, other}, 0.5, {}).plain();
}

/// Two untyped grandparents with three untyped children, each with a typed child: a table over four untyped genes.
const std::vector<Row> kThreeUncles{{"GF", "0", "0", 'M'},   {"GM", "0", "0", 'F'},  {"U1", "GF", "GM", 'M'}, {"U2", "GF", "GM", 'M'},
                                    {"U3", "GF", "GM", 'M'}, {"C1", "U1", "*", 'M'}, {"C2", "U2", "*", 'M'},  {"C3", "U3", "*", 'M'}};

Allele at(const LocusModel& model, std::size_t i) { return model.locus.alleles[i]; }

}  // namespace

TEST_CASE("untyped generations on a long ladder equal the mean over inheritance vectors") {
  for (const unsigned n : {12U, 74U}) {
    const LocusModel model = long_ladder(mutation(MutationModel::stepwise, 0.01, 0.003), 0.0, n);
    const Pedigree uncles = pedigree(kThreeUncles);
    const auto typed =
        observe(uncles, {{"C1", {at(model, 3), at(model, 4)}}, {"C2", {at(model, 3), at(model, 7)}}, {"C3", {at(model, 5), at(model, 7)}}});
    CHECK_THAT(pedigree_likelihood(uncles, typed, model, {}), WithinRel(mean_over_inheritance(uncles, typed, model), 1e-12));
  }
  const LocusModel model = long_ladder(mutation(MutationModel::stepwise, 0.01, 0.003), 0.0, 30);
  const Pedigree ten = pedigree(kTen);
  const auto typed = observe(ten, {{"PGF", {at(model, 3), at(model, 4)}},
                                   {"UN", {at(model, 3), at(model, 9)}},
                                   {"SIB", {at(model, 5), at(model, 7)}},
                                   {"CH", {at(model, 4), at(model, 7)}}});
  CHECK_THAT(pedigree_likelihood(ten, typed, model, {}), WithinRel(mean_over_inheritance(ten, typed, model), 1e-12));
}

TEST_CASE("inbreeding loops on a long ladder equal the mean over inheritance vectors") {
  const LocusModel model = long_ladder(mutation(MutationModel::stepwise, 0.01, 0.003), 0.0, 40);
  const Pedigree cousins = pedigree({{"GF", "0", "0", 'M'},
                                     {"GM", "0", "0", 'F'},
                                     {"A", "GF", "GM", 'M'},
                                     {"B", "GF", "GM", 'F'},
                                     {"WA", "0", "0", 'F'},
                                     {"HB", "0", "0", 'M'},
                                     {"FA", "A", "WA", 'M'},
                                     {"MO", "HB", "B", 'F'},
                                     {"CH", "FA", "MO", 'M'},
                                     {"SIB", "FA", "MO", 'F'}});
  const auto typed = observe(
      cousins, {{"CH", {at(model, 6), at(model, 6)}}, {"SIB", {at(model, 6), at(model, 11)}}, {"GF", {at(model, 4), at(model, 11)}}});
  CHECK_THAT(pedigree_likelihood(cousins, typed, model, {}), WithinRel(mean_over_inheritance(cousins, typed, model), 1e-12));
}

TEST_CASE("theta on a long ladder equals the mean over inheritance vectors") {
  const LocusModel model = long_ladder(mutation(MutationModel::stepwise, 0.01, 0.003), 0.02, 24);
  const Pedigree sibs = pedigree(kSibs);
  const auto typed = observe(sibs, {{"SIB", {at(model, 3), at(model, 4)}}, {"CH", {at(model, 4), at(model, 8)}}});
  CHECK_THAT(pedigree_likelihood(sibs, typed, model, {}), WithinRel(mean_over_inheritance(sibs, typed, model), 1e-12));
}

TEST_CASE("theta ties across untyped generations on a long ladder equal the mean over inheritance vectors") {
  const LocusModel model = long_ladder(mutation(MutationModel::stepwise, 0.01, 0.003), 0.02, 40);
  const Pedigree cousins = pedigree({{"GF", "0", "0", 'M'},
                                     {"GM", "0", "0", 'F'},
                                     {"A", "GF", "GM", 'M'},
                                     {"B", "GF", "GM", 'F'},
                                     {"WA", "0", "0", 'F'},
                                     {"C1", "A", "WA", 'M'},
                                     {"C2", "A", "WA", 'M'},
                                     {"D1", "*", "B", 'M'}});
  const auto typed =
      observe(cousins, {{"C1", {at(model, 3), at(model, 4)}}, {"C2", {at(model, 3), at(model, 7)}}, {"D1", {at(model, 5), at(model, 7)}}});
  CHECK_THAT(pedigree_likelihood(cousins, typed, model, {}), WithinRel(mean_over_inheritance(cousins, typed, model), 1e-12));
}

TEST_CASE("a family of ten on 74 alleles under stepwise mutation takes milliseconds") {
  const LocusModel model = long_ladder(mutation(MutationModel::stepwise));
  const Pedigree ten = pedigree(kTen);
  const auto timed = [&](const char* what, const Pedigree& family, const Typed& typed) {
    const auto observed = observe(family, typed);
    const auto start = std::chrono::steady_clock::now();
    const double p = pedigree_likelihood(family, observed, model, {});
    const auto middle = std::chrono::steady_clock::now();
    const auto codes = missing_genotype_likelihoods(family, *family.find(family.find("CH") ? "CH" : "C1"), observed, model, {});
    const auto end = std::chrono::steady_clock::now();
    const auto ms = [](auto duration) { return std::chrono::duration<double, std::milli>(duration).count(); };
    std::cerr << "74 alleles, " << what << ": likelihood " << ms(middle - start) << " ms, all genotypes of the missing person "
              << ms(end - middle) << " ms\n";
    CHECK(p > 0.0);
    CHECK(codes[0] > 0.0);
    CHECK(ms(end - start) < 5000.0);  // a guard against an exponential slip, not a benchmark
  };
  const auto g = [&](std::size_t i, std::size_t j) { return Genotype(at(model, i), at(model, j)); };
  timed("ten, grandparents and aunts typed", ten,
        {{"PGF", g(20, 22)},
         {"PGM", g(30, 33)},
         {"MGF", g(24, 26)},
         {"MGM", g(40, 41)},
         {"UN", g(20, 30)},
         {"AU", g(24, 40)},
         {"SIB", g(22, 26)}});
  timed("ten, only uncle, aunt and sib typed", ten, {{"UN", g(20, 30)}, {"AU", g(24, 40)}, {"SIB", g(22, 26)}});
  timed("three untyped uncles", pedigree(kThreeUncles), {{"C2", g(20, 30)}, {"C3", g(20, 40)}});
}
