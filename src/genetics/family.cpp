#include "homeward/family.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

namespace homeward {

namespace {

std::string lower(std::string_view text) {
  std::string result;
  for (const char c : text) result += (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

constexpr std::array<std::pair<std::string_view, Role>, 12> kRoles{{{"unknown", Role::unknown},
                                                                    {"child", Role::child},
                                                                    {"father", Role::father},
                                                                    {"mother", Role::mother},
                                                                    {"parent", Role::parent},
                                                                    {"sibling", Role::sibling},
                                                                    {"grandparent", Role::grandparent},
                                                                    {"avuncular", Role::avuncular},
                                                                    {"half-sibling", Role::half_sibling},
                                                                    {"spouse", Role::spouse},
                                                                    {"relative", Role::other_relative},
                                                                    {"control", Role::control}}};

constexpr std::array<std::pair<std::string_view, Role>, 16> kRoleSynonyms{{{"", Role::unknown},
                                                                           {"dad", Role::father},
                                                                           {"mom", Role::mother},
                                                                           {"mum", Role::mother},
                                                                           {"kid", Role::child},
                                                                           {"missing person", Role::child},
                                                                           {"brother", Role::sibling},
                                                                           {"sister", Role::sibling},
                                                                           {"sib", Role::sibling},
                                                                           {"grandfather", Role::grandparent},
                                                                           {"grandmother", Role::grandparent},
                                                                           {"uncle", Role::avuncular},
                                                                           {"aunt", Role::avuncular},
                                                                           {"half_sibling", Role::half_sibling},
                                                                           {"half sibling", Role::half_sibling},
                                                                           {"other", Role::other_relative}}};

}  // namespace

std::string_view to_string(Role role) {
  for (const auto& [name, value] : kRoles)
    if (value == role) return name;
  return "unknown";
}

std::optional<Role> parse_role(std::string_view text) {
  const std::string word = lower(text);
  for (const auto& [name, value] : kRoles)
    if (name == word) return value;
  for (const auto& [name, value] : kRoleSynonyms)
    if (name == word) return value;
  return std::nullopt;
}

std::string_view to_string(Sex sex) { return sex == Sex::male ? "M" : sex == Sex::female ? "F" : "."; }

std::optional<Sex> parse_sex(std::string_view text) {
  const std::string word = lower(text);
  if (word == "m" || word == "male" || word == "男") return Sex::male;
  if (word == "f" || word == "female" || word == "女") return Sex::female;
  if (word.empty() || word == "u" || word == "unknown" || word == "." || word == "na" || word == "不详" || word == "未知")
    return Sex::unknown;
  return std::nullopt;
}

std::string_view to_string(FamilyShape shape) {
  switch (shape) {
    case FamilyShape::father:
      return "father";
    case FamilyShape::mother:
      return "mother";
    case FamilyShape::parent:
      return "parent";
    case FamilyShape::couple:
      return "couple";
    case FamilyShape::pedigree:
      return "pedigree";
  }
  return "unknown";
}

MemorySource::MemorySource(std::vector<Locus> loci, std::vector<PersonInfo> persons, ProfileBlock profiles, std::vector<Family> families)
    : loci_(std::move(loci)), persons_(std::move(persons)), profiles_(std::move(profiles)), families_(std::move(families)) {
  for (PersonIndex i = 0; i < persons_.size(); ++i)
    if (persons_[i].role == Role::child) children_.push_back(i);
  std::sort(families_.begin(), families_.end(),
            [](const Family& l, const Family& r) { return std::tie(l.id, l.slot) < std::tie(r.id, r.slot); });
}

void MemorySource::read(const std::vector<PersonIndex>& persons, ProfileBlock& out) const {
  out.n_persons = persons.size();
  out.n_loci = loci_.size();
  out.calls.resize(out.n_persons * out.n_loci);
  for (std::size_t locus = 0; locus < out.n_loci; ++locus)
    for (std::size_t i = 0; i < persons.size(); ++i)
      out.calls[locus * out.n_persons + i] = profiles_.at(static_cast<LocusIndex>(locus), persons[i]);
}

std::vector<std::vector<Allele>> MemorySource::observed_alleles() const {
  std::vector<std::vector<Allele>> observed(loci_.size());
  for (std::size_t locus = 0; locus < loci_.size(); ++locus) {
    std::set<Allele> seen;
    for (std::size_t i = 0; i < persons_.size(); ++i) {
      const Genotype g = profiles_.at(static_cast<LocusIndex>(locus), i);
      if (!g.a.empty()) seen.insert(g.a);
      if (!g.b.empty()) seen.insert(g.b);
    }
    observed[locus].assign(seen.begin(), seen.end());
  }
  return observed;
}

}  // namespace homeward
