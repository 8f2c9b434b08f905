// Reports: the manifest of a run, the tables of its folder, and one pair locus by locus.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "homeward/population.hpp"
#include "homeward/results.hpp"
#include "homeward/scoring_profile.hpp"

namespace homeward {

/// One file of a run folder.
struct RunOutput {
  std::string file;  ///< base name
  std::uint64_t rows = 0;
  std::string sha256;
  friend bool operator==(const RunOutput&, const RunOutput&) = default;
};

/// Observed against expected pairs of one class of children, at LR >= 1, 10, 100, 1,000 (METHODS, "Chance hits").
struct ChanceRow {
  std::string children;  ///< the class: kit and loci
  std::uint64_t n_children = 0;
  std::array<std::uint64_t, 4> observed{}, leads{};  ///< leads: observed at an LR that less than one chance hit is expected to reach
  std::array<double, 4> expected{}, ratio{};         ///< NaN = not computed; ratio = (observed - leads) / expected below the leads
  bool alarming = false;
};
/// How much a run believes under one prior.
struct PriorSensitivity {
  double phi = 0.0;
  std::uint64_t rows_50 = 0, rows_95 = 0;  ///< candidates of posterior >= 0.5, >= 0.95
  double expected_found = 0.0;             ///< children whose own family is among the candidates
};
/// What makes a run's chance hits and posteriors (METHODS, "Posterior"). Written to and read from run.json.
/// A way in which families are registered, and its share of the prior.
struct PriorShare {
  std::string way;                    ///< couple, single_parent, pedigree, apart
  std::uint64_t n_registrations = 0;  ///< of `apart`: pairs of a single father and a single mother
  double share = 0.0, lower = 0.0, upper = 0.0;
  double missed = 0.0;  ///< chance of a true child to stay below the run's threshold
};

struct RunBelief {
  double expected_chance_hits = std::numeric_limits<double>::quiet_NaN();  ///< at the run's threshold
  double lead_log10_lr = std::numeric_limits<double>::quiet_NaN();         ///< one chance hit of the run is expected at or above
  std::vector<std::pair<double, double>> curve;                            ///< log10 LR, expected chance hits at or above
  std::vector<ChanceRow> classes;
  /// Couples of strangers registered apart, beside a child: log10 LR, expected number at or above; from `undeclared_drawn` couples.
  std::vector<std::pair<double, double>> undeclared_curve;
  std::uint64_t undeclared_couples = 0, undeclared_drawn = 0;
  double phi = std::numeric_limits<double>::quiet_NaN();  ///< P(a child's family is registered)
  double phi_lower = std::numeric_limits<double>::quiet_NaN(),
         phi_upper = std::numeric_limits<double>::quiet_NaN();  ///< 95 %; NaN when given
  bool phi_given = false;
  double close_relative = 0.02;
  bool apart_given = false;
  double apart = std::numeric_limits<double>::quiet_NaN();  ///< share of the registered children whose parents registered apart
  std::vector<PriorShare> shares;                           ///< ways that the database has
  std::uint64_t n_registrations = 0;                        ///< families, the same people counted once
  double missed = 0.0;                                      ///< mean chance of a true child to stay below the run's threshold
  std::vector<PriorSensitivity> sensitivity;
};

/// Which part of a search a run is; of == 0: the whole.
struct ShardOf {
  std::uint32_t index = 0, of = 0;                 ///< index from 1
  std::uint32_t first_family = 0, end_family = 0;  ///< the families it compared, [first, end)
};

/// What run.json says (schema: data-schemas/run.schema.json). Enough to rebuild the model and to check that inputs are the same.
struct RunManifest {
  std::string run_id, command, status = "running";  ///< status: running | complete | stopped | failed
  int exit_code = 0;
  ShardOf shard;
  std::string since;      ///< run_id of the earlier run whose pairs were not compared again; empty = none
  bool joined = false;    ///< with `since`: the earlier run's hits are part of this run
  std::string resume_of;  ///< run_id of the stopped run that this one went on with; empty = none
  std::vector<std::string> arguments;
  std::string started, finished;  ///< UTC, the only timestamps of a run folder
  std::string store_path, store_sha256, store_uuid;
  std::uint64_t store_generation = 0, n_children = 0, n_families = 0;
  std::vector<std::pair<std::string, std::uint64_t>> loci;  ///< locus, persons typed
  std::string population, population_sha256, model_digest;  ///< population: as given (path or id)
  ModelOverrides overrides;
  UntypedParent untyped_parent = UntypedParent::half;
  CoupleWeights couple_weights;
  double theta = 0.0;
  std::string mutation_model;
  RareAlleleRule rare_alleles;
  std::string verbal_scale, cpi_scale;  ///< ids
  double min_log10_lr = 0.0;
  std::uint32_t top_k = 50, loci_for = 1000;
  bool exhaustive = false, undeclared_couples = true;
  std::string kernel;
  int threads = 1;
  std::uint64_t seed = 1;
  SearchCounts counts;
  std::uint64_t candidates = 0;
  double search_seconds = 0.0, total_seconds = 0.0;
  std::vector<std::string> added_alleles, unused_loci, warnings;
  std::vector<std::string> chosen;  ///< names of parameters the user gave; the others are defaults
  std::vector<RunOutput> outputs;
  RunBelief belief;
};

/// Writes run.json (temporary file, fsync, rename; 0600).
void write_manifest(const std::filesystem::path& run_folder, const RunManifest& manifest);
/// Throws Error(input) naming the missing or mistyped key.
RunManifest read_manifest(const std::filesystem::path& run_folder);

/// One pair locus by locus under one hypothesis. Lines in the order of the effective population; only loci typed in the
/// child or a relative. The sum of log10_lr over lines of status consistent, inconsistent and linked is the term's exact score; the last
/// are what a linked pair of loci adds, after the loci. `father_only` and `mother_only` also take a family of shape couple (the other
/// parent is then left out) or parent. An undeclared couple is passed as a family of shape couple. `parent_only` is a mean of two
/// hypotheses over the whole profile and no product of loci: explain each of the two. A pedigree whose typed members contradict each other
/// is explained by the likeliest of its consistent parts (METHODS, "Reference family"). Lines of other statuses have LR 1.
/// @param member_calls as Compiler::compile takes them; @param child_calls by locus of the population.
/// Throws Error(failure) when the hypothesis does not fit the family's shape. Thread-safe.
/// Cost: O(n^2) per locus for n alleles with the closed forms, the pedigree likelihood's otherwise.
std::vector<LocusLine> explain_pair(const EffectivePopulation& population, const Family& family, Hypothesis hypothesis,
                                    const std::vector<Genotype>& member_calls, std::size_t n_members,
                                    const std::vector<Genotype>& child_calls);
/// LocusLine::min_steps where steps are not counted: inconsistencies in a pedigree beyond the child's own parents.
inline constexpr int kStepsNotCounted = -2;

/// A verbal scale: words for the weight of a likelihood ratio. Class i holds from lower_log10_lr[i] (included) up to the
/// next one; the first bound is -infinity.
struct VerbalScale {
  std::string id, title, source;
  std::vector<std::pair<double, std::string>> classes;  ///< lower bound of log10 LR, word; ascending
};
/// Reads data/scales/<id>.json. Throws Error(input) naming the missing or mistyped key, or bounds that do not ascend.
VerbalScale read_verbal_scale(const std::filesystem::path& path);
const std::string& verbal_word(const VerbalScale& scale, double log10_lr);

/// The classes of Chinese casework (combined paternity index): words for verdict bands, and the count of inconsistent
/// loci from which exclusion is considered whatever the index.
struct CpiScale {
  std::string id, title, source;
  double supports_above_log10 = 0.0, excludes_below_log10 = 0.0;  ///< both bounds excluded
  unsigned exclusion_from_loci = 0;
  std::string supports, between, excludes, exclusion_considered;
};
CpiScale read_cpi_scale(const std::filesystem::path& path);
/// @param log10_lr of one hypothesis, the product over its loci. The count of inconsistent loci goes first.
const std::string& cpi_word(const CpiScale& scale, double log10_lr, unsigned n_inconsistent);

/// One row of candidates.tsv before its details.
struct Candidate {
  Hit hit;
  double gap_to_next = std::numeric_limits<double>::quiet_NaN();  ///< to the child's next hit of another family; NaN = none
  bool tie_family = false;                                        ///< another family has exactly this log10 LR with the child
  bool tie_child = false;                                         ///< another child has exactly this log10 LR with the family
  /// NaN = not computed, printed as "."
  double expected_chance_hits = std::numeric_limits<double>::quiet_NaN();  ///< pairs of strangers of the run at or above this LR
  double p_chance = std::numeric_limits<double>::quiet_NaN();              ///< P(an unrelated child reaches this LR with the family)
  double log10_lr_relative = std::numeric_limits<double>::quiet_NaN();     ///< if the tested person is a full sib of the true parent
  double posterior = std::numeric_limits<double>::quiet_NaN();
  double posterior_relative = std::numeric_limits<double>::quiet_NaN(), posterior_none = std::numeric_limits<double>::quiet_NaN();
};
struct CandidateSelection {
  std::vector<Candidate> rows;  ///< in the order of the stream: rank = index + 1
  std::uint64_t cut = 0;        ///< hits not listed
};
/// The hits that are among the first top_k of their child, or of their family (of either family of an undeclared couple).
/// One pass over the stream from its beginning. Memory: 100 bytes per row, 32 per child and family.
CandidateSelection select_candidates(HitStream& hits, std::size_t n_persons, std::size_t n_families, std::uint32_t top_k);

/// Everything the tables of a run are made from. References must outlive the call.
struct TableInputs {
  const ProfileSource& source;
  const EffectivePopulation& population;
  CoupleWeights weights;
  const VerbalScale& scale;
  const CpiScale& cpi;
  int threads = 1;
};
/// candidates.tsv (data-schemas/candidates.md): temporary file, fsync, rename; 0600. Same bytes for any thread count.
RunOutput write_candidates(const std::filesystem::path& path, const TableInputs& inputs, const CandidateSelection& selection);
/// loci.tsv (data-schemas/loci.md) for the rows of rank <= max_rank, each with a TOTAL row.
RunOutput write_loci(const std::filesystem::path& path, const TableInputs& inputs, const CandidateSelection& selection,
                     std::uint64_t max_rank);

/// Column names of the tables, in order.
const std::vector<std::string>& candidate_columns();
const std::vector<std::string>& locus_columns();

/// Who a table of loci is about.
struct PairName {
  std::string pair_key, child_id, family_id;
  Hypothesis hypothesis = Hypothesis::father_only;
};
/// Appends the rows of one pair as tab-separated text, TOTAL last, LF line ends. Ids are escaped. Returns the rows written.
std::size_t append_locus_rows(std::string& out, const PairName& pair, const std::vector<LocusLine>& lines);

/// Stable key of a pair: 16 hex digits of SHA-256 over the child's id, the family ids and their slots.
/// `family_b` is null except for an undeclared couple.
std::string pair_key(std::string_view child_id, const Family& family, const Family* family_b);

}  // namespace homeward
