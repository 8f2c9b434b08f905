#include "likelihood/graph_evidence.hpp"

#include <fmt/format.h>

#include "homeward/error.hpp"

namespace homeward::detail {

void check_observations(const Pedigree& pedigree, std::span<const ObservedGenotype> observed, const LocusModel& model,
                        const ObservationModel& observation) {
  if (observed.size() != pedigree.size())
    throw Error(ErrorKind::failure,
                fmt::format("locus {}: {} observations for {} persons", model.locus.name, observed.size(), pedigree.size()));
  for (const double p : {observation.error_rate, observation.dropout, observation.dropin})
    if (!(p >= 0.0 && p <= 1.0))
      throw ModelError(model.locus.name, fmt::format("a typing-error, drop-out or drop-in probability is {}, expected 0 to 1", p));
}

std::vector<std::optional<Evidence>> evidence_of(const GeneGraph& graph, const StateSpace& space,
                                                 std::span<const ObservedGenotype> observed, const ObservationModel& observation) {
  std::vector<std::optional<Evidence>> evidence(observed.size());
  for (std::size_t person = 0; person < observed.size(); ++person)
    if (observed[person].kind != Observation::untyped)
      evidence[person] = space.evidence(observed[person], graph.copies(person), observation);
  return evidence;
}

bool impossible(const std::vector<std::optional<Evidence>>& evidence) {
  for (const std::optional<Evidence>& seen : evidence)
    if (seen && seen->domain.empty()) return true;
  return false;
}

}  // namespace homeward::detail
