#include "report/candidate_row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>

#include "homeward/error.hpp"
#include "report/cells.hpp"
#include "report/formula.hpp"
#include "report/pedigree_alternatives.hpp"

namespace homeward {

namespace {

constexpr std::size_t kLociNamed = 3;
constexpr std::string_view kSamePerson = "same_person";

void tab(std::string& out) { out += '\t'; }

/// The score of a hit is recomputed here: a hit of another model or store must not get a table.
void check_score(const Hit& hit, double log10_lr) {
  if (std::abs(hit.log10_lr - log10_lr) > 1e-9 * std::max(1.0, std::abs(log10_lr)))
    throw Error(ErrorKind::failure,
                fmt::format("a hit's log10 LR is {:.6f}, but this store and model give {:.6f}; the hits come from other inputs",
                            hit.log10_lr, log10_lr));
}

int count_bits(std::span<const std::uint64_t> words) {
  int n = 0;
  for (const std::uint64_t word : words) n += std::popcount(word);
  return n;
}

int count_bits_of_either(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) {
  int n = 0;
  for (std::size_t i = 0; i < a.size(); ++i) n += std::popcount(a[i] | b[i]);
  return n;
}

void put_genotype(std::string& out, Genotype g) {
  if (!g.typed()) {
    out += '.';
    return;
  }
  put_allele(out, g.a);
  out += ',';
  put_allele(out, g.b);
}

}  // namespace

void RowWriter::learn(std::uint32_t index, FamilyFacts& facts) {
  if (facts.index == index) return;
  const ProfileSource& source = context_.inputs.source;
  facts.index = kNoFamily;  // until it is wholly learnt
  facts.family = &source.families()[index];
  facts.members = member_indexes(*facts.family);
  facts.parents = typed_parents(*facts.family);
  facts.newest_batch = 0;
  facts.typed.assign((context_.persons.n_loci() + 63) / 64, 0);
  for (const PersonIndex member : facts.members) {
    facts.newest_batch = std::max(facts.newest_batch, source.person(member).batch);
    const std::span<const std::uint64_t> typed = context_.persons.typed(member);
    const std::span<const GenotypeCode> codes = context_.persons.codes(member);
    for (std::size_t word = 0; word < typed.size(); ++word) facts.typed[word] |= typed[word];
    for (std::size_t locus = 0; locus < codes.size(); ++locus)
      if (codes[locus] == kUntyped && (typed[locus / 64] >> (locus % 64) & 1U) != 0)
        throw ModelError(context_.inputs.population.loci[locus].locus.name,
                         "a relative has an allele that the run's population was not frozen with");
  }
  learn_terms(facts);
  facts.contradicted = false;
  facts.other_places.reset();
  if (facts.points.empty()) compile(facts);
  facts.index = index;
}

bool RowWriter::typed_somewhere(PersonIndex person) const {
  if (person == kNobody) return false;
  const std::span<const GenotypeCode> codes = context_.persons.codes(person);
  for (LocusIndex locus = 0; locus < codes.size(); ++locus)
    if (codes[locus] != kUntyped && context_.points.used(locus)) return true;
  return false;
}

/// The terms Compiler::compile would make.
void RowWriter::learn_terms(FamilyFacts& facts) const {
  facts.points.clear();
  const Family& family = *facts.family;
  if (family.shape == FamilyShape::pedigree || !context_.points.usable()) return;
  if (family.shape == FamilyShape::parent) {
    const PersonIndex parent = facts.members.front();
    facts.points = {{Hypothesis::parent_only, std::log10(0.5), parent, kNobody},
                    {Hypothesis::parent_only, std::log10(0.5), kNobody, parent}};
    return;
  }
  const bool has_mother = typed_somewhere(family.mother);
  if (has_mother && typed_somewhere(family.father)) {
    const CoupleWeights& w = context_.inputs.weights;
    facts.points = {{Hypothesis::couple, std::log10(w.couple), family.father, family.mother},
                    {Hypothesis::father_only, std::log10(w.father_only), family.father, kNobody},
                    {Hypothesis::mother_only, std::log10(w.mother_only), kNobody, family.mother}};
  } else if (has_mother || family.father == kNobody) {
    facts.points = {{Hypothesis::mother_only, 0.0, kNobody, family.mother}};
  } else {
    facts.points = {{Hypothesis::father_only, 0.0, family.father, kNobody}};
  }
}

std::vector<Genotype> RowWriter::calls(const std::vector<PersonIndex>& members) const {
  std::vector<Genotype> calls;
  for (LocusIndex locus = 0; locus < context_.persons.n_loci(); ++locus)
    for (const PersonIndex member : members) calls.push_back(context_.points.genotype(locus, context_.persons.codes(member)[locus]));
  return calls;
}

void RowWriter::compile(FamilyFacts& facts) const {
  const std::vector<Genotype> genotypes = calls(facts.members);
  facts.compiled = context_.compiler.compile(*facts.family, genotypes, facts.members.size());
  if (facts.family->shape != FamilyShape::pedigree) return;
  const std::vector<MemberPairCheck> checks = context_.family_check.pairs(*facts.family, genotypes, facts.members.size());
  facts.contradicted = std::any_of(checks.begin(), checks.end(), [](const MemberPairCheck& check) { return check.contradicted(); });
}

PairTerm& RowWriter::next_term() {
  if (n_terms_ == terms_.size()) terms_.emplace_back();
  return terms_[n_terms_++];
}

void RowWriter::score_point(const PointTerm& term, std::span<const GenotypeCode> child) {
  PairTerm& out = next_term();
  const std::size_t n = child.size();
  out.reset(term.hypothesis, term.log10_weight, n);
  const GenotypeCode* father = term.father == kNobody ? nullptr : context_.persons.codes(term.father).data();
  const GenotypeCode* mother = term.mother == kNobody ? nullptr : context_.persons.codes(term.mother).data();
  for (LocusIndex locus = 0; locus < n; ++locus) {
    const GenotypeCode f = father == nullptr ? kUntyped : father[locus];
    const GenotypeCode m = mother == nullptr ? kUntyped : mother[locus];
    if (child[locus] == kUntyped || (f == kUntyped && m == kUntyped) || !context_.points.used(locus)) continue;
    out.used[locus] = 1;
    out.by_locus[locus] = context_.points.log10_lr(locus, child[locus], f, m);
    out.inconsistent[locus] = context_.points.inconsistent(locus, child[locus], f, m) ? 1 : 0;
    out.log10_lr += out.by_locus[locus];
  }
}

void RowWriter::score_family(const FamilyFacts& facts, std::span<const GenotypeCode> child) {
  for (const PointTerm& term : facts.points) score_point(term, child);
  if (!facts.points.empty()) return;
  for (const ScoringTerm& term : facts.compiled.terms) evaluate_term(term, child, next_term());
}

std::size_t RowWriter::score(const Hit& hit) {
  n_terms_ = 0;
  learn(hit.family, first_);
  const std::span<const GenotypeCode> child = context_.persons.codes(hit.child);
  if (hit.family_b == kNoFamily) {
    score_family(first_, child);
    name_single_parents({terms_.data(), n_terms_});
    return n_terms_;
  }
  learn(hit.family_b, second_);
  const PersonIndex father = first_.family->father;
  const PersonIndex mother = second_.family->mother;
  if (context_.points.usable())
    score_point({Hypothesis::undeclared_couple, 0.0, father, mother}, child);
  else
    evaluate_term(context_.compiler.compile_undeclared(calls({father}), calls({mother})), child, next_term());
  // Listed, but no part of the couple's own ratio.
  score_family(first_, child);
  score_family(second_, child);
  return 1;
}

void RowWriter::add_other_places(const RowFacts& row, Alternatives& list) {
  if (!first_.other_places) {
    first_.other_places.emplace();
    const std::vector<Genotype> genotypes = calls(first_.members);
    for (const AlternativePlace& place : alternative_places(*first_.family))
      first_.other_places->emplace_back(place.name, context_.compiler.compile(place.family, genotypes, first_.members.size()));
  }
  for (const auto& [name, compiled] : *first_.other_places) list.add(name, mixed_log10(pair_terms(compiled.terms, row.child)));
}

/// Of a pedigree: whether the child is one of its members, and for the first rows other places in it.
Alternatives RowWriter::alternatives_of(const RowFacts& row) {
  if (row.lead.hypothesis != Hypothesis::pedigree) {
    TypedParents parents = row.parents;
    if (row.family.shape == FamilyShape::parent) parents.father = parents.mother = row.members.front();
    const auto codes = [&](PersonIndex person) {
      return person == kNobody ? std::span<const GenotypeCode>{} : context_.persons.codes(person);
    };
    return close_alternatives(context_.relations, row.lead.hypothesis, codes(parents.father), codes(parents.mother), row.child);
  }
  Alternatives list;
  double same_person = -std::numeric_limits<double>::infinity();
  for (const PersonIndex member : row.members)
    same_person = std::max(same_person, context_.relations.pair(context_.persons.codes(member), row.child, Sex::male).same_person);
  if (row.rank <= kOtherPlacesFor) add_other_places(row, list);
  list.add("same_person", same_person, true);
  return list;
}

void RowWriter::append(std::string& out, std::uint64_t rank, const Candidate& candidate) {
  const Hit& hit = candidate.hit;
  const std::size_t n_own = score(hit);
  const std::span<const PairTerm> terms(terms_.data(), n_terms_);
  const bool undeclared = hit.family_b != kNoFamily;
  RowFacts row{rank,
               candidate,
               *first_.family,
               undeclared ? second_.family : nullptr,
               undeclared ? TypedParents{first_.family->father, second_.family->mother} : first_.parents,
               context_.persons.codes(hit.child),
               first_.members,
               terms,
               n_own,
               terms[leading_term(terms.first(n_own))],
               first_.contradicted,
               {},
               {}};
  row.alternatives = alternatives_of(row);
  row.verdict = stand(row.lead.log10_lr, row.alternatives);
  check_score(hit, mixed_log10(row.own()));
  const RowChances chances = chances_of(context_, row);

  put_number(out, static_cast<long long>(rank));
  put_identity(out, row);
  put_score(out, row, chances);
  put_loci(out, row);
  tab(out);
  put_log10(out, lowest_without_one_locus(row.own()));
  tab(out);
  put_log10(out, candidate.gap_to_next);
  tab(out);
  put_real(out, chances.expected_chance_hits);
  tab(out);
  put_real(out, chances.p_chance);
  tab(out);
  put_flags(out, context_, row);
  put_origin(out, row);
  tab(out);
  put_real(out, chances.posterior_relative);
  tab(out);
  put_real(out, chances.posterior_none);
  out += '\n';
}

void RowWriter::put_identity(std::string& out, const RowFacts& row) const {
  const ProfileSource& source = context_.inputs.source;
  tab(out);
  put_text(out, source.person(row.candidate.hit.child).id);
  tab(out);
  if (row.family_b == nullptr)
    put_text(out, row.family.id);
  else
    put_text(out, row.family.id + "+" + row.family_b->id);
  tab(out);
  out += to_string(row.candidate.hit.hypothesis);
  for (const PersonIndex person : {row.parents.father, row.parents.mother}) {
    tab(out);
    put_text(out, person == kNobody ? std::string_view{} : source.person(person).id);
  }
}

void RowWriter::put_score(std::string& out, const RowFacts& row, const RowChances& chances) const {
  const Hit& hit = row.candidate.hit;
  tab(out);
  put_log10(out, hit.log10_lr);
  tab(out);
  put_lr(out, hit.log10_lr);
  tab(out);
  put_alternatives(out, context_, row);
  tab(out);
  // Two samples of one person are no parent and child, however well they fit: a class of their own.
  const bool same_person = row.verdict.standing == Standing::same_person;
  out += same_person ? kSamePerson : std::string_view(verbal_word(context_.inputs.scale, hit.log10_lr));
  tab(out);
  out += same_person ? kSamePerson : std::string_view(cpi_word(context_.inputs.cpi, row.lead.log10_lr, hit.n_inconsistent));
  tab(out);
  put_real(out, chances.posterior);
}

void RowWriter::put_loci(std::string& out, const RowFacts& row) {
  const Hit& hit = row.candidate.hit;
  const int family_loci = row.family_b == nullptr ? count_bits(first_.typed) : count_bits_of_either(first_.typed, second_.typed);
  for (const int n : {int{hit.n_loci}, count_bits(context_.persons.typed(hit.child)), family_loci, int{hit.n_inconsistent}}) {
    tab(out);
    put_number(out, n);
  }
  tab(out);
  inconsistent_.clear();
  for (std::uint32_t locus = 0; locus < row.lead.inconsistent.size(); ++locus)
    if (row.lead.inconsistent[locus] != 0) inconsistent_.push_back(locus);
  if (inconsistent_.empty())
    out += ".\t0";
  else
    put_inconsistent(out, row);
}

/// The relatives whose genotypes an inconsistency is shown against.
void RowWriter::shown_relatives(const RowFacts& row) {
  shown_.clear();
  if (row.family.shape != FamilyShape::parent) {
    if (row.parents.father != kNobody && row.lead.hypothesis != Hypothesis::mother_only) shown_.push_back(row.parents.father);
    if (row.parents.mother != kNobody && row.lead.hypothesis != Hypothesis::father_only) shown_.push_back(row.parents.mother);
  }
  if (shown_.empty()) shown_.assign(row.members.begin(), row.members.end());
}

void RowWriter::put_inconsistent(std::string& out, const RowFacts& row) {
  // The locus that speaks loudest against the pair first; equal ones in the order of the panel.
  std::stable_sort(inconsistent_.begin(), inconsistent_.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return row.lead.by_locus[a] < row.lead.by_locus[b]; });
  shown_relatives(row);
  const std::size_t named = std::min(inconsistent_.size(), kLociNamed);
  for (std::size_t i = 0; i < named; ++i) {
    const std::uint32_t locus = inconsistent_[i];
    if (i != 0) out += ';';
    out += context_.inputs.population.loci[locus].locus.name;
    out += '(';
    put_genotype(out, context_.points.genotype(locus, row.child[locus]));
    for (const PersonIndex relative : shown_) {
      out += '|';
      put_genotype(out, context_.points.genotype(locus, context_.persons.codes(relative)[locus]));
    }
    out += ')';
  }
  if (inconsistent_.size() > named) {
    out += '+';
    put_number(out, static_cast<long long>(inconsistent_.size() - named));
  }
  tab(out);
  put_steps(out, row);
}

