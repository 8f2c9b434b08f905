#include <algorithm>
#include <unordered_map>

#include "base/sha256.hpp"
#include "homeward/posterior.hpp"
#include "homeward/scoring_profile.hpp"

namespace homeward {

namespace {

constexpr std::uint32_t kTile = 8192;  // families whose members are read at once

/// What makes two registrations one: the shape and every member's calls, or for a pedigree its members' indexes (its shape is more than
/// calls).
std::string key_of(const Family& family, const std::vector<PersonIndex>& members, const std::vector<PersonIndex>& read,
                   const ProfileBlock& block) {
  Sha256 hash;
  hash.add_number(static_cast<std::uint64_t>(family.shape));
  hash.add_number(static_cast<std::uint64_t>(static_cast<std::int64_t>(family.missing)));
  bool typed = false;
  for (const PersonIndex member : members) {
    const auto column = static_cast<std::size_t>(std::lower_bound(read.begin(), read.end(), member) - read.begin());
    for (LocusIndex locus = 0; locus < block.n_loci; ++locus) {
      const Genotype call = block.at(locus, column);
      typed = typed || call.typed();
      hash.add_number(std::uint64_t{call.a.code()} << 16U | call.b.code());
    }
  }
  if (family.shape == FamilyShape::pedigree || !typed)
    for (const PersonIndex member : members) hash.add_number(member);
  return hash.hex();
}

}  // namespace

std::vector<std::uint32_t> family_groups(const ProfileSource& source) {
  const std::vector<Family>& families = source.families();
  std::vector<std::uint32_t> group(families.size());
  std::unordered_map<std::string, std::uint32_t> first_with;
  const auto n = static_cast<std::uint32_t>(families.size());
  for (std::uint32_t begin = 0; begin < n; begin += kTile) {
    const std::uint32_t end = std::min(n, begin + kTile);
    std::vector<PersonIndex> read;
    for (std::uint32_t f = begin; f < end; ++f)
      for (const PersonIndex member : member_indexes(families[f])) read.push_back(member);
    std::sort(read.begin(), read.end());
    read.erase(std::unique(read.begin(), read.end()), read.end());
    ProfileBlock block;
    source.read(read, block);
    for (std::uint32_t f = begin; f < end; ++f)
      group[f] = first_with.emplace(key_of(families[f], member_indexes(families[f]), read, block), f).first->second;
  }
  return group;
}

}  // namespace homeward
