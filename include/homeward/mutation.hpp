// Mutation models: transition matrices over a locus's alleles.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "homeward/allele.hpp"
#include "homeward/transition_matrix.hpp"

namespace homeward {

enum class MutationModel : std::uint8_t { none = 0, equal = 1, proportional = 2, onestep = 3, stepwise = 4, custom = 5 };

std::string_view to_string(MutationModel model);
/// Throws Error(input) naming the known models.
MutationModel parse_mutation_model(std::string_view text);

/// Parameters of one locus. Rates are per meiosis, `rate_male` for fathers, `rate_female` for mothers.
/// `microvariant_rate` (R2) and `range` (r) belong to `stepwise`. `custom_*`: n x n matrices in allele order.
struct MutationParameters {
  MutationModel model = MutationModel::stepwise;
  double rate_male = 0.002;
  double rate_female = 0.0005;
  double microvariant_rate = 1e-5;
  double range = 0.1;
  TransitionMatrix custom_male;
  TransitionMatrix custom_female;
  friend bool operator==(const MutationParameters& l, const MutationParameters& r) {
    return l.model == r.model && l.rate_male == r.rate_male && l.rate_female == r.rate_female &&
           l.microvariant_rate == r.microvariant_rate && l.range == r.range;
  }
};

/// P(transmitted allele j | parental allele i), rows sum to 1 within 1e-12 (checked).
/// @param alleles      the visible alleles, sorted; the list IS the state space.
/// @param frequencies  same length; used by `proportional` only. Visible frequencies, need not sum to 1:
///                     with a silent allele of frequency s they sum to 1 - s and alpha = (R/(1-s)) / sum q(1-q)
///                     over the renormalised q, exactly the convention of METHODS.
/// @param rate         the rate of the parent's sex.
/// Definitions: docs/METHODS.md, "Mutation". Errors: ModelError when a diagonal would be negative, when
/// `onestep` meets letters, or when a custom matrix has the wrong shape or rows that do not sum to 1.
TransitionMatrix mutation_matrix(const MutationParameters& parameters, double rate, bool male, std::span<const Allele> alleles,
                                 std::span<const double> frequencies, const std::string& locus_name);

}  // namespace homeward
