// Which two alleles a SNP's two-bit codes stand for.
#pragma once

#include "homeward/import.hpp"
#include "store/store_data.hpp"

namespace homeward::storage {

/// Sets ref and alt of SNP loci that lack one, from a file about to be merged: the two alleles the file's panel names, else
/// the two most frequent of its calls (ties: lower code), ref the lower code. One that is set never changes.
/// @param snp_locus by locus of the file: index in the SNP panel, or kNone
void settle_snp_alleles(PanelColumns& panel, const ImportedFile& file, const std::vector<std::uint32_t>& snp_locus);

}  // namespace homeward::storage
