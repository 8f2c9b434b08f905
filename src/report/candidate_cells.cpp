// The cells of a candidate that weigh it against other explanations.
#include <cmath>

#include "report/candidate_row.hpp"
#include "report/cells.hpp"

namespace homeward {

namespace {

constexpr std::uint16_t kFewLoci = 13;  ///< the smallest kit in wide use; fewer is a weak comparison whatever the LR

}  // namespace

void put_alternatives(std::string& out, const TableContext&, const RowFacts& row) {
  bool first = true;
  for (const PairTerm& term : row.terms) {
    if (!first) out += ';';
    first = false;
    out += to_string(term.hypothesis);
    out += '=';
    put_log10(out, term.log10_lr);
  }
  for (const Alternative& alternative : row.alternatives) {
    out += ';';
    out += alternative.name;
    out += '=';
    put_log10(out, alternative.log10_lr);
  }
  if (std::isnan(row.candidate.log10_lr_relative)) return;
  out += ";close_relative=";
  put_log10(out, row.candidate.log10_lr_relative);
}

void put_flags(std::string& out, const TableContext& context, const RowFacts& row) {
  const Hit& hit = row.candidate.hit;
  const std::size_t before = out.size();
  const auto flag = [&](bool raised, std::string_view name) {
    if (!raised) return;
    if (out.size() != before) out += ';';
    out += name;
  };
  const auto [father, mother] = row.parents;
  flag(row.candidate.tie_family, "tie_family");
  flag(row.candidate.tie_child, "tie_child");
  flag(hit.n_loci < kFewLoci, "few_loci");
  flag(context.persons.contradicts(hit.child, context.inputs.source.person(hit.child).sex), "sex_marker_child");
  flag(row.family_contradicted, "family_contradicted");
  flag(row.verdict.standing != Standing::clear, flag_text(row.verdict));
  flag(father != kNobody && context.persons.contradicts(father, Sex::male), "sex_marker_father");
  flag(mother != kNobody && context.persons.contradicts(mother, Sex::female), "sex_marker_mother");
  if (out.size() == before) out += '.';
}

RowChances chances_of(const TableContext&, const RowFacts& row) {
  const Candidate& c = row.candidate;
  return {c.posterior, c.expected_chance_hits, c.p_chance, c.posterior_relative, c.posterior_none};
}

}  // namespace homeward
