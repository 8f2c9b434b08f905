// What a search does with calls of which one allele is known.
#pragma once

#include <string>

#include "command.hpp"
#include "homeward/family.hpp"
#include "homeward/population.hpp"

namespace homeward::cli {

/// Drop-out, drop-in and typing error, for a search to refuse: they are options of `lr`.
void declare_observation_options(po::options_description& hidden);
/// Throws Error(usage) with the reason when one of them is given.
void refuse_observation_options(const po::variables_map& values);

/// A sentence on the calls of children and of families' members that a search leaves out because one allele is not known; empty when there
/// are none. Reads every such person once.
std::string half_known_calls(const ProfileSource& source, const EffectivePopulation& population);

}  // namespace homeward::cli
