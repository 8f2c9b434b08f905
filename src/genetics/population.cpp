#include "homeward/population.hpp"

#include <algorithm>

namespace homeward {

const LocusPopulation* Population::find(const std::string& locus) const {
  const auto it = std::find_if(loci.begin(), loci.end(), [&](const LocusPopulation& l) { return l.locus == locus; });
  return it == loci.end() ? nullptr : &*it;
}

const LocusModel* EffectivePopulation::find(const std::string& locus) const {
  const auto it = std::find_if(loci.begin(), loci.end(), [&](const LocusModel& l) { return l.locus.name == locus; });
  return it == loci.end() ? nullptr : &*it;
}

}  // namespace homeward
