#include "store/snp_alleles.hpp"

#include <algorithm>
#include <tuple>

namespace homeward::storage {

namespace {

/// Alleles with their counts; a SNP has very few.
using AlleleCounts = std::vector<std::pair<std::uint16_t, std::uint64_t>>;

void count(AlleleCounts& counts, Allele allele) {
  if (allele.empty()) return;
  for (auto& [code, n] : counts)
    if (code == allele.code()) {
      ++n;
      return;
    }
  counts.emplace_back(allele.code(), 1);
}

void settle(std::uint16_t& ref, std::uint16_t& alt, const Locus& locus, AlleleCounts counts) {
  std::vector<std::uint16_t> candidates;
  if (locus.alleles.size() == 2) candidates = {locus.alleles[0].code(), locus.alleles[1].code()};
  std::sort(counts.begin(), counts.end(),
            [](const auto& l, const auto& r) { return std::tie(r.second, l.first) < std::tie(l.second, r.first); });
  for (const auto& [code, n] : counts) candidates.push_back(code);
  candidates.erase(std::remove(candidates.begin(), candidates.end(), ref), candidates.end());
  if (candidates.empty()) return;
  if (ref != 0) {
    alt = candidates[0];
    return;
  }
  const auto other = std::find_if(candidates.begin(), candidates.end(), [&](std::uint16_t code) { return code != candidates[0]; });
  ref = candidates[0];
  if (other != candidates.end()) std::tie(ref, alt) = std::make_tuple(std::min(ref, *other), std::max(ref, *other));
}

}  // namespace

void settle_snp_alleles(PanelColumns& panel, const ImportedFile& file, const std::vector<std::uint32_t>& snp_locus) {
  std::vector<AlleleCounts> counts(file.loci.size());
  const auto open = [&](std::uint32_t file_locus) {
    const std::uint32_t locus = snp_locus[file_locus];
    return locus != kNone && (panel.ref[locus] == 0 || panel.alt[locus] == 0);
  };
  for (const ImportedSample& sample : file.samples)
    for (const ImportedCall& call : sample.calls)
      if (open(call.locus)) {
        count(counts[call.locus], call.genotype.a);
        count(counts[call.locus], call.genotype.b);
      }
  for (std::uint32_t file_locus = 0; file_locus < file.loci.size(); ++file_locus)
    if (open(file_locus))
      settle(panel.ref[snp_locus[file_locus]], panel.alt[snp_locus[file_locus]], file.loci[file_locus], std::move(counts[file_locus]));
}

}  // namespace homeward::storage
