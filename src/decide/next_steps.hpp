// A family with one more person, or its members with more loci: genotypes nobody knows yet are drawn.
#pragma once

#include <optional>
#include <vector>

#include "base/rng.hpp"
#include "homeward/family.hpp"
#include "homeward/population.hpp"
#include "homeward/power.hpp"

namespace homeward {

/// A family and its members' calls as Compiler::compile takes them.
struct ImaginedFamily {
  Family family;
  std::vector<Genotype> calls;
  std::size_t n_members = 0;
};

/// Two alleles from the population.
Genotype draw_stranger(const LocusModel& model, CounterRng& rng);
/// A gamete of each of two genotypes, without mutation.
Genotype draw_child(const Genotype& father, const Genotype& mother, CounterRng& rng);

/// The family after the step; nullopt when the step does not apply: another parent, a sibling or a grandparent beyond a single typed
/// parent, more loci where nobody lacks one. New people are typed where the family is.
/// @param wanted by locus of the population: typed by `more_loci`.
std::optional<ImaginedFamily> imagine(NextStep step, const EffectivePopulation& population, const ImaginedFamily& now,
                                      const std::vector<bool>& wanted, CounterRng& rng);

}  // namespace homeward
