// The closed forms of a pair's close relations against the pedigree likelihood of the same pedigrees.
#include "base/rng.hpp"
#include "catch_compat.hpp"
#include "family_fixture.hpp"
#include "homeward/error.hpp"
#include "likelihood/pair_relations.hpp"

using namespace homeward;
using namespace homeward::fixture;

namespace {

const std::vector<Allele> kAlleles{Allele(9, 0), Allele(9, 3), Allele(10, 0), Allele(11, 0), Allele(13, 0)};
const std::vector<double> kFrequencies{0.08, 0.27, 0.31, 0.04, 0.30};

LocusModel model_of(MutationModel kind, double silent, double theta = 0.0) {
  return locus(kAlleles, kFrequencies, mutation(kind, 0.03, 0.01), silent, theta);
}

Genotype genotype(AllelePair pair) { return {kAlleles[pair.a], kAlleles[pair.b]}; }

/// Every genotype, as a pair.
std::vector<AllelePair> all_pairs() {
  std::vector<AllelePair> pairs;
  for (AlleleIndex b = 0; b < kAlleles.size(); ++b)
    for (AlleleIndex a = 0; a <= b; ++a) pairs.push_back({a, b});
  return pairs;
}

/// The pedigrees of METHODS, "Close alternatives". `o`: the child's other parent, "*" under `half`.
std::vector<Row> with_other_parent(std::vector<Row> rows, const char* child_father, const char* child_mother, UntypedParent rule,
                                   bool other_is_mother) {
  const char* other = "*";
  if (rule == UntypedParent::full) {
    rows.push_back({"O", "0", "0", other_is_mother ? 'F' : 'M'});
    other = "O";
  }
  rows.push_back({"CH", other_is_mother ? child_father : other, other_is_mother ? other : child_mother, 'M'});
  return rows;
}

std::vector<Row> second_degree(Sex side, UntypedParent rule) {
  const bool father = side == Sex::male;
  std::vector<Row> rows{
      {"G1", "0", "0", 'M'}, {"G2", "0", "0", 'F'}, {"T", "G1", "G2", father ? 'M' : 'F'}, {"P", "G1", "G2", father ? 'M' : 'F'}};
  return with_other_parent(rows, "P", "P", rule, father);
}

std::vector<Row> parent(Sex side, UntypedParent rule) {
  return with_other_parent({{"T", "0", "0", side == Sex::male ? 'M' : 'F'}}, "T", "T", rule, side == Sex::male);
}

const std::vector<Row> kFullSibs{{"G1", "0", "0", 'M'}, {"G2", "0", "0", 'F'}, {"T", "G1", "G2", 'M'}, {"CH", "G1", "G2", 'M'}};
const std::vector<Row> kStrangers{{"T", "0", "0", 'M'}, {"CH", "0", "0", 'M'}};

double pair_lr(const std::vector<Row>& rows, AllelePair tested, AllelePair child, const LocusModel& model) {
  const Typed typed{{"T", genotype(tested)}, {"CH", genotype(child)}};
  return likelihood(pedigree(rows), typed, model) / likelihood(pedigree(kStrangers), typed, model);
}

void check_pair(const LocusModel& model, UntypedParent rule, Sex side, double tolerance) {
  const PairRelations relations(model, rule);
  for (const AllelePair tested : all_pairs())
    for (const AllelePair child : all_pairs()) {
      CAPTURE(tested.a, tested.b, child.a, child.b, model.silent, model.theta, static_cast<int>(side), static_cast<int>(rule));
      const PairRatios ratios = relations.ratios(tested, child, side);
      CHECK_THAT(ratios.parent, WithinRel(pair_lr(parent(side, rule), tested, child, model), tolerance));
      CHECK_THAT(ratios.full_sib, WithinRel(pair_lr(kFullSibs, tested, child, model), tolerance));
      CHECK_THAT(ratios.second_degree, WithinRel(pair_lr(second_degree(side, rule), tested, child, model), tolerance));
    }
}

}  // namespace

TEST_CASE("close relations of a pair equal the pedigree likelihood, with mutation and silent allele") {
  for (const MutationModel kind : {MutationModel::stepwise, MutationModel::equal, MutationModel::proportional})
    for (const double silent : {0.0, 0.02})
      for (const UntypedParent rule : {UntypedParent::half, UntypedParent::full})
        for (const Sex side : {Sex::male, Sex::female}) check_pair(model_of(kind, silent), rule, side, 1e-12);
}

TEST_CASE("under theta the close relations equal the pedigree likelihood without mutation") {
  for (const double silent : {0.0, 0.02}) {
    const LocusModel model = model_of(MutationModel::none, silent, 0.03);
    const PairRelations relations(model, UntypedParent::half);
    for (const AllelePair tested : all_pairs())
      for (const AllelePair child : all_pairs()) {
        const PairRatios ratios = relations.ratios(tested, child, Sex::male);
        CHECK_THAT(ratios.full_sib, WithinRel(pair_lr(kFullSibs, tested, child, model), 1e-12));
        CHECK_THAT(ratios.second_degree, WithinRel(pair_lr(second_degree(Sex::male, UntypedParent::half), tested, child, model), 1e-12));
        CHECK_THAT(ratios.parent, WithinAbs(pair_lr(parent(Sex::male, UntypedParent::half), tested, child, model), 1e-12));
      }
  }
}

