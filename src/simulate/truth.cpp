// The truth of a synthetic population, and its exact scores without the search.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <set>
#include <unordered_map>

#include "base/text.hpp"
#include "homeward/error.hpp"
#include "homeward/simulate.hpp"

namespace homeward {

namespace {

constexpr std::size_t kMostDefectsShown = 20;

struct TruthColumns {
  std::size_t child = 0, family = 0, relation = 0;
};

TruthColumns truth_columns(const std::filesystem::path& path, const std::string& header) {
  const std::vector<std::string_view> names = split(trim(header), '\t');
  const auto column = [&](std::string_view name) {
    const auto it = std::find(names.begin(), names.end(), name);
    if (it == names.end())
      throw Error(ErrorKind::input,
                  fmt::format("{}:1: no column '{}'; expected a tab-separated header child_id, family_id, relation", path.string(), name));
    return static_cast<std::size_t>(it - names.begin());
  };
  return {column("child_id"), column("family_id"), column("relation")};
}

/// Persons of the store that the truth speaks of, read in one pass, at the loci of the model.
class TruthProfiles {
 public:
  TruthProfiles(const ProfileSource& source, const EffectivePopulation& model, std::vector<PersonIndex> persons)
      : persons_(std::move(persons)) {
    source.read(persons_, block_);
    for (const LocusModel& locus : model.loci) {
      const auto it = std::find_if(source.loci().begin(), source.loci().end(), [&](const Locus& l) { return l.name == locus.locus.name; });
      locus_.push_back(it == source.loci().end() ? kAbsent : static_cast<std::size_t>(it - source.loci().begin()));
    }
  }

  /// calls[locus * n + k] of the k-th person at the loci of the model; a locus the store lacks is untyped.
  std::vector<Genotype> calls(const std::vector<PersonIndex>& persons) const {
    std::vector<Genotype> calls(locus_.size() * persons.size());
    for (std::size_t k = 0; k < persons.size(); ++k) {
      const auto row = static_cast<std::size_t>(std::lower_bound(persons_.begin(), persons_.end(), persons[k]) - persons_.begin());
      for (std::size_t locus = 0; locus < locus_.size(); ++locus)
        if (locus_[locus] != kAbsent) calls[locus * persons.size() + k] = block_.at(static_cast<LocusIndex>(locus_[locus]), row);
    }
    return calls;
  }

 private:
  static constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);
  std::vector<PersonIndex> persons_;
  ProfileBlock block_;
  std::vector<std::size_t> locus_;
};

CodeBlock child_codes(const EffectivePopulation& model, const std::vector<Genotype>& calls) {
  CodeBlock block;
  block.n_children = 1;
  for (std::size_t locus = 0; locus < calls.size(); ++locus) {
    const bool known = calls[locus].typed() && !calls[locus].half_known();
    block.codes.push_back(known ? model.loci[locus].locus.code_of(calls[locus]).value_or(kUntyped) : kUntyped);
  }
  return block;
}

/// The search's rule for comparing a pair: some locus is typed in the child and informative in the family.
bool share_a_locus(const CodeBlock& child, const CompiledFamily& family) {
  for (const ScoringTerm& term : family.terms)
    for (std::size_t locus = 0; locus < child.codes.size(); ++locus)
      if (term.profile.columns[locus] && child.codes[locus] != kUntyped) return true;
  return false;
}

using FamilyRange = std::pair<std::uint32_t, std::uint32_t>;

}  // namespace

std::vector<TruthRow> read_truth(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string line;
  if (!file || !std::getline(file, line)) throw Error(ErrorKind::input, "cannot read " + path.string() + ", or it is empty");
  const TruthColumns columns = truth_columns(path, line);
  std::vector<TruthRow> rows;
  std::set<std::pair<std::string, std::string>> pairs;
  std::vector<std::string> defects;
  for (std::uint64_t number = 2; std::getline(file, line); ++number) {
    if (trim(line).empty() || line[0] == '#') continue;
    const std::vector<std::string_view> fields = split(line, '\t');
    if (fields.size() <= std::max({columns.child, columns.family, columns.relation})) {
      defects.push_back(fmt::format("line {} has {} fields, the header more", number, fields.size()));
      continue;
    }
    TruthRow row{std::string(trim(fields[columns.child])), std::string(trim(fields[columns.family])),
                 std::string(trim(fields[columns.relation]))};
    if (row.child_id.empty() || row.family_id.empty() || row.relation.empty())
      defects.push_back(fmt::format("line {} has an empty field", number));
    else if (!pairs.emplace(row.child_id, row.family_id).second)
      defects.push_back(fmt::format("line {} repeats a pair of an earlier line", number));
    else
      rows.push_back(std::move(row));
  }
  if (defects.empty()) return rows;
  std::string message = fmt::format("{}: {} lines are not usable:", path.string(), defects.size());
  for (std::size_t i = 0; i < std::min(defects.size(), kMostDefectsShown); ++i) message += "\n  " + defects[i];
  throw Error(ErrorKind::input, message);
}

std::vector<PairScore> score_truth(const std::vector<TruthRow>& truth, const ProfileSource& source, const EffectivePopulation& model,
                                   const CoupleWeights& weights) {
  std::unordered_map<std::string, PersonIndex> children;
  for (const PersonIndex child : source.children()) children.emplace(source.person(child).id, child);
  std::unordered_map<std::string, FamilyRange> families;
  for (std::uint32_t i = 0; i < source.families().size(); ++i) {
    const auto [it, first] = families.try_emplace(source.families()[i].id, i, i + 1);
    if (!first) it->second.second = i + 1;
  }
  std::set<PersonIndex> persons;
  std::vector<PairScore> scores(truth.size());
  std::vector<FamilyRange> slots(truth.size());
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const auto child = children.find(truth[i].child_id);
    const auto family = families.find(truth[i].family_id);
    if (child == children.end() || family == families.end()) continue;
    scores[i].child = child->second;
    slots[i] = family->second;
    persons.insert(child->second);
    for (std::uint32_t f = slots[i].first; f < slots[i].second; ++f)
      for (const PersonIndex member : member_indexes(source.families()[f])) persons.insert(member);
  }
  const TruthProfiles profiles(source, model, {persons.begin(), persons.end()});
  const Compiler compiler(model, weights);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    PairScore& best = scores[i];
    if (best.child == kNobody) continue;
    best.state = PairScore::State::no_shared_locus;
    const CodeBlock child = child_codes(model, profiles.calls({best.child}));
    for (std::uint32_t f = slots[i].first; f < slots[i].second; ++f) {
      const std::vector<PersonIndex> members = member_indexes(source.families()[f]);
      if (std::find(members.begin(), members.end(), best.child) != members.end()) {
        if (best.state != PairScore::State::scored) best.state = PairScore::State::same_person;
        continue;
      }
      const CompiledFamily family = compiler.compile(source.families()[f], profiles.calls(members), members.size());
      if (!share_a_locus(child, family)) continue;
      const double log10_lr = exact_score(family, child, 0).log10_lr;
      if (best.state == PairScore::State::scored && log10_lr <= best.log10_lr) continue;
      best.state = PairScore::State::scored;
      best.log10_lr = log10_lr;
      best.family = f;
    }
  }
  return scores;
}

}  // namespace homeward
