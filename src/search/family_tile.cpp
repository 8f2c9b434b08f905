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

namespace {

std::vector<LocusMask> homozygous_loci(std::span<const Genotype> calls, std::size_t n_members, std::size_t n_loci) {
  std::vector<LocusMask> masks(n_members, LocusMask((n_loci + 63) / 64));
  for (std::size_t locus = 0; locus < n_loci; ++locus)
    for (std::size_t member = 0; member < n_members; ++member)
      if (calls[locus * n_members + member].homozygous()) masks[member][locus / 64] |= std::uint64_t{1} << (locus % 64);
  return masks;
}

}  // namespace

FamilyTile compile_tile(const ProfileSource& source, const LocusEncoder& encoder, const Compiler& compiler, const ScanAlphabet& alphabet,
                        std::uint32_t first, std::uint32_t count, double min_log10_lr, bool exhaustive, int threads) {
  const MemberCalls members = read_members(source, encoder, first, count);
  FamilyTile tile;
  tile.first = first;
  tile.compiled.resize(count);
  tile.masks.assign(count, LocusMask((encoder.n_loci() + 63) / 64));
  tile.homozygous.resize(count);
  std::vector<std::vector<QuantizedProfile>> shadows(count);

  constexpr std::int64_t kChunk = 16;  // families per task: enough work to hide the scheduling
  parallel_for((count + kChunk - 1) / kChunk, threads, [] { return 0; },
               [&](int, std::int64_t chunk) {
                 for (std::int64_t k = chunk * kChunk; k < std::min<std::int64_t>(count, (chunk + 1) * kChunk); ++k) {
                   CompiledFamily& compiled = tile.compiled[k];
                   const std::span<const Genotype> calls(members.calls.data() + members.offset[k], members.n_members[k] * encoder.n_loci());
                   compiled = compiler.compile(source.families()[first + k], calls, members.n_members[k]);
                   if (source.families()[first + k].shape != FamilyShape::pedigree)
                     tile.homozygous[k] = homozygous_loci(calls, members.n_members[k], encoder.n_loci());
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
    for (std::size_t term = 0; term < shadows[k].size(); ++term)
      tile.thresholds.push_back(term_threshold(tile.compiled[k], term, min_log10_lr));
    std::move(shadows[k].begin(), shadows[k].end(), std::back_inserter(tile.profiles));
  }
  tile.first_profile.push_back(static_cast<std::uint32_t>(tile.profiles.size()));
  return tile;
}

std::uint32_t tile_end(const ProfileSource& source, const EffectivePopulation& population, std::uint32_t first, std::uint32_t end,
                       std::uint64_t bytes) {
  // A family of several relatives owns its columns (9 bytes a genotype); a single parent's are shared. A term has a cost
  // table of 128 bytes a locus, and a single parent's its share of the rows of a tile of lanes: a bit a genotype.
  std::uint64_t own_columns = 0, lane = 0;
  for (const LocusModel& model : population.loci) {
    own_columns += 9 * genotype_code_count(model.frequencies.size());
    lane += genotype_code_count(model.frequencies.size()) / 8 + 16;
  }
  const std::uint64_t term = population.loci.size() * (128 + sizeof(void*) * 2) + 512;
  std::uint64_t used = 0;
  std::uint32_t next = first;
  while (next < end) {
    const FamilyShape shape = source.families()[next].shape;
    const std::uint64_t terms = shape == FamilyShape::couple ? 3 : shape == FamilyShape::parent ? 2 : 1;
    const bool owns = shape == FamilyShape::couple || shape == FamilyShape::pedigree;
    used += terms * term + (shape == FamilyShape::pedigree ? 0 : 2 * lane) + (owns ? own_columns : 0);
    if (used > bytes && next > first) break;
    ++next;
  }
  return next;
}

}  // namespace homeward