TEST_CASE("half sibs and grandparents have the ratio of the second degree when nothing mutates") {
  const LocusModel model = model_of(MutationModel::none, 0.0);
  const PairRelations relations(model, UntypedParent::half);
  const std::vector<Row> half_sibs{{"G", "0", "0", 'F'}, {"T", "*", "G", 'M'}, {"CH", "*", "G", 'M'}};
  const std::vector<Row> grandfather{{"T", "0", "0", 'M'}, {"P", "T", "*", 'F'}, {"CH", "*", "P", 'M'}};
  for (const AllelePair tested : all_pairs())
    for (const AllelePair child : all_pairs()) {
      const double ratio = relations.ratios(tested, child, Sex::male).second_degree;
      CHECK_THAT(ratio, WithinRel(pair_lr(half_sibs, tested, child, model), 1e-12));
      CHECK_THAT(ratio, WithinRel(pair_lr(grandfather, tested, child, model), 1e-12));
    }
}

TEST_CASE("the same person typed twice: a distribution over the second typing, and 1/P(g) less a disagreement") {
  for (const double theta : {0.0, 0.02}) {
    const LocusModel model = model_of(MutationModel::stepwise, 0.0, theta);
    const PairRelations relations(model, UntypedParent::half);
    for (const AllelePair first : all_pairs()) {
      double total = 0.0;
      const double alone = likelihood(pedigree({{"T", "0", "0", 'M'}}), {{"T", genotype(first)}}, model);
      for (const AllelePair second : all_pairs()) {
        const double together = likelihood(pedigree(kStrangers), {{"T", genotype(first)}, {"CH", genotype(second)}}, model);
        const double ratio = relations.ratios(first, second, Sex::male).same_person;
        total += ratio * together / alone;
        if (first.a == second.a && first.b == second.b)
          CHECK_THAT(ratio, WithinRel((1.0 - kRetypingDisagreement) * alone / together + kRetypingDisagreement, 1e-12));
        else
          CHECK(ratio == kRetypingDisagreement);
        // However a heterozygote is written.
        CHECK(relations.ratios({first.b, first.a}, second, Sex::male).same_person == ratio);
      }
      CHECK_THAT(total, WithinRel(1.0, 1e-12));
    }
  }
}

TEST_CASE("what a couple may be instead equals the pedigree likelihood, members untyped at the locus included") {
  CounterRng rng(11, 0);
  const std::vector<AllelePair> pairs = all_pairs();
  const auto draw = [&] { return pairs[rng.below(pairs.size())]; };
  for (const double silent : {0.0, 0.02})
    for (const UntypedParent rule : {UntypedParent::half, UntypedParent::full})
      for (int i = 0; i < 60; ++i) {
        const LocusModel model = model_of(i % 2 == 0 ? MutationModel::stepwise : MutationModel::equal, silent);
        const PairRelations relations(model, rule);
        const std::optional<AllelePair> father = i % 5 == 1 ? std::nullopt : std::optional(draw());
        const std::optional<AllelePair> mother = i % 5 == 2 ? std::nullopt : std::optional(draw());
        const AllelePair child = draw();
        Typed typed{{"CH", genotype(child)}};
        if (father) typed["F"] = genotype(*father);
        if (mother) typed["M"] = genotype(*mother);
        const double unrelated = likelihood(pedigree({{"F", "0", "0", 'M'}, {"M", "0", "0", 'F'}, {"CH", "0", "0", 'M'}}), typed, model);
        const auto lr = [&](const std::vector<Row>& rows) { return likelihood(pedigree(rows), typed, model) / unrelated; };
        // An untyped member that is the child's parent is left out under `half`, and so is one that is nobody's parent.
        const bool half = rule == UntypedParent::half;
        const char* as_father = !father && half ? "*" : "F";
        const char* as_mother = !mother && half ? "*" : "M";
        const std::vector<Row> uncle{{"F", "G1", "G2", 'M'}, {"M", "0", "0", 'F'},   {"G1", "0", "0", 'M'},
                                     {"G2", "0", "0", 'F'},  {"P", "G1", "G2", 'M'}, {"CH", "P", as_mother, 'M'}};
        const std::vector<Row> aunt{{"F", "0", "0", 'M'},  {"M", "G1", "G2", 'F'}, {"G1", "0", "0", 'M'},
                                    {"G2", "0", "0", 'F'}, {"P", "G1", "G2", 'F'}, {"CH", as_father, "P", 'M'}};
        std::vector<Row> grandparents{{"F", "0", "0", 'M'}, {"M", "0", "0", 'F'}, {"P", as_father, as_mother, 'M'}};
        grandparents = with_other_parent(grandparents, "P", "P", rule, true);
        const CoupleRatios ratios = relations.couple(father, mother, child);
        CAPTURE(i, silent, half);
        if (father) CHECK_THAT(ratios.father_second_degree, WithinRel(lr(uncle), 1e-12));
        if (mother) CHECK_THAT(ratios.mother_second_degree, WithinRel(lr(aunt), 1e-12));
        CHECK_THAT(ratios.grandparents, WithinRel(lr(grandparents), 1e-12));
      }
}
