// lineage.tsv: Y haplotypes of the best candidates beside their likelihood ratio, never in it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "homeward/report.hpp"

namespace homeward {

const std::vector<std::string>& lineage_columns();

/// lineage.tsv (data-schemas/lineage.md; METHODS, "Lineage markers") for the rows of rank <= max_rank in which the child and a
/// relative of its male line are typed at a Y locus. Temporary file, fsync, rename; 0600. Memory: the Y calls of everybody
/// who has any. Cost: one pass over the persons, and over the Y haplotypes for each row that cannot be excluded.
RunOutput write_lineage(const std::filesystem::path& path, const TableInputs& inputs, const CandidateSelection& selection,
                        std::uint64_t max_rank);

}  // namespace homeward
