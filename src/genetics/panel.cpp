#include "homeward/panel.hpp"

#include <algorithm>
#include <cmath>

#include "base/sha256.hpp"

namespace homeward {

std::optional<AlleleIndex> Locus::index_of(Allele allele) const {
  const auto it = std::lower_bound(alleles.begin(), alleles.end(), allele);
  if (it == alleles.end() || *it != allele) return std::nullopt;
  return static_cast<AlleleIndex>(it - alleles.begin());
}

std::optional<GenotypeCode> Locus::code_of(Genotype genotype) const {
  if (!genotype.typed()) return kUntyped;
  const auto i = index_of(genotype.a);
  const auto j = index_of(genotype.b);
  if (!i || !j) return std::nullopt;
  return genotype_code(*i, *j);
}

Genotype Locus::genotype_of(GenotypeCode code) const {
  if (code == kUntyped) return {};
  const unsigned k = code - 1U;
  auto high = static_cast<unsigned>((std::sqrt(8.0 * k + 1.0) - 1.0) / 2.0);
  while ((high + 1) * (high + 2) / 2 <= k) ++high;
  while (high * (high + 1) / 2 > k) --high;
  return {alleles[k - high * (high + 1) / 2], alleles[high]};
}

Panel::Panel(std::string version, std::vector<Locus> loci) : version_(std::move(version)), loci_(std::move(loci)) {}

std::optional<LocusIndex> Panel::find(std::string_view name) const {
  for (LocusIndex i = 0; i < loci_.size(); ++i)
    if (loci_[i].name == name) return i;
  return std::nullopt;
}

std::string Panel::digest() const {
  Sha256 hash;
  hash.add_text(version_);
  for (const Locus& locus : loci_) {
    hash.add_text(locus.name);
    hash.add_number(static_cast<std::uint64_t>(locus.kind));
    hash.add_number(static_cast<std::uint64_t>(locus.chromosome));
    hash.add_number(locus.alleles.size());
    for (const Allele allele : locus.alleles) hash.add_number(allele.code());
  }
  return hash.hex();
}

}  // namespace homeward
