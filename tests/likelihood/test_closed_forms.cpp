// The textbook: likelihood ratios in p and q, without and with mutation, theta and a silent allele.
#include "catch_compat.hpp"
#include "family_fixture.hpp"
#include "homeward/error.hpp"
#include "likelihood/parents.hpp"

using namespace homeward;
using namespace homeward::fixture;

namespace {

const Allele A(10, 0), B(11, 0), C(12, 0), D(9, 3);
constexpr double p = 0.05, q = 0.2, r = 0.3;

LocusModel plain(double theta = 0.0) { return locus({D, A, B, C}, {1 - p - q - r, p, q, r}, mutation(MutationModel::none), 0.0, theta); }

double lr(const std::vector<Row>& h1, const std::vector<Row>& h2, const Typed& typed, const LocusModel& model) {
  return likelihood(pedigree(h1), typed, model) / likelihood(pedigree(h2), typed, model);
}

}  // namespace

TEST_CASE("duo without mutation: 1/p, 1/(2p), 1/(2p), (p+q)/(4pq), 1/(4p)") {
  const LocusModel model = plain();
  const auto duo = [&](Genotype father, Genotype child) { return lr(kTrio, kUnrelated, {{"FA", father}, {"CH", child}}, model); };
  CHECK_THAT(duo({A, A}, {A, A}), WithinRel(1 / p, 1e-13));
  CHECK_THAT(duo({A, A}, {A, B}), WithinRel(1 / (2 * p), 1e-13));
  CHECK_THAT(duo({A, B}, {A, A}), WithinRel(1 / (2 * p), 1e-13));
  CHECK_THAT(duo({A, B}, {A, B}), WithinRel((p + q) / (4 * p * q), 1e-13));
  CHECK_THAT(duo({A, B}, {A, C}), WithinRel(1 / (4 * p), 1e-13));
  CHECK(duo({B, B}, {A, A}) == 0.0);
}

TEST_CASE("trio against a random father: 1/p, 1/(2p), 1/(p+q), 0") {
  const LocusModel model = plain();
  std::vector<Row> other = kTrio;
  other.push_back({"RF", "0", "0", 'M'});
  other[2] = {"CH", "RF", "MO", 'M'};
  const auto trio = [&](Genotype father, Genotype mother, Genotype child) {
    return lr(kTrio, other, {{"FA", father}, {"MO", mother}, {"CH", child}}, model);
  };
  CHECK_THAT(trio({A, A}, {B, B}, {A, B}), WithinRel(1 / p, 1e-13));
  CHECK_THAT(trio({A, C}, {B, B}, {A, B}), WithinRel(1 / (2 * p), 1e-13));
  CHECK_THAT(trio({A, A}, {A, B}, {A, B}), WithinRel(1 / (p + q), 1e-13));
  CHECK_THAT(trio({A, C}, {A, B}, {A, B}), WithinRel(1 / (2 * (p + q)), 1e-13));
  CHECK(trio({C, C}, {B, B}, {A, B}) == 0.0);
}

TEST_CASE("full sibs against unrelated: (1+p)^2/(4p^2), (1+p+q+2pq)/(8pq), (1+p)/(4p), 1/4") {
  const LocusModel model = plain();
  std::vector<Row> unrelated = kSibs;
  unrelated[3] = {"CH", "0", "0", 'M'};
  const auto sibs = [&](Genotype sib, Genotype child) { return lr(kSibs, unrelated, {{"SIB", sib}, {"CH", child}}, model); };
  CHECK_THAT(sibs({A, A}, {A, A}), WithinRel((1 + p) * (1 + p) / (4 * p * p), 1e-13));
  CHECK_THAT(sibs({A, B}, {A, B}), WithinRel((1 + p + q + 2 * p * q) / (8 * p * q), 1e-13));
  CHECK_THAT(sibs({A, A}, {A, B}), WithinRel((1 + p) / (4 * p), 1e-13));
  CHECK_THAT(sibs({A, A}, {B, B}), WithinRel(0.25, 1e-13));
}

TEST_CASE("theta: a homozygous match costs (1+3t)/(2t+(1-t)p), the match probability of unrelated people is Balding-Nichols") {
  const double t = 0.02;
  const LocusModel model = plain(t);
  std::vector<Row> other = kTrio;
  other.push_back({"RF", "0", "0", 'M'});
  other[2] = {"CH", "RF", "MO", 'M'};
  CHECK_THAT(lr(kTrio, other, {{"FA", {A, A}}, {"MO", {B, B}}, {"CH", {A, B}}}, model),
             WithinRel((1 + 3 * t) / (2 * t + (1 - t) * p), 1e-13));

  const Pedigree two = pedigree({{"X", "0", "0", 'M'}, {"Y", "0", "0", 'M'}});
  const double conditional = likelihood(two, {{"X", {A, A}}, {"Y", {A, A}}}, model) / likelihood(two, {{"X", {A, A}}}, model);
  CHECK_THAT(conditional, WithinRel((2 * t + (1 - t) * p) * (3 * t + (1 - t) * p) / ((1 + t) * (1 + 2 * t)), 1e-13));
  const double heterozygous = likelihood(two, {{"X", {A, B}}, {"Y", {A, B}}}, model) / likelihood(two, {{"X", {A, B}}}, model);
  CHECK_THAT(heterozygous, WithinRel(2 * (t + (1 - t) * p) * (t + (1 - t) * q) / ((1 + t) * (1 + 2 * t)), 1e-13));
}

