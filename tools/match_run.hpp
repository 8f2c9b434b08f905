// One search of `match`: what of the whole it compares, on the way to its result.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "homeward/report.hpp"
#include "homeward/search_session.hpp"
#include "match_options.hpp"
#include "run_model.hpp"
#include "since.hpp"

namespace homeward::cli {

/// Time since it was made.
class StopWatch {
 public:
  std::chrono::duration<double> elapsed() const { return std::chrono::steady_clock::now() - start_; }
  double seconds() const { return elapsed().count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Who scans the slices, when it is not this process alone (the MPI program).
class SliceScanner {
 public:
  virtual ~SliceScanner() = default;
  /// Does this process make the run folder, or does it only help?
  virtual bool leads() const = 0;
  /// SearchSession::scan for each range, with help. False when stopped.
  virtual bool scan(SearchSession& session, const std::vector<SliceRange>& ranges, ScanObserver& observer) = 0;
  /// Scans what the leader asks for until it asks for no more.
  virtual void help(SearchSession& session) = 0;
};

/// What a search is about. References must outlive it.
struct MatchRun {
  const MatchOptions& options;
  const RunModel& model;
  const Context& context;
  const StopWatch& watch;        ///< since the process began to work
  const EarlierRun* earlier;     ///< null = none
  std::filesystem::path folder;  ///< where checkpoints and spilled hits go
};

/// Compares what a checkpoint lacks and writes checkpoints on the way; then the second stage, except in a shard. Nullopt when it was
/// stopped: the checkpoint then holds every finished slice. Fills in the manifest's shard and search time.
std::optional<SearchResult> run_search(const MatchRun& run, RunManifest& manifest);

/// The part of a helper in run_search. Makes no files.
void help_search(const MatchRun& run);

}  // namespace homeward::cli
