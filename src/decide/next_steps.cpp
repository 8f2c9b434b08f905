#include "decide/next_steps.hpp"

#include <algorithm>

namespace homeward {

namespace {

bool known(Genotype g) { return g.typed() && !g.half_known(); }

Allele draw_allele(const LocusModel& model, CounterRng& rng) {
  double u = rng.uniform();
  std::size_t a = 0;
  while (a + 1 < model.frequencies.size() && (u -= model.frequencies[a]) >= 0.0) ++a;
  return model.locus.alleles[a];
}

/// The one member who is typed anywhere, of a single parent or of a couple with an untyped member; nullopt otherwise.
std::optional<std::size_t> single_parent(const ImaginedFamily& now) {
  if (now.family.shape == FamilyShape::pedigree) return std::nullopt;
  std::optional<std::size_t> typed;
  for (std::size_t member = 0; member < now.n_members; ++member) {
    bool any = false;
    for (std::size_t i = member; i < now.calls.size(); i += now.n_members) any = any || known(now.calls[i]);
    if (!any) continue;
    if (typed) return std::nullopt;
    typed = member;
  }
  return typed;
}

bool is_mother(const ImaginedFamily& now, std::size_t member) {
  return now.family.shape == FamilyShape::mother || (now.family.shape == FamilyShape::couple && member == 1);
}

/// The typed parent and one new person, whose genotype `make` draws where the parent is typed.
template <typename Make>
ImaginedFamily with_person(const EffectivePopulation& population, const ImaginedFamily& now, std::size_t member, bool parent_first,
                           const Make& make) {
  ImaginedFamily result;
  result.n_members = 2;
  for (std::size_t locus = 0; locus < population.loci.size(); ++locus) {
    const Genotype parent = now.calls[locus * now.n_members + member];
    const Genotype other = known(parent) ? make(population.loci[locus], parent) : Genotype{};
    result.calls.push_back(parent_first ? parent : other);
    result.calls.push_back(parent_first ? other : parent);
  }
  return result;
}

Family couple_of(const Family& family) {
  Family couple;
  couple.id = family.id;
  couple.shape = FamilyShape::couple;
  couple.father = 0;
  couple.mother = 1;
  return couple;
}

/// Typed: the parent (person 0) and the new one (person 2): a full sibling of the missing child, or a parent of the untyped parent.
Family pedigree_of(const Family& family, bool parent_is_mother, NextStep step) {
  const Sex sex = parent_is_mother ? Sex::female : Sex::male;
  const Sex other = parent_is_mother ? Sex::male : Sex::female;
  const PersonInPedigree father = parent_is_mother ? 1 : 0, mother = parent_is_mother ? 0 : 1;
  Family result;
  result.id = family.id;
  result.shape = FamilyShape::pedigree;
  if (step == NextStep::sibling) {
    result.pedigree = Pedigree({{"typed", kNoParent, kNoParent, sex},
                                {"other", kNoParent, kNoParent, other},
                                {"sibling", father, mother, Sex::unknown},
                                {"missing", father, mother, Sex::unknown}});
    result.typed = {0, kNobody, 1, kNobody};
    result.missing = 3;
  } else {
    result.pedigree = Pedigree({{"typed", kNoParent, kNoParent, sex},
                                {"other", 3, 2, other},
                                {"grandmother", kNoParent, kNoParent, Sex::female},
                                {"grandfather", kNoParent, kNoParent, Sex::male},
                                {"missing", father, mother, Sex::unknown}});
    result.typed = {0, kNobody, 1, kNobody, kNobody};
    result.missing = 4;
  }
  return result;
}

std::optional<ImaginedFamily> with_loci(const EffectivePopulation& population, const ImaginedFamily& now, const std::vector<bool>& wanted,
                                        CounterRng& rng) {
  ImaginedFamily result = now;
  bool any = false;
  for (std::size_t locus = 0; locus < population.loci.size(); ++locus)
    for (std::size_t member = 0; member < now.n_members; ++member) {
      Genotype& call = result.calls[locus * now.n_members + member];
      if (!wanted[locus] || known(call)) continue;
      call = draw_stranger(population.loci[locus], rng);
      any = true;
    }
  return any ? std::optional(result) : std::nullopt;
}

}  // namespace

Genotype draw_stranger(const LocusModel& model, CounterRng& rng) {
  const Allele first = draw_allele(model, rng);
  return {first, draw_allele(model, rng)};
}

Genotype draw_child(const Genotype& father, const Genotype& mother, CounterRng& rng) {
  const auto gamete = [&](const Genotype& g) { return rng.below(2) == 0 ? g.a : g.b; };
  const Allele first = gamete(father);
  return {first, gamete(mother)};
}

std::optional<ImaginedFamily> imagine(NextStep step, const EffectivePopulation& population, const ImaginedFamily& now,
                                      const std::vector<bool>& wanted, CounterRng& rng) {
  // Relatives of several typed members are not independent draws: what they lack are loci.
  if (step == NextStep::more_loci)
    return now.family.shape == FamilyShape::pedigree ? std::nullopt : with_loci(population, now, wanted, rng);
  const std::optional<std::size_t> member = single_parent(now);
  if (!member || step == NextStep::none) return std::nullopt;
  const bool mother = is_mother(now, *member);
  const auto stranger = [&](const LocusModel& model, Genotype) { return draw_stranger(model, rng); };
  const auto sibling = [&](const LocusModel& model, Genotype parent) { return draw_child(parent, draw_stranger(model, rng), rng); };
  ImaginedFamily result;
  if (step == NextStep::other_parent) {
    result = with_person(population, now, *member, !mother, stranger);
    result.family = couple_of(now.family);
  } else {
    result = step == NextStep::sibling ? with_person(population, now, *member, true, sibling)
                                       : with_person(population, now, *member, true, stranger);
    result.family = pedigree_of(now.family, mother, step);
  }
  return result;
}

}  // namespace homeward