TEST_CASE("a silent allele reconciles opposite homozygotes") {
  const double s = 0.02;
  const LocusModel model = locus({A, B, C}, {p, q, 1 - p - q}, mutation(MutationModel::none), s);
  const double pa = p * (1 - s);
  const double pb = q * (1 - s);
  // Both carry the silent allele: P = 2 pa s * (1/2 s-transmission) * pb against (pa^2 + 2 pa s)(pb^2 + 2 pb s).
  const double expected = pa * s * pb / ((pa * pa + 2 * pa * s) * (pb * pb + 2 * pb * s));
  CHECK_THAT(lr(kTrio, kUnrelated, {{"FA", {A, A}}, {"CH", {B, B}}}, model), WithinRel(expected, 1e-13));
}

TEST_CASE("duo with mutation and no untyped mother: LR = sum M[i,j] / (4 p_j) over the parent's and the child's alleles") {
  const LocusModel model = locus({D, A, B, C}, {1 - p - q - r, p, q, r}, mutation(MutationModel::stepwise, 0.01, 0.003));
  const std::vector<Row> half{{"FA", "0", "0", 'M'}, {"CH", "FA", "*", 'M'}};
  const std::vector<Row> apart{{"FA", "0", "0", 'M'}, {"CH", "0", "0", 'M'}};
  for (std::size_t f = 1; f < genotype_code_count(4); ++f)
    for (std::size_t c = 1; c < genotype_code_count(4); ++c) {
      const Genotype father = model.locus.genotype_of(static_cast<GenotypeCode>(f));
      const Genotype child = model.locus.genotype_of(static_cast<GenotypeCode>(c));
      double expected = 0.0;
      for (const Allele i : {father.a, father.b})
        for (const Allele j : {child.a, child.b})
          expected += model.male(*model.locus.index_of(i), *model.locus.index_of(j)) / (4 * model.frequencies[*model.locus.index_of(j)]);
      CHECK_THAT(lr(half, apart, {{"FA", father}, {"CH", child}}, model), WithinRel(expected, 1e-13));
    }
}

TEST_CASE("the parents' closed forms equal the pedigree likelihood, genotype by genotype") {
  for (const MutationModel kind : {MutationModel::none, MutationModel::equal, MutationModel::proportional, MutationModel::stepwise}) {
    const LocusModel model = locus({D, A, B, C}, {1 - p - q - r, p, q, r}, mutation(kind, 0.02, 0.004));
    const Genotype father(A, C);
    const Genotype mother(B, B);
    const auto compare = [&](const std::vector<Row>& rows, const Typed& typed, const std::vector<double>& from_father,
                             const std::vector<double>& from_mother) {
      const std::vector<double> ratios = child_likelihood_ratios(model, from_father, from_mother);
      CHECK(ratios[kUntyped] == 1.0);
      const Pedigree h1 = pedigree(rows);
      const Pedigree h2 = pedigree(kUnrelated);
      for (std::size_t code = 1; code < ratios.size(); ++code) {
        Typed all = typed;
        all["CH"] = model.locus.genotype_of(static_cast<GenotypeCode>(code));
        CHECK_THAT(ratios[code], WithinRel(likelihood(h1, all, model) / likelihood(h2, all, model), 1e-13));
      }
    };
    const auto f = parent_gamete(model, father, Sex::male);
    const auto m = parent_gamete(model, mother, Sex::female);
    compare(kTrio, {{"FA", father}, {"MO", mother}}, f, m);
    compare(kTrio, {{"FA", father}}, f, untyped_parent_gamete(model, Sex::female, UntypedParent::full));
    compare(kTrio, {{"MO", mother}}, untyped_parent_gamete(model, Sex::male, UntypedParent::full), m);
    compare({{"FA", "0", "0", 'M'}, {"MO", "0", "0", 'F'}, {"CH", "FA", "*", 'M'}}, {{"FA", father}}, f,
            untyped_parent_gamete(model, Sex::female, UntypedParent::half));
  }
}

TEST_CASE("inconsistent genotypes are those of likelihood 0 without mutation") {
  const LocusModel model = plain();
  const Pedigree trio = pedigree(kTrio);
  const std::optional<Genotype> none;
  for (const auto& [father, mother] :
       std::vector<std::pair<std::optional<Genotype>, std::optional<Genotype>>>{{Genotype(A, C), none},
                                                                                {none, Genotype(B, B)},
                                                                                {Genotype(A, C), Genotype(B, B)},
                                                                                {Genotype(A, B), Genotype(A, B)},
                                                                                {none, none}}) {
    const auto inconsistent = inconsistent_without_mutation(model, father, mother);
    CHECK(inconsistent[kUntyped] == 0);
    for (std::size_t code = 1; code < inconsistent.size(); ++code) {
      Typed typed{{"CH", model.locus.genotype_of(static_cast<GenotypeCode>(code))}};
      if (father) typed["FA"] = *father;
      if (mother) typed["MO"] = *mother;
      CHECK((inconsistent[code] != 0) == (likelihood(trio, typed, model) == 0.0));
    }
  }
}

TEST_CASE("what the closed forms do not cover is refused") {
  const auto ratios = [](const LocusModel& model) { return child_likelihood_ratios(model, model.frequencies, model.frequencies); };
  CHECK_THROWS_AS(ratios(plain(0.01)), Error);
  CHECK_THROWS_AS(ratios(locus({A, B}, {0.5, 0.5}, mutation(MutationModel::none), 0.1)), Error);
  LocusModel x = plain();
  x.locus.chromosome = Chromosome::x;
  CHECK_THROWS_AS(ratios(x), Error);
  CHECK_THROWS_AS(parent_gamete(plain(), Genotype(A, Allele(30, 0)), Sex::male), ModelError);
  CHECK_THROWS_AS(parent_gamete(plain(), Genotype(Allele(), A), Sex::male), Error);
  CHECK_THROWS_AS(parent_gamete(plain(), Genotype(A, A), Sex::unknown), Error);
}
