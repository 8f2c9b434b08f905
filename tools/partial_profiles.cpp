#include "partial_profiles.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "homeward/error.hpp"
#include "homeward/scoring_profile.hpp"

namespace homeward::cli {

namespace {

struct ObservationOption {
  const char* name;
  const char* reason;
};

constexpr ObservationOption kRefused[] = {
    {"dropout",
     "a search does not model drop-out: calls of which one allele is known are left out and counted, and the others need no drop-out; "
     "score "
     "single cases with `homeward lr --dropout`"},
    {"dropin",
     "a search does not model drop-in: any two alleles seen could then be of other genotypes; score single cases with `homeward lr "
     "--dropin`"},
    {"typing-error",
     "a search does not model typing errors (they are defined for SNPs of two alleles): state the case with model.error for `homeward lr "
     "--cases`"}};

constexpr std::size_t kTogether = 8192;  ///< persons read at once

std::uint64_t count_half_known(const ProfileSource& source, const std::vector<bool>& used, const std::vector<PersonIndex>& persons) {
  std::uint64_t n = 0;
  ProfileBlock block;
  for (std::size_t begin = 0; begin < persons.size(); begin += kTogether) {
    const auto first = persons.begin() + static_cast<std::ptrdiff_t>(begin);
    source.read({first, first + static_cast<std::ptrdiff_t>(std::min(kTogether, persons.size() - begin))}, block);
    for (std::size_t locus = 0; locus < block.n_loci; ++locus)
      for (std::size_t i = 0; used[locus] && i < block.n_persons; ++i)
        n += block.at(static_cast<LocusIndex>(locus), i).half_known() ? 1 : 0;
  }
  return n;
}

}  // namespace

void declare_observation_options(po::options_description& hidden) {
  for (const ObservationOption& option : kRefused) hidden.add_options()(option.name, po::value<std::string>());
}

void refuse_observation_options(const po::variables_map& values) {
  for (const ObservationOption& option : kRefused)
    if (values.count(option.name) != 0) throw Error(ErrorKind::usage, fmt::format("--{}: {}", option.name, option.reason));
}

std::string half_known_calls(const ProfileSource& source, const EffectivePopulation& population) {
  std::vector<bool> used;
  for (const Locus& locus : source.loci()) used.push_back(population.find(locus.name) != nullptr);
  std::vector<PersonIndex> members;
  for (const Family& family : source.families())
    for (const PersonIndex person : member_indexes(family)) members.push_back(person);
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  const std::uint64_t of_children = count_half_known(source, used, source.children());
  const std::uint64_t of_members = count_half_known(source, used, members);
  if (of_children + of_members == 0) return {};
  return fmt::format(
      "of {} calls of children and {} of families' members one allele is known: they are not used; `homeward lr --dropout` scores "
      "such a pair",
      of_children, of_members);
}

}  // namespace homeward::cli
