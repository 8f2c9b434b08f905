// A run of families, compiled and quantised together so that memory stays bounded.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "homeward/family.hpp"
#include "homeward/scoring_profile.hpp"
#include "score/quantize.hpp"
#include "search/locus_encoder.hpp"
#include "search/pair_counts.hpp"

namespace homeward {

struct FamilyTile {
  std::uint32_t first = 0;                         ///< index of the first family
  std::vector<CompiledFamily> compiled;            ///< by family - first
  std::vector<QuantizedProfile> profiles;          ///< all terms of all families, in order; empty when exhaustive
  std::vector<std::uint32_t> first_profile;        ///< by family - first, and one past the end
  std::vector<double> thresholds;                  ///< by profile: the term's share of the threshold
  std::vector<std::vector<LocusMask>> homozygous;  ///< by family - first and member: loci of two equal alleles; empty for pedigrees
  std::vector<LocusMask> masks;                    ///< by family - first: loci that are informative under any term
};

/// Genotypes of the typed members of families [first, first + count), read in one go. calls of family k start at
/// offset[k] and are laid out as Compiler::compile takes them.
struct MemberCalls {
  std::vector<Genotype> calls;
  std::vector<std::size_t> offset;
  std::vector<std::size_t> n_members;
};
MemberCalls read_members(const ProfileSource& source, const LocusEncoder& encoder, std::uint32_t first, std::uint32_t count);

/// Compiles the families (in parallel) and, unless `exhaustive`, quantises every term at its share of the threshold.
FamilyTile compile_tile(const ProfileSource& source, const LocusEncoder& encoder, const Compiler& compiler, const ScanAlphabet& alphabet,
                        std::uint32_t first, std::uint32_t count, double min_log10_lr, bool exhaustive, int threads);

/// Families [first, tile_end) have compiled forms that fit in `bytes`; at least one family.
std::uint32_t tile_end(const ProfileSource& source, const EffectivePopulation& population, std::uint32_t first, std::uint32_t end,
                       std::uint64_t bytes);

}  // namespace homeward
