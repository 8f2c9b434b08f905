// Plain results of a search: what search makes, and store, report and tools read.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "homeward/family.hpp"

namespace homeward {

/// Under which hypothesis a candidate scores. Stored on disk: values never change.
enum class Hypothesis : std::uint8_t { couple = 1, father_only = 2, mother_only = 3, pedigree = 4, undeclared_couple = 5, parent_only = 6 };
std::string_view to_string(Hypothesis hypothesis);

inline constexpr std::uint32_t kNoFamily = 0xFFFFFFFFU;

/// One pair at or above the threshold. `child` is a PersonIndex of the source, `family` an index into
/// source.families(); `family_b` is set for undeclared couples only (family = the father's, family_b = the mother's).
struct Hit {
  double log10_lr = 0.0;  ///< of the family: the weighted mean over its hypotheses
  std::uint32_t child = 0;
  std::uint32_t family = 0;
  std::uint32_t family_b = kNoFamily;
  std::uint16_t n_loci = 0;                         ///< loci typed in the child and informative in the family
  std::uint16_t n_inconsistent = 0;                 ///< loci impossible without mutation under `hypothesis`
  Hypothesis hypothesis = Hypothesis::father_only;  ///< the largest term
  friend bool operator==(const Hit&, const Hit&) = default;
};

/// Hits of a finished search, best first (HitOrder of search.hpp); streams from disk when they exceed memory.
class HitStream {
 public:
  virtual ~HitStream() = default;
  virtual std::uint64_t size() const = 0;
  /// Next up to `capacity` hits; 0 at the end.
  virtual std::size_t next(Hit* out, std::size_t capacity) = 0;
  virtual void rewind() = 0;
};

/// Why a pair was not compared.
enum class SkipReason : std::uint8_t { no_shared_locus = 0, same_person = 1 };
std::string_view to_string(SkipReason reason);

/// Counters of one search. pairs_total = pairs_compared + sum of pairs_skipped, always.
struct SearchCounts {
  std::uint64_t pairs_total = 0;
  std::uint64_t pairs_compared = 0;
  std::array<std::uint64_t, 2> pairs_skipped{};  ///< by SkipReason
  std::uint64_t lookups = 0;                     ///< (pair, hypothesis term) scanned
  std::uint64_t survivors = 0;                   ///< pairs the scan could not discard
  std::uint64_t hits = 0;                        ///< at or above the threshold, undeclared couples not counted
  std::uint64_t undeclared_scored = 0;
  std::uint64_t undeclared_hits = 0;
  std::uint64_t cut_by_top_k = 0;  ///< hits that candidates.tsv does not list
};

/// Adds up counters of searches over different pairs.
SearchCounts& operator+=(SearchCounts& sum, const SearchCounts& part);

/// One line of candidates.tsv and one table of loci.tsv, as values. NaN / empty = not computed, printed as ".".
struct LocusLine {
  std::string locus;
  std::string locus_class;  ///< "autosomal STR", ...
  std::string gt_child, gt_father, gt_mother, gt_others;
  double p_h1 = 0, p_h2 = 0, lr = 1, log10_lr = 0, cum_log10_lr = 0;
  std::string status;  ///< consistent | inconsistent | child_untyped | relatives_untyped | not_in_population | not_expressible
  int min_steps = 0;   ///< fewest whole-repeat steps that explain an inconsistency, 0 if consistent, -1 if none does
  double mut_rate = 0;
  std::string mut_model;
  double freq_a = 0, freq_b = 0;
  std::string freq_floor_applied;  ///< "no", or the alleles floored
  double theta = 0;
  std::string freq_source, formula, note;
};

}  // namespace homeward
