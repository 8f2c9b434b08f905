// `match --since RUN`: what an earlier run has compared already, and what is left to compare.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <memory>
#include <vector>

#include "homeward/report.hpp"
#include "homeward/search_session.hpp"
#include "homeward/store.hpp"
#include "run_model.hpp"

namespace homeward::cli {

/// An earlier complete run beside the store of today. A child or family counts as new when the run did not have it or when its
/// consensus typing, its members or its pedigree are no longer what the run compared.
class EarlierRun {
 public:
  /// Throws Error(input) when the run is stopped, a shard or itself only an addition, or of another store; Error(usage) when it
  /// was asked another question (threshold, model, weights).
  EarlierRun(const std::filesystem::path& folder, const RunManifest& today, const Store& store);

  const RunManifest& manifest() const { return manifest_; }
  /// New data have changed the model itself (an allele was added): nothing of the run can be kept.
  bool model_changed() const { return model_changed_; }
  /// Persons or families of the run are gone or no longer the same: its counters cannot be kept.
  bool data_changed() const { return data_changed_; }
  std::uint64_t n_new_children() const { return n_new_children_; }
  std::uint64_t n_new_families() const { return n_new_families_; }

  /// What today's search has to compare: new children with all families, the others with new families.
  std::vector<SearchArea> areas() const;
  /// Gives the session the run's hits that still hold.
  void add_known(SearchSession& session, bool keep) const;
  /// Is this a hit of a pair (or couple) that the run has compared?
  bool knows(const Hit& hit) const {
    return !new_child_[hit.child] && !new_family_[hit.family] && (hit.family_b == kNoFamily || !new_family_[hit.family_b]);
  }

 private:
  void compare_children(const std::vector<std::uint64_t>& typings);
  void compare_families(const std::vector<std::uint64_t>& digests);

  std::filesystem::path folder_;
  const Store& store_;
  RunManifest manifest_;
  std::unique_ptr<HitsReader> hits_;
  bool model_changed_ = false, data_changed_ = false;
  std::uint64_t n_new_children_ = 0, n_new_families_ = 0;
  std::vector<bool> new_child_;                        ///< by PersonIndex
  std::vector<bool> new_family_;                       ///< by family of the store
  std::vector<std::uint32_t> child_now_, family_now_;  ///< by row of hits.h5: the same today, or kNoFamily
};

/// What the user is told, and run.json's warning, when --since can keep nothing.
inline constexpr const char* kModelChanged = "data loaded since then changed the alleles of the model: everything was searched again";

/// Counters of what a search with --since has added, out of those of the joined result.
SearchCounts additions_of(const SearchResult& joined);
/// Completes the counters and warnings of a joined result by those of the earlier run; counts all pairs again where that run's
/// counters do not hold any more.
void join_counts(const EarlierRun& earlier, const RunModel& model, SearchResult& joined);
/// The hits the earlier run does not have, out of a joined stream. `earlier` must outlive it.
std::unique_ptr<HitStream> only_additions(const EarlierRun& earlier, std::unique_ptr<HitStream> joined);

}  // namespace homeward::cli
