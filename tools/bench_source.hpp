// A synthetic database in memory, for timing a search.
#pragma once

#include <cstdint>
#include <vector>

#include "homeward/family.hpp"
#include "homeward/population.hpp"

namespace homeward::cli {

struct BenchSize {
  std::size_t children = 0, families = 0;
  bool couples = false;  ///< else fathers and mothers in turn
};

/// The loci of `population` that kits of a national database have (all, if it has none of them), frozen without data.
EffectivePopulation bench_population(Population population);

/// Unrelated people, 2 % of calls missing, and in one family of fifty its own child. A function of its arguments alone.
MemorySource bench_source(const EffectivePopulation& population, const BenchSize& size, std::uint64_t seed);

/// Codes of the source's children, one vector a child, by locus of the population.
std::vector<std::vector<GenotypeCode>> bench_codes(const MemorySource& source, const EffectivePopulation& population);

}  // namespace homeward::cli
