#include "report/close_alternatives.hpp"

#include "homeward/error.hpp"

namespace homeward {

namespace {

void add_single(Alternatives& list, const PairRelationScores& scores) {
  list.add("full_sib", scores.full_sib);
  list.add("second_degree", scores.second_degree);
  list.add("same_person", scores.same_person, true);
}

void add_couple(Alternatives& list, const RelationScorer& scorer, std::span<const GenotypeCode> father,
                std::span<const GenotypeCode> mother, std::span<const GenotypeCode> child) {
  if (const auto joint = scorer.couple(father, mother, child)) {
    list.add("father_second_degree", joint->father_second_degree);
    list.add("mother_second_degree", joint->mother_second_degree);
    list.add("grandparents", joint->grandparents);
  }
  const PairRelationScores f = scorer.pair(father, child, Sex::male);
  const PairRelationScores m = scorer.pair(mother, child, Sex::female);
  list.add("father_full_sib", f.full_sib);
  list.add("mother_full_sib", m.full_sib);
  list.add("father_same_person", f.same_person, true);
  list.add("mother_same_person", m.same_person, true);
}

}  // namespace

Alternatives close_alternatives(const RelationScorer& scorer, Hypothesis lead, std::span<const GenotypeCode> father,
                                std::span<const GenotypeCode> mother, std::span<const GenotypeCode> child) {
  Alternatives list;
  switch (lead) {
    case Hypothesis::couple:
    case Hypothesis::undeclared_couple:
      add_couple(list, scorer, father, mother, child);
      break;
    case Hypothesis::father_only:
      add_single(list, scorer.pair(father, child, Sex::male));
      break;
    case Hypothesis::mother_only:
      add_single(list, scorer.pair(mother, child, Sex::female));
      break;
    case Hypothesis::pedigree:
    case Hypothesis::parent_only:
      throw Error(ErrorKind::internal, "close alternatives are those of a child of typed parents");
  }
  return list;
}

Verdict stand(double lead_log10_lr, const Alternatives& alternatives) {
  if (alternatives.empty()) return {};
  Alternative likeliest = *alternatives.begin();
  for (const Alternative& alternative : alternatives)
    if (alternative.log10_lr > likeliest.log10_lr) likeliest = alternative;
  // Against unrelated the ratio itself speaks: an alternative that is no likelier than that is none.
  if (!(likeliest.log10_lr > 0.0)) return {};
  if (likeliest.log10_lr > lead_log10_lr) return {likeliest.same_person ? Standing::same_person : Standing::better, likeliest.name};
  return {likeliest.log10_lr > lead_log10_lr - 1.0 ? Standing::within_10x : Standing::clear, likeliest.name};
}

std::string flag_text(const Verdict& verdict) {
  switch (verdict.standing) {
    case Standing::clear:
      return {};
    case Standing::within_10x:
      return "within_10x:" + std::string(verdict.relation);
    case Standing::better:
      return "better:" + std::string(verdict.relation);
    case Standing::same_person:
      return "same_person";
  }
  return {};
}

}  // namespace homeward
