// Short digests that tell whether a person's typing, or a family, is still what an earlier search compared.
#pragma once

#include <cstdint>
#include <vector>

#include "homeward/family.hpp"

namespace homeward {

/// By PersonIndex: a digest of the person's consensus, every typed locus by its name with its alleles. The order of loci and of
/// persons, and loci nobody is typed at, change nothing. 64 bits against accidents, not against an adversary.
/// Reads the source once, in blocks of bounded size. Cost: a nanosecond per call.
std::vector<std::uint64_t> typing_digests(const ProfileSource& source);

/// By index into source.families(): shape, members by id and typing, and the pedigree.
std::vector<std::uint64_t> family_digests(const ProfileSource& source, const std::vector<std::uint64_t>& typings);

}  // namespace homeward
