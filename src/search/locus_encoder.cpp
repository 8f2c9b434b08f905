#include "search/locus_encoder.hpp"

#include <algorithm>

namespace homeward {

LocusEncoder::LocusEncoder(const ProfileSource& source, const EffectivePopulation& population) {
  for (const LocusModel& model : population.loci) {
    std::size_t found = kAbsent;
    for (std::size_t i = 0; i < source.loci().size(); ++i)
      if (source.loci()[i].name == model.locus.name) found = i;
    source_locus_.push_back(found);

    Table table;
    const std::vector<Allele>& alleles = model.locus.alleles;
    table.first = alleles.front().code();
    table.index.resize(static_cast<std::size_t>(alleles.back().code() - table.first) + 1);
    for (AlleleIndex i = 0; i < alleles.size(); ++i) table.index[alleles[i].code() - table.first] = i;
    table_.push_back(std::move(table));
  }
}

std::vector<Genotype> LocusEncoder::genotypes(const ProfileBlock& block) const {
  std::vector<Genotype> calls(n_loci() * block.n_persons);
  for (std::size_t locus = 0; locus < n_loci(); ++locus)
    if (source_locus_[locus] != kAbsent)
      std::copy_n(block.calls.begin() + static_cast<std::ptrdiff_t>(source_locus_[locus] * block.n_persons), block.n_persons,
                  calls.begin() + static_cast<std::ptrdiff_t>(locus * block.n_persons));
  return calls;
}

CodeBlock LocusEncoder::codes(const ProfileBlock& block) const {
  CodeBlock out;
  out.n_children = block.n_persons;
  out.codes.assign(n_loci() * block.n_persons, kUntyped);
  for (std::size_t locus = 0; locus < n_loci(); ++locus) {
    if (source_locus_[locus] == kAbsent) continue;
    const Genotype* calls = block.calls.data() + source_locus_[locus] * block.n_persons;
    GenotypeCode* codes = out.codes.data() + locus * block.n_persons;
    for (std::size_t i = 0; i < block.n_persons; ++i)
      if (calls[i].typed() && !calls[i].half_known()) codes[i] = genotype_code(index(locus, calls[i].a), index(locus, calls[i].b));
  }
  return out;
}

}  // namespace homeward
