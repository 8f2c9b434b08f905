#include "likelihood/case_likelihood.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "homeward/error.hpp"

namespace homeward {

namespace {

/// A parent's name as a case writes it, to compare hypotheses whose persons stand in another order.
std::string parent_name(const Pedigree& pedigree, PersonInPedigree parent) {
  if (parent == kNoParent) return "0";
  return parent == kPopulationGamete ? "*" : pedigree[static_cast<std::size_t>(parent)].id;
}

std::vector<ObservedGenotype> by_person(const Pedigree& pedigree, const CaseLocus& locus, const char* hypothesis) {
  std::vector<ObservedGenotype> observed(pedigree.size());
  for (const auto& [id, seen] : locus.observed) {
    const auto person = pedigree.find(id);
    if (!person) throw Error(ErrorKind::input, "locus " + locus.name + ": a typed person is not in the pedigree of " + hypothesis);
    observed[static_cast<std::size_t>(*person)] = seen;
  }
  return observed;
}

bool shows_alleles(const ObservedGenotype& seen) { return seen.kind != Observation::untyped && !seen.genotype.b.empty(); }

CaseFlag flag_of(const CaseRow& row, const CaseLocus& locus, const std::set<std::string>& in_question) {
  if (std::isnan(row.log10_lr)) return CaseFlag::undefined;
  std::size_t shown = 0;
  bool questioned = false;
  for (const auto& [id, seen] : locus.observed) {
    if (!shows_alleles(seen)) continue;
    ++shown;
    questioned = questioned || in_question.count(id) != 0;
  }
  return questioned && shown > 1 ? CaseFlag::none : CaseFlag::one_sided;
}

ScaledLikelihood joint(const Pedigree& pedigree, const Case& stated, const CaseLinkage& link, const char* hypothesis) {
  const CaseLocus& first = stated.loci[link.first];
  const CaseLocus& second = stated.loci[link.second];
  const std::vector<ObservedGenotype> observed1 = by_person(pedigree, first, hypothesis);
  const std::vector<ObservedGenotype> observed2 = by_person(pedigree, second, hypothesis);
  return linked_pair_likelihood(pedigree, {observed1, *first.model}, {observed2, *second.model}, link.rho, stated.observation);
}

void multiply(ScaledLikelihood& product, const ScaledLikelihood& factor) {
  int exponent = 0;
  product.value = std::frexp(product.value * factor.value, &exponent);
  product.exponent += factor.exponent + exponent;
}

}  // namespace

std::string_view to_string(CaseFlag flag) { return flag == CaseFlag::none ? "." : flag == CaseFlag::one_sided ? "one_sided" : "undefined"; }

std::vector<std::string> persons_in_question(const Case& stated) {
  std::set<std::string> moved;
  for (const PedigreePerson& person : stated.h1.persons()) {
    const auto other = stated.h2.find(person.id);
    if (!other) continue;
    const PedigreePerson& twin = stated.h2[static_cast<std::size_t>(*other)];
    if (parent_name(stated.h1, person.father) != parent_name(stated.h2, twin.father) ||
        parent_name(stated.h1, person.mother) != parent_name(stated.h2, twin.mother))
      moved.insert(person.id);
  }
  std::set<std::string> asked = moved;
  for (const PedigreePerson& person : stated.h1.persons())
    if (moved.count(person.id) != 0) {
      asked.erase(parent_name(stated.h1, person.father));
      asked.erase(parent_name(stated.h1, person.mother));
    }
  return {asked.begin(), asked.end()};
}

CaseResult evaluate_case(const Case& stated) {
  const std::vector<std::string> asked = persons_in_question(stated);
  const std::set<std::string> in_question(asked.begin(), asked.end());
  CaseResult result;
  result.total.locus = "TOTAL";
  result.total.p_h1 = result.total.p_h2 = {1.0, 0};
  std::vector<bool> is_linked(stated.loci.size(), false);
  for (const CaseLinkage& link : stated.linked) is_linked[link.first] = is_linked[link.second] = true;
  const auto add_to_total = [&](const ScaledLikelihood& p_h1, const ScaledLikelihood& p_h2) {
    result.total.log10_lr += log10_likelihood_ratio(p_h1, p_h2);
    multiply(result.total.p_h1, p_h1);
    multiply(result.total.p_h2, p_h2);
  };
  for (std::size_t k = 0; k < stated.loci.size(); ++k) {
    const CaseLocus& locus = stated.loci[k];
    CaseRow row;
    row.locus = locus.name;
    row.p_h1 = scaled_pedigree_likelihood(stated.h1, by_person(stated.h1, locus, "H1"), *locus.model, stated.observation);
    row.p_h2 = scaled_pedigree_likelihood(stated.h2, by_person(stated.h2, locus, "H2"), *locus.model, stated.observation);
    row.log10_lr = log10_likelihood_ratio(row.p_h1, row.p_h2);
    row.flag = flag_of(row, locus, in_question);
    if (!is_linked[k]) add_to_total(row.p_h1, row.p_h2);
    result.loci.push_back(std::move(row));
  }
  for (const CaseLinkage& link : stated.linked) add_to_total(joint(stated.h1, stated, link, "H1"), joint(stated.h2, stated, link, "H2"));
  return result;
}

}  // namespace homeward
