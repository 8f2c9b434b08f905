#include "search/family_tile.hpp"

#include <algorithm>

#include "search/parallel.hpp"

namespace homeward {

MemberCalls read_members(const ProfileSource& source, const LocusEncoder& encoder, std::uint32_t first, std::uint32_t count) {
  MemberCalls out;
  std::vector<PersonIndex> wanted;
  std::vector<std::vector<PersonIndex>> members;
  for (std::uint32_t k = 0; k < count; ++k) {
    members.push_back(member_indexes(source.families()[first + k]));
    wanted.insert(wanted.end(), members.back().begin(), members.back().end());
  }
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());

  ProfileBlock block;
  source.read(wanted, block);
  const std::vector<Genotype> genotypes = encoder.genotypes(block);
  for (const std::vector<PersonIndex>& persons : members) {
    out.offset.push_back(out.calls.size());
    out.n_members.push_back(persons.size());
    std::vector<std::size_t> column;
    for (const PersonIndex person : persons)
      column.push_back(static_cast<std::size_t>(std::lower_bound(wanted.begin(), wanted.end(), person) - wanted.begin()));
    for (std::size_t locus = 0; locus < encoder.n_loci(); ++locus)
      for (const std::size_t c : column) out.calls.push_back(genotypes[locus * wanted.size() + c]);
  }
  return out;
}

FamilyTile compile_tile(const ProfileSource& source, const LocusEncoder& encoder, const Compiler& compiler, const ScanAlphabet& alphabet,
                        std::uint32_t first, std::uint32_t count, double min_log10_lr, bool exhaustive, int threads) {
  const MemberCalls members = read_members(source, encoder, first, count);
  FamilyTile tile;
  tile.first = first;
  tile.compiled.resize(count);
  tile.masks.assign(count, LocusMask((encoder.n_loci() + 63) / 64));
  std::vector<std::vector<QuantizedProfile>> shadows(count);

  constexpr std::int64_t kChunk = 16;  // families per task: enough work to hide the scheduling
  parallel_for(
      (count + kChunk - 1) / kChunk, threads, [] { return 0; },
      [&](int, std::int64_t chunk) {
        for (std::int64_t k = chunk * kChunk; k < std::min<std::int64_t>(count, (chunk + 1) * kChunk); ++k) {
          CompiledFamily& compiled = tile.compiled[k];
          compiled = compiler.compile(source.families()[first + k],
                                      {members.calls.data() + members.offset[k], members.n_members[k] * encoder.n_loci()}, members.n_members[k]);
          for (std::size_t term = 0; term < compiled.terms.size(); ++term) {
            const ScoringProfile& profile = compiled.terms[term].profile;
            for (std::size_t locus = 0; locus < profile.columns.size(); ++locus)
              if (profile.columns[locus]) tile.masks[k][locus / 64] |= std::uint64_t{1} << (locus % 64);
            if (!exhaustive) shadows[k].push_back(quantize(profile, alphabet, term_threshold(compiled, term, min_log10_lr)));
          }
        }
      },
      [](int) {});

  for (std::uint32_t k = 0; k < count; ++k) {
    tile.first_profile.push_back(static_cast<std::uint32_t>(tile.profiles.size()));
    std::move(shadows[k].begin(), shadows[k].end(), std::back_inserter(tile.profiles));
  }
  tile.first_profile.push_back(static_cast<std::uint32_t>(tile.profiles.size()));
  return tile;
}

std::uint32_t tile_size(const ProfileSource& source, const EffectivePopulation& population, std::uint64_t bytes) {
  // A family of several relatives owns its columns (9 bytes a genotype); a single parent's are shared. Up to three terms
  // of 128-byte tables.
  std::uint64_t columns = 0;
  for (const LocusModel& model : population.loci) columns += 9 * genotype_code_count(model.frequencies.size()) + 3 * 128;
  const std::uint64_t fits = std::max<std::uint64_t>(1, bytes / std::max<std::uint64_t>(columns, 1));
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(fits, std::max<std::size_t>(source.families().size(), 1)));
}

}  // namespace homeward