/// The sum over loci; -1 when no whole-repeat step explains one of them, "." when steps are not counted.
void RowWriter::put_steps(std::string& out, const RowFacts& row) const {
  auto [father, mother] = row.parents;
  if (row.family.shape == FamilyShape::parent) father = row.members.front();
  if (row.lead.hypothesis == Hypothesis::father_only) mother = kNobody;
  if (row.lead.hypothesis == Hypothesis::mother_only && row.family.shape != FamilyShape::parent) father = kNobody;
  int sum = 0;
  for (const std::uint32_t locus : inconsistent_) {
    const auto known = [&](PersonIndex person) -> std::optional<Genotype> {
      const GenotypeCode code = person == kNobody ? kUntyped : context_.persons.codes(person)[locus];
      return code == kUntyped ? std::nullopt : std::optional(context_.points.genotype(locus, code));
    };
    const auto f = known(father);
    const auto m = known(mother);
    const int steps = f || m ? fewest_steps(context_.points.genotype(locus, row.child[locus]), f, m) : kStepsNotCounted;
    if (steps <= 0) {  // 0: the parents fit, other relatives do not
      out += steps == -1 ? "-1" : ".";
      return;
    }
    sum += steps;
  }
  put_number(out, sum);
}

void RowWriter::put_origin(std::string& out, const RowFacts& row) {
  const PersonInfo& child = context_.inputs.source.person(row.candidate.hit.child);
  tab(out);
  put_number(out, child.batch);
  tab(out);
  put_number(out, row.family_b == nullptr ? first_.newest_batch : std::max(first_.newest_batch, second_.newest_batch));
  tab(out);
  keys_.append(out, child.id, row.family, row.family_b);
}

}  // namespace homeward
