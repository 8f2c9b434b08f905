// Synthetic populations with a known truth, and what a search of one found.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "homeward/family.hpp"
#include "homeward/population.hpp"
#include "homeward/results.hpp"
#include "homeward/scoring_profile.hpp"

namespace homeward {

/// What the tested person of a family really is to the child (METHODS, "Simulation"). Sexes of the people between are
/// drawn: `uncle` is an uncle or an aunt, of either side.
enum class Relation : std::uint8_t { child = 0, full_sib = 1, half_sib = 2, uncle = 3, grandparent = 4, cousin = 5 };
inline constexpr std::size_t kRelationCount = 6;

/// "child" (the tested persons are its parents), "full_sib", "half_sib", "uncle", "grandparent", "cousin".
std::string_view to_string(Relation relation);
std::optional<Relation> parse_relation(std::string_view text);

/// A kit and the share of people typed with it. Shares are relative: any positive numbers.
struct KitShare {
  std::string name;
  std::vector<std::string> loci;
  double weight = 1.0;
};

/// What to simulate. Probabilities are per locus and person unless stated.
struct SimulationOptions {
  std::uint64_t n_children = 0;                         ///< rows of children.csv, duplicates included
  std::uint64_t n_families = 0;                         ///< families of families.csv; a couple registered apart is two
  double couples = 0.5;                                 ///< fraction of the couples and single parents that are couples
  double apart = 0.0;                                   ///< fraction of the couples whose two parents are registered as two families
  double one_parent = 0.0;                              ///< per couple with a child: one of the two (drawn) is not its parent
  std::array<std::uint64_t, kRelationCount> related{};  ///< children whose family is there, by what the tested person is
  std::uint64_t n_pedigrees = 0;                        ///< further families of relatives other than a parent or a couple
  std::uint64_t pedigrees_related = 0;                  ///< of these, families whose missing person is among the children
  std::uint64_t duplicates = 0;                         ///< children sampled a second time under another id
  std::vector<KitShare> kits;                           ///< each person's kit is drawn by share
  double missing = 0.02;                                ///< a locus of the kit is untyped
  double dropout = 0.0;                                 ///< per allele copy: not seen. One copy seen reads as a homozygote, none as untyped
  double typing_error = 0.0;                            ///< one of the two alleles read as another allele of the locus
  std::uint64_t seed = 1;
  int threads = 0;  ///< 0 = those the process may use; changes no byte
};

/// Which loci of the kits are simulated. Autosomal loci of the population, in its order; AMEL apart, from the sex.
struct SimulationLoci {
  std::vector<ObservedLocus> observed;  ///< for freeze(): the names, no alleles
  bool amelogenin = false;
  std::vector<std::string> left_out;  ///< of the kits, absent from the population or not autosomal; kit order
};
SimulationLoci simulation_loci(const Population& population, const std::vector<KitShare>& kits);

/// What came out. All but `expected_mutations` are exact counts.
struct SimulationCounts {
  std::uint64_t children = 0, families = 0, couples = 0, fathers = 0, mothers = 0, couples_apart = 0, persons = 0;
  std::uint64_t duplicates = 0, truth_rows = 0;
  std::uint64_t pedigrees = 0, relatives = 0;  ///< families of relatives, and their typed members (in `persons` too)
  std::uint64_t pedigree_rows = 0;             ///< of pedigrees.tsv
  std::array<std::uint64_t, kRelationCount> related{};
  std::uint64_t transmissions = 0;    ///< gametes passed through a mutation matrix, visible alleles, once per family
  std::uint64_t mutations = 0;        ///< of these, the transmitted allele differs
  double expected_mutations = 0.0;    ///< sum over transmissions of 1 - M[a][a]
  std::uint64_t typings = 0;          ///< person x locus of the kit, amelogenin not counted
  std::uint64_t missing = 0;          ///< of these, untyped by `missing`
  std::uint64_t dropped_alleles = 0;  ///< allele copies lost by `dropout`
  std::uint64_t silent_alleles = 0;   ///< silent allele copies among the typed
  std::uint64_t nothing_seen = 0;     ///< untyped since both copies are silent or dropped
  std::uint64_t typing_errors = 0;
  std::vector<std::pair<std::string, std::uint64_t>> kits;  ///< persons and children by kit, order of the options
};

/// Writes children.csv, families.csv (native wide), truth.tsv and duplicates.tsv, and with pedigrees pedigrees.tsv, into `folder` (made if
/// absent, 0700; files 0600, each by temporary file, fsync and rename). Ids are numbered by random permutations and rows are in id order,
/// so neither tells the truth. Generating model = scoring model: founders in Hardy-Weinberg proportions at the model's frequencies, silent
/// allele as the model has it, gametes through the model's male and female matrices, an untyped parent as model.untyped_parent says
/// (METHODS, "Simulation"). Theta is not simulated: the model's must be 0. The bytes depend on model and options only, `threads` excepted.
/// Cost: O(persons x loci), about 1 us each. Memory: a few MB. Errors: Error(usage) for numbers that do not fit together, Error(failure)
/// when a file cannot be written.
SimulationCounts simulate(const EffectivePopulation& model, bool amelogenin, const SimulationOptions& options,
                          const std::filesystem::path& folder);

/// One row of truth.tsv. `relation` is one of the words of Relation, or a word of the truth's author.
struct TruthRow {
  std::string child_id, family_id, relation;
};

/// Reads `child_id family_id relation` (tab-separated, header line, other columns ignored). Throws Error(input) listing
/// every line that lacks a field or repeats a pair.
std::vector<TruthRow> read_truth(const std::filesystem::path& path);

/// A true pair's score, computed without the search.
struct PairScore {
  enum class State : std::uint8_t { scored, not_in_store, no_shared_locus, same_person } state = State::not_in_store;
  double log10_lr = 0.0;
  PersonIndex child = kNobody;       ///< of the source
  std::uint32_t family = kNoFamily;  ///< index into source.families()
};

/// Exact scores of the truth's pairs through Compiler and exact_score, in the order of `truth`. A family id with several
/// slots scores as its best slot. Cost: one compilation per row.
std::vector<PairScore> score_truth(const std::vector<TruthRow>& truth, const ProfileSource& source, const EffectivePopulation& model,
                                   const CoupleWeights& weights);

/// Levels of log10 LR an evaluation counts at.
inline constexpr std::array<double, 6> kEvaluatedLog10{0.0, 1.0, 2.0, 3.0, 4.0, 6.0};

/// What a search found of what is true. "True" pairs are the rows of relation `child`; a single hit is one child x one
/// family; a joint hit is an undeclared couple A+B. Ranks are positions among all hits of one child (joint ones
/// included), or of one family, in the order of the run.
struct Evaluation {
  std::uint64_t true_pairs = 0;                  ///< rows of relation child
  std::uint64_t true_pairs_not_in_store = 0;     ///< child or family is not in the store
  std::uint64_t true_pairs_no_shared_locus = 0;  ///< no locus is typed on both sides: not compared
  std::uint64_t true_pairs_same_person = 0;      ///< the child is a member of the family: not compared
  std::uint64_t true_pairs_at_threshold = 0;     ///< exact log10 LR >= the run's threshold
  std::uint64_t true_pairs_reported = 0;         ///< of those at the threshold, single hits of the run
  std::uint64_t true_pairs_reported_below = 0;   ///< reported although the exact score is below: 0 by promise
  double max_log10_lr_difference = 0.0;          ///< largest |reported - recomputed| over the reported true pairs
  std::uint64_t true_children = 0;               ///< distinct children of the true pairs
  std::uint64_t true_families = 0;               ///< distinct families of the true pairs
  std::array<std::uint64_t, 4>
      family_rank_at_most{};  ///< children whose best true hit has rank <= 1, 5, 10, 50; a joint hit is true if A or B is
  std::array<std::uint64_t, 4>
      child_rank_at_most{};                       ///< true pairs whose single hit has rank <= 1, 5, 10, 50 among the family's single hits
  std::uint64_t chance_hits = 0;                  ///< single hits of pairs that are not in the truth at all
  std::array<std::uint64_t, 6> chance_hits_at{};  ///< of these, at or above kEvaluatedLog10
  std::array<std::uint64_t, 6> true_pairs_at{};   ///< true pairs whose exact log10 LR is at or above kEvaluatedLog10
  std::uint64_t joint_hits = 0, joint_both_true = 0, joint_one_true = 0;
  std::uint64_t joint_chance = 0;                     ///< neither A nor B is in the truth with this child
  std::map<std::string, std::uint64_t> related_rows;  ///< truth rows by relation, `child` excepted
  std::map<std::string, std::uint64_t> related_hits;  ///< of these, single hits

  double recall_at_threshold() const { return ratio(true_pairs_reported, true_pairs_at_threshold); }
  double recall_all() const { return ratio(true_pairs_reported, true_pairs); }  ///< NaN without true pairs
  static double ratio(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(part) / static_cast<double>(whole);
  }
};
inline constexpr std::array<std::uint64_t, 4> kRankLimits{1, 5, 10, 50};

/// Joins truth, recomputed scores and the hits of a run, read once, best first.
/// @param scores as score_truth returns them; @param child_ids, family_ids what the hits index.
Evaluation evaluate(const std::vector<TruthRow>& truth, const std::vector<PairScore>& scores, double min_log10_lr, HitStream& hits,
                    const std::vector<std::string>& child_ids, const std::vector<std::string>& family_ids);

}  // namespace homeward
