// Linked loci on the command line and in words.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "homeward/family.hpp"
#include "homeward/population.hpp"

namespace homeward::cli {

/// Words such as "vWA,D12S391,0.1062". Throws Error(usage) when one is none, or a locus is in two of them.
std::vector<LinkedNames> parse_linked(const std::vector<std::string>& texts);

/// Refuses (Error(usage)) pairs that a search cannot score jointly: of loci that are not in use, or under theta above 0.
void check_linked(const EffectivePopulation& population, const std::vector<LinkedNames>& linked);

/// The linked pairs of a run in words; "none".
std::string linked_text(const EffectivePopulation& population);

/// A sentence on closely linked pairs that the pedigrees of a search are scored without; empty when there are none.
std::string linkage_ignored(const ProfileSource& source, const EffectivePopulation& population, const std::filesystem::path& data_dir);

}  // namespace homeward::cli
