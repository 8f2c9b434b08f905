// Profiles that must not be searched whatever they are called: control DNA and the people of the laboratory.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "homeward/import.hpp"
#include "import/issues.hpp"

namespace homeward {

namespace {

/// Common loci from which equality is no coincidence: eight loci of unrelated people agree once in about 10^8.
constexpr std::size_t kMinLoci = 8;

/// A listed profile by the loci of the file it is compared with.
using Listed = std::map<std::uint32_t, Genotype>;

std::vector<Listed> by_loci_of(const ImportedFile& file, const ImportedFile& list) {
  std::map<std::string, std::uint32_t> index;
  for (std::uint32_t k = 0; k < file.loci.size(); ++k)
    if (file.loci[k].kind != LocusKind::sex) index.emplace(file.loci[k].name, k);
  std::vector<Listed> profiles;
  for (const ImportedSample& sample : list.samples) {
    Listed profile;
    for (const ImportedCall& call : sample.calls)
      if (const auto found = index.find(list.loci[call.locus].name); found != index.end() && call.genotype.typed())
        profile.emplace(found->second, call.genotype);
    profiles.push_back(std::move(profile));
  }
  return profiles;
}

/// Number of loci at which both are typed, 0 when one of them differs.
std::size_t equal_loci(const ImportedSample& sample, const Listed& listed) {
  std::size_t n = 0;
  for (const ImportedCall& call : sample.calls) {
    if (!call.genotype.typed() || call.genotype.half_known()) continue;
    const auto found = listed.find(call.locus);
    if (found == listed.end() || found->second.half_known()) continue;
    if (found->second != call.genotype) return 0;
    ++n;
  }
  return n;
}

}  // namespace

std::size_t mark_eliminated(ImportedFile& file, const ImportedFile& list, Elimination kind) {
  const std::vector<Listed> profiles = by_loci_of(file, list);
  import::IssueLog log(file.path);
  std::size_t n_marked = 0;
  for (ImportedSample& sample : file.samples) {
    for (std::size_t k = 0; k < profiles.size(); ++k) {
      const std::size_t n = equal_loci(sample, profiles[k]);
      if (n < kMinLoci) continue;
      const bool control = kind == Elimination::control_dna;
      log.add(
          Severity::warning, control ? "W_CONTROL_DNA" : "W_ELIMINATION", sample.line, "",
          {.action = "role control: kept, never searched",
           .message = control ? fmt::format("the profile is that of the control DNA {} at all {} common loci", list.samples[k].sample_id, n)
                              : fmt::format("the profile is one of the elimination list at all {} common loci", n),
           .suggestion = "a person's sample with this profile was contaminated or swapped: type it again"});
      sample.role = Role::control;
      ++n_marked;
      break;
    }
  }
  for (Issue& issue : log.take()) {
    issue.sheet = file.sheet;
    file.issues.push_back(std::move(issue));
  }
  return n_marked;
}

}  // namespace homeward
