// What is still to be done: families without DNA, samples that nobody has registered.
#pragma once

#include <iosfwd>

#include "homeward/store_registry.hpp"

namespace homeward::cli {

struct WorklistCounts {
  std::uint64_t linked = 0;                ///< families or children with a typed sample
  std::uint64_t without_dna = 0;           ///< registrations (one of each linked group) without
  std::uint64_t samples_unregistered = 0;  ///< samples of children and relatives that no registration names
};

/// Prints `kind id reason site sample_id category dna_status`, registrations in the order of the store, then samples. No people: ids of
/// registrations are random, ids of samples are the laboratory's.
WorklistCounts print_worklist(const StoredRegistry& registry, std::ostream& out);

/// Registrations that name a sample of the person or family `id`, or are `id`, with those a person confirmed to mean the same. Indexes,
/// ascending.
std::vector<std::size_t> registrations_of(const StoredRegistry& registry, const std::string& id);

}  // namespace homeward::cli
