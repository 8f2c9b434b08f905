// Populations: what a user chooses, and the frozen form a run computes with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "homeward/allele.hpp"
#include "homeward/mutation.hpp"
#include "homeward/panel.hpp"
#include "homeward/transition_matrix.hpp"

namespace homeward {

/// Frequencies and model of one locus, as a population file states them.
struct LocusPopulation {
  std::string locus;
  LocusKind kind = LocusKind::str;
  Chromosome chromosome = Chromosome::autosomal;
  std::vector<Allele> alleles;             ///< sorted, distinct
  std::vector<double> frequencies;         ///< same length, > 0
  std::optional<std::uint32_t> n_alleles;  ///< 2N, number of alleles counted, where the source states it
  MutationParameters mutation;
  double silent = 0.0;      ///< frequency of the silent allele
  std::string source;       ///< where the frequencies come from
  std::string rate_source;  ///< where the mutation rates come from
  std::string note;         ///< anything deliberate (an added allele, a renormalisation)
};

/// How far the frequencies of a locus may sum from 1: up to `kFrequencySumTolerance` they are renormalised (with a
/// warning beyond `kFrequencySumExact`), further off the locus is refused.
inline constexpr double kFrequencySumTolerance = 0.01;
inline constexpr double kFrequencySumExact = 1e-6;

/// How an allele that the table lacks gets a frequency: numerator / 2N where 2N is known, else `fallback`.
struct RareAlleleRule {
  double numerator = 5.0;
  double fallback = 0.001;
  bool floor_seen = false;  ///< apply the same floor to alleles the table has (`--floor-seen`)

  /// Frequency of an allele nobody of the table has, before the locus is renormalised.
  double floor_of(std::optional<std::uint32_t> n_alleles) const { return n_alleles && *n_alleles > 0 ? numerator / *n_alleles : fallback; }
};

/// A population file in memory (read by import/population_file).
struct Population {
  std::string id;
  std::string title;
  std::string source;
  std::string path;
  std::string sha256;  ///< of the file's bytes
  double theta = 0.0;
  RareAlleleRule rare_alleles;
  std::vector<LocusPopulation> loci;
  std::vector<std::string> warnings;  ///< e.g. W_FREQ_SUM lines, complete sentences

  const LocusPopulation* find(const std::string& locus) const;
};

/// How gametes of an untyped founder parent with a single child are drawn (docs/METHODS.md, "Untyped parent").
enum class UntypedParent : std::uint8_t { half = 1, full = 2 };

/// Two loci to be scored jointly, by name, and the recombination fraction between them, 0 to 0.5.
struct LinkedNames {
  std::string first, second;
  double rho = 0.5;
};

/// Command-line choices that override a population file. Unset fields keep the file's value. A model that counts repeats
/// (`stepwise`, `onestep`) overrides STR loci only: SNP loci keep the file's model.
struct ModelOverrides {
  std::optional<MutationModel> mutation_model;
  std::optional<double> theta;
  std::optional<double> rate_male, rate_female, microvariant_rate, range;  ///< for every locus
  std::optional<double> rare_numerator, rare_fallback;
  bool floor_seen = false;
  std::vector<LinkedNames> linked;  ///< no locus in two of them
};

/// The same among the loci of a run.
struct LinkedLoci {
  LocusIndex first = 0, second = 0;
  double rho = 0.5;
};

/// One locus, frozen: everything the likelihoods need. Frequencies sum to 1 over the visible alleles; a silent
/// allele of frequency `silent` scales them by (1 - silent) inside the likelihood, never here.
struct LocusModel {
  Locus locus;                      ///< with the full state space
  std::vector<double> frequencies;  ///< by AlleleIndex
  std::vector<bool> floored;        ///< by AlleleIndex: frequency comes from the rare-allele rule
  TransitionMatrix male;            ///< P(child's allele | father's allele)
  TransitionMatrix female;          ///< P(child's allele | mother's allele)
  MutationParameters mutation;
  double silent = 0.0;
  double theta = 0.0;
  std::string source;
};

/// The population of one run: the chosen table, the alleles the store adds, the floors, the model, frozen with a
/// digest. Runs, shards and increments with different digests never merge.
struct EffectivePopulation {
  std::string population_id;
  std::string population_sha256;
  double theta = 0.0;
  UntypedParent untyped_parent = UntypedParent::half;
  RareAlleleRule rare_alleles;
  std::vector<LocusModel> loci;          ///< in panel order (sorted by the order of the population file)
  std::vector<LinkedLoci> linked;        ///< scored jointly in pedigrees; of the overrides those with both loci in use
  std::vector<std::string> added;        ///< "LOCUS allele frequency" (six digits, as frozen), one per allele added by the rule
  std::vector<std::string> unused_loci;  ///< observed loci that are not autosomal or not in the population, sorted
  /// SHA-256 over all that changes a number: theta, the untyped-parent rule and per locus, in order, its name, kind,
  /// alleles, frozen frequencies, silent allele and the parameters its mutation model uses; linked pairs. Ids, titles, notes are not.
  std::string digest;

  const LocusModel* find(const std::string& locus) const;
};

/// Alleles observed at one locus of the data.
struct ObservedLocus {
  std::string name;
  std::vector<Allele> alleles;  ///< sorted, distinct
};

/// Freezes a population for a run over `observed` data: takes the autosomal loci both know (order of the population file),
/// adds unseen alleles by the rare-allele rule, applies floors, renormalises each locus once, builds the mutation
/// matrices over the full allele list. Amelogenin, X, Y and loci the population lacks go to `unused_loci`. The order of
/// `observed` and of its alleles changes nothing; a locus given twice counts once, with all its alleles.
/// Thread-safe. Cost: O(sum n^2) over the loci's allele counts n. docs/METHODS.md, "Effective population".
/// Errors: ModelError naming the locus when frequencies sum off by more than `kFrequencySumTolerance`, an STR locus has
/// letter alleles, a locus has more than 361 alleles, or a rate, theta or floor is out of range.
EffectivePopulation freeze(const Population& population, const std::vector<ObservedLocus>& observed, const ModelOverrides& overrides,
                           UntypedParent untyped_parent);

}  // namespace homeward
