#include "match_run.hpp"

#include <fmt/format.h>

#include <ostream>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "checkpoint.hpp"
#include "homeward/error.hpp"
#include "progress.hpp"
#include "run_folder.hpp"
#include "signals.hpp"

namespace homeward::cli {

namespace {

/// Of everything the hits of a slice depend on, and of what a slice is.
std::string search_digest_of(const RunManifest& m, const std::vector<Slice>& slices) {
  Sha256 hash;
  hash.add_text(m.run_id);
  hash.add_number(m.exhaustive ? 1 : 0);
  hash.add_number(m.loci_for);
  hash.add_text(m.since);
  hash.add_number(m.joined ? 1 : 0);
  hash.add_number(m.shard.index);
  hash.add_number(m.shard.of);
  for (const Slice& slice : slices) {
    hash.add_number(slice.area);
    hash.add_number(slice.first);
    hash.add_number(slice.end);
  }
  return hash.hex();
}

SearchOptions search_options(const MatchRun& run) {
  const MatchOptions& options = run.options;
  SearchOptions search;
  search.min_log10_lr = options.min_log10_lr;
  search.exhaustive = options.exhaustive;
  // A shard sees a part of a child's single-parent hits only: `merge` joins the couples.
  search.undeclared_couples = options.undeclared_couples && options.shards == 0;
  search.couple_weights = options.model.couple_weights;
  search.kernel = options.kernel;
  search.plan_kernels = !options.kernel_forced;
  search.threads = options.threads;
  search.memory_bytes = options.memory_bytes;
  search.spill_folder = run.folder.string();
  search.stop = &stop_flag();
  return search;
}

/// What an earlier process left for --resume. Refuses the checkpoint of another search.
Checkpoint checkpoint_for(const MatchRun& run, const std::string& digest) {
  std::optional<Checkpoint> found;
  if (run.options.resume) found = read_checkpoint(run.folder);
  if (!found) return {digest, this_program(), {}};
  if (found->program != this_program())
    throw Error(ErrorKind::input, "the checkpoint was written by another version of the program, " + escaped(found->program) +
                                      ", this is " + this_program() +
                                      "; go on with that one, or start again with --force instead of --resume");
  if (found->search_digest != digest)
    throw Error(ErrorKind::input, "the checkpoint belongs to another search; start again with --force instead of --resume");
  return *found;
}

SearchSession make_session(const MatchRun& run, const SearchOptions& how) {
  const Store& store = *run.model.store;
  return {store, run.model.effective, how, run.earlier != nullptr ? run.earlier->areas() : whole_area(store)};
}

/// The families of some slices of a search without --since.
ShardOf shard_of(const MatchOptions& options, const std::vector<Slice>& slices, SliceRange range) {
  ShardOf shard{options.shard, options.shards, 0, 0};
  shard.first_family = range.first < slices.size() ? slices[range.first].first : slices.empty() ? 0 : slices.back().end;
  shard.end_family = range.first < range.end ? slices[range.end - 1].end : shard.first_family;
  return shard;
}

bool scan_all(const MatchRun& run, SearchSession& session, const std::vector<SliceRange>& ranges, ScanObserver& observer) {
  if (run.context.scanner != nullptr) return run.context.scanner->scan(session, ranges, observer);
  for (const SliceRange& range : ranges)
    if (!session.scan(range, SearchSession::Finds::kept, &observer)) return false;
  return true;
}

}  // namespace

std::optional<SearchResult> run_search(const MatchRun& run, RunManifest& m) {
  const MatchOptions& options = run.options;
  SearchOptions how = search_options(run);
  Progress progress(run.context.err, run.context.global, "pairs");
  how.progress = [&](std::uint64_t done, std::uint64_t total) {
    progress(done, total);
    if (options.time_limit && run.watch.elapsed() >= *options.time_limit) request_stop();
  };
  const StopWatch search_time;
  SearchSession session = make_session(run, how);
  SliceRange wanted{0, static_cast<std::uint32_t>(session.slices().size())};
  if (options.shards != 0) {
    wanted = part_of(session.slices(), options.shard - 1, options.shards);
    m.shard = shard_of(options, session.slices(), wanted);
  }
  const Checkpoint done = checkpoint_for(run, search_digest_of(m, session.slices()));
  const std::vector<SliceRange> left = unfinished(done, wanted);
  replay(run.folder, done, session);
  CheckpointWriter writer(run.folder, done, options.checkpoint_every);
  std::optional<SearchResult> result;
  if (scan_all(run, session, left, writer)) {
    if (run.earlier != nullptr) run.earlier->add_known(session, !options.merge_into.empty());
    result = session.finish();
  }
  progress.finish();
  m.search_seconds = search_time.seconds();
  if (result && !result->stopped) return result;
  writer.write();
  if (!run.context.global.quiet)
    run.context.err << fmt::format("stopped         {} of {} slices are done and kept in {}\n", grouped(writer.slices_done()),
                                   grouped(wanted.end - wanted.first), escaped((run.folder / kCheckpointFolder).string()));
  return std::nullopt;
}

void help_search(const MatchRun& run) {
  SearchOptions how = search_options(run);
  how.stop = nullptr;  // the leader decides when to stop: a task once begun is finished
  SearchSession session = make_session(run, how);
  run.context.scanner->help(session);
}

}  // namespace homeward::cli
