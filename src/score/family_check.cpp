#include "score/family_check.hpp"

#include <algorithm>
#include <utility>

#include "homeward/scoring_profile.hpp"

namespace homeward {

namespace {

constexpr std::size_t kMostParts = 8;        ///< terms a compiled family may have
constexpr std::size_t kMostInConflict = 16;  ///< whose subsets are still gone through

/// Pedigree persons of the typed members, in their order; empty for a couple.
std::vector<PersonInPedigree> places(const Family& family) {
  std::vector<PersonInPedigree> result;
  for (std::size_t i = 0; i < family.typed.size(); ++i)
    if (family.typed[i] != kNobody) result.push_back(static_cast<PersonInPedigree>(i));
  return result;
}

void consider(MemberPairCheck& check, std::string_view name, double log10_lr) {
  if (log10_lr <= check.log10_lr_best) return;
  check.best = name;
  check.log10_lr_best = log10_lr;
}

}  // namespace

std::string_view to_string(DeclaredRelation relation) {
  switch (relation) {
    case DeclaredRelation::unrelated:
      return "unrelated";
    case DeclaredRelation::parent_child:
      return "parent_child";
    case DeclaredRelation::full_sib:
      return "full_sib";
    case DeclaredRelation::second_degree:
      return "second_degree";
    case DeclaredRelation::further:
      return "further";
    case DeclaredRelation::inbred:
      return "inbred";
  }
  return "unrelated";
}

FamilyCheck::Codes FamilyCheck::codes(std::span<const Genotype> calls, std::size_t n_members) const {
  Codes result;
  for (std::size_t k = 0; k < n_members; ++k) {
    std::vector<Genotype> own;
    for (std::size_t i = k; i < calls.size(); i += n_members) own.push_back(calls[i]);
    result.push_back(scorer_.codes(own));
  }
  return result;
}

std::vector<MemberPairCheck> FamilyCheck::pairs(const Family& family, const Codes& codes) const {
  std::vector<MemberPairCheck> checks;
  const bool pedigree = family.shape == FamilyShape::pedigree;
  const std::vector<PersonInPedigree> place = places(family);
  const std::vector<double> phi = pedigree ? kinship_coefficients(family.pedigree) : std::vector<double>{};
  for (std::size_t a = 0; a < codes.size(); ++a)
    for (std::size_t b = a + 1; b < codes.size(); ++b) {
      MemberPairCheck check;
      check.a = a;
      check.b = b;
      PairInPedigree declared;
      std::size_t elder = a, younger = b;
      Sex side = Sex::male;
      if (pedigree) {
        declared = pair_in_pedigree(family.pedigree, phi, place[a], place[b]);
        const PedigreePerson& first = family.pedigree[static_cast<std::size_t>(place[a])];
        if (first.father == place[b] || first.mother == place[b]) std::swap(elder, younger);
        side = family.pedigree[static_cast<std::size_t>(place[elder])].sex;
      }
      check.declared = declared.relation;
      const PairRelationScores scores = scorer_.pair(codes[elder], codes[younger], side);
      check.n_loci = scores.n_loci;
      switch (declared.relation) {
        case DeclaredRelation::unrelated:
          break;
        case DeclaredRelation::parent_child:
          check.log10_lr_declared = scores.parent;
          break;
        case DeclaredRelation::full_sib:
          check.log10_lr_declared = scores.full_sib;
          break;
        case DeclaredRelation::second_degree:
          check.log10_lr_declared = scores.second_degree;
          break;
        case DeclaredRelation::further:
        case DeclaredRelation::inbred:
          check.log10_lr_declared = scorer_.by_descent(codes[a], codes[b], declared.shared);
          break;
      }
      consider(check, "parent_child", scores.parent);
      consider(check, "full_sib", scores.full_sib);
      consider(check, "second_degree", scores.second_degree);
      consider(check, "same_person", scores.same_person);
      checks.push_back(check);
    }
  return checks;
}

std::vector<MemberPairCheck> FamilyCheck::pairs(const Family& family, std::span<const Genotype> calls, std::size_t n_members) const {
  if (n_members < 2) return {};
  return pairs(family, codes(calls, n_members));
}

std::vector<LikelySwap> FamilyCheck::swaps(const Family& family, std::span<const Genotype> calls, std::size_t n_members) const {
  const auto any_contradicted = [](const std::vector<MemberPairCheck>& checks) {
    return std::any_of(checks.begin(), checks.end(), [](const MemberPairCheck& check) { return check.contradicted(); });
  };
  std::vector<LikelySwap> found;
  Codes own = codes(calls, n_members);
  if (!any_contradicted(pairs(family, own))) return found;
  for (std::size_t a = 0; a < n_members; ++a)
    for (std::size_t b = a + 1; b < n_members; ++b) {
      std::swap(own[a], own[b]);
      if (!any_contradicted(pairs(family, own))) found.push_back({a, b});
      std::swap(own[a], own[b]);
    }
  return found;
}

std::vector<std::vector<bool>> consistent_parts(std::size_t n_members, const std::vector<MemberPairCheck>& pairs) {
  std::vector<std::pair<std::size_t, std::size_t>> conflicts;
  std::vector<std::size_t> in_conflict;
  for (const MemberPairCheck& check : pairs)
    if (check.contradicted()) {
      conflicts.emplace_back(check.a, check.b);
      in_conflict.insert(in_conflict.end(), {check.a, check.b});
    }
  std::sort(in_conflict.begin(), in_conflict.end());
  in_conflict.erase(std::unique(in_conflict.begin(), in_conflict.end()), in_conflict.end());
  const std::vector<bool> everybody(n_members, true);
  if (conflicts.empty()) return {everybody};

  // Smallest sets of members to leave out so that every conflict loses one side, in the order of their bits.
  std::vector<std::vector<bool>> parts;
  std::size_t fewest = in_conflict.size();
  for (std::size_t bits = 1; in_conflict.size() <= kMostInConflict && bits < std::size_t{1} << in_conflict.size(); ++bits) {
    std::vector<bool> kept = everybody;
    std::size_t n_out = 0;
    for (std::size_t i = 0; i < in_conflict.size(); ++i)
      if ((bits >> i & 1U) != 0) {
        kept[in_conflict[i]] = false;
        ++n_out;
      }
    if (n_out > fewest || std::any_of(conflicts.begin(), conflicts.end(), [&](const auto& c) { return kept[c.first] && kept[c.second]; }))
      continue;
    if (n_out < fewest) parts.clear();
    fewest = n_out;
    parts.push_back(std::move(kept));
  }
  if (!parts.empty() && parts.size() <= kMostParts) return parts;
  std::vector<bool> others = everybody;
  for (const std::size_t member : in_conflict) others[member] = false;
  return {others};
}

}  // namespace homeward
