// `homeward match`: all children against all families, into a run folder.
#include <fmt/format.h>

#include <optional>
#include <ostream>

#include "assess.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "command.hpp"
#include "homeward/error.hpp"
#include "homeward/report.hpp"
#include "homeward/store.hpp"
#include "linked_loci.hpp"
#include "match_options.hpp"
#include "match_run.hpp"
#include "partial_profiles.hpp"
#include "progress.hpp"
#include "run_compare.hpp"
#include "run_folder.hpp"
#include "run_model.hpp"
#include "run_outputs.hpp"
#include "signals.hpp"
#include "since.hpp"

namespace homeward::cli {

namespace {

namespace fs = std::filesystem;

/// The same inputs, model and choices give the same id whatever the machine, threads, kernel or time.
std::string run_id_of(const RunManifest& m) {
  Sha256 hash;
  hash.add_text(m.store_sha256);
  hash.add_text(m.model_digest);
  hash.add_real(m.min_log10_lr);
  hash.add_number(m.top_k);
  hash.add_number(m.undeclared_couples ? 1 : 0);
  for (const double weight : {m.couple_weights.couple, m.couple_weights.father_only, m.couple_weights.mother_only}) hash.add_real(weight);
  for (const double weight :
       {m.belief.phi_given ? m.belief.phi : -1.0, m.belief.close_relative, m.belief.apart_given ? m.belief.apart : -1.0})
    hash.add_real(weight);
  return hash.hex().substr(0, 16);
}

/// A path that still works from elsewhere; the id of a shipped population stays as it is.
std::string lasting(const std::string& path_or_id) {
  return fs::exists(path_or_id) ? fs::absolute(path_or_id).lexically_normal().string() : path_or_id;
}

RunManifest first_manifest(const MatchOptions& options, const RunModel& model, const Context& context) {
  const StoreInfo info = model.store->info();
  RunManifest m;
  m.command = "match";
  m.arguments = context.arguments;
  m.started = utc_now();
  m.store_path = lasting(options.store.string());
  m.store_sha256 = model.store->sha256();
  m.store_uuid = info.uuid;
  m.store_generation = info.generation;
  m.n_children = model.store->children().size();
  m.n_families = model.store->families().size();
  m.shard = {options.shard, options.shards, 0, 0};
  m.loci = info.loci;
  m.population = lasting(options.population);
  m.population_sha256 = model.effective.population_sha256;
  m.model_digest = model.effective.digest;
  m.overrides = options.model.overrides;
  m.untyped_parent = options.model.untyped_parent;
  m.couple_weights = options.model.couple_weights;
  m.theta = model.effective.theta;
  m.mutation_model = mutation_models(model.effective);
  m.rare_alleles = model.effective.rare_alleles;
  m.min_log10_lr = options.min_log10_lr;
  m.top_k = options.top_k;
  m.loci_for = options.loci_for;
  m.exhaustive = options.exhaustive;
  m.undeclared_couples = options.undeclared_couples;
  m.kernel = options.exhaustive ? "none (exhaustive)" : options.kernel->name;
  m.threads = options.threads;
  m.seed = context.global.seed;
  m.added_alleles = model.effective.added;
  m.unused_loci = model.effective.unused_loci;
  m.warnings = model.population.warnings;
  m.chosen = options.chosen;
  m.verbal_scale = "enfsi-2015";
  m.cpi_scale = "cn-cpi";
  note_belief(options.belief, options.undeclared_couples, m.belief);
  m.run_id = run_id_of(m);
  return m;
}

/// Where a search works and keeps its checkpoint. A run that is only to be extended is not touched before the end.
fs::path work_folder(const MatchOptions& options) { return options.out.empty() ? options.merge_into / kJoiningFolder : options.out; }

/// Refuses folders that cannot be used, before any work is done.
void check_folders(const MatchOptions& options, bool force) {
  if (!options.out.empty() && !(options.resume && is_run_folder(options.out))) check_folder(options.out, force);
  // Extending the very run that --since names is what was asked for; any other run is overwritten only by --force.
  std::error_code none;
  if (!options.merge_into.empty() && !fs::equivalent(options.merge_into, options.since, none) &&
      !(options.resume && fs::exists(options.merge_into / kJoiningFolder)))
    check_folder(options.merge_into, force);
}

/// A process may have been killed while it moved a finished run over the one that it extends.
void finish_joining(const MatchOptions& options) {
  const fs::path joining = options.merge_into / kJoiningFolder;
  if (options.resume && options.out.empty() && is_run_folder(joining) && read_manifest(joining).status == "complete")
    move_run(joining, options.merge_into);
}

/// Looks at the run to go on with. True when it is complete already.
bool examine_stopped(const MatchRun& run, RunManifest& manifest) {
  if (!is_run_folder(run.folder)) {
    if (!run.context.global.quiet) run.context.err << run.context.say("nothing to resume: starting from the beginning") << '\n';
    return false;
  }
  const RunManifest then = read_manifest(run.folder);
  RunDifferences differences = search_differences(then, manifest);
  if (then.shard.index != manifest.shard.index || then.shard.of != manifest.shard.of)
    differences.parameters.push_back(fmt::format("--shard ({}/{} then, {}/{} now; 0/0 is the whole)", then.shard.index, then.shard.of,
                                                 manifest.shard.index, manifest.shard.of));
  if (then.since != manifest.since || then.joined != manifest.joined)
    differences.parameters.emplace_back("--since, --merge-into, or the run they name");
  refuse_differences(differences, "cannot go on with the run in " + escaped(run.folder.string()));
  manifest.resume_of = then.run_id;
  return then.status == "complete";
}

/// Searches; run.json says how far it got, whatever happens. Throws Error(stopped) when stopped.
template <class WriteResult>
void search_into_folder(const MatchRun& run, RunManifest& manifest, const WriteResult& write_result) {
  write_manifest(run.folder, manifest);
  const auto close = [&](const char* status, int code) {
    manifest.status = status;
    manifest.exit_code = code;
    manifest.finished = utc_now();
    manifest.total_seconds = run.watch.seconds();
    write_manifest(run.folder, manifest);
  };
  std::optional<SearchResult> result;
  try {
    result = run_search(run, manifest);
    if (result) write_result(*result);
  } catch (const std::exception& error) {
    const auto* known = dynamic_cast<const Error*>(&error);
    try {
      close("failed", known != nullptr ? known->exit_code() : static_cast<int>(ErrorKind::failure));
    } catch (const Error&) {
      // What went wrong first is what the user needs to read.
    }
    throw;
  }
  if (!result) {
    close("stopped", static_cast<int>(ErrorKind::stopped));
    throw Error(ErrorKind::stopped, "stopped before the search was complete; go on with\n  " + resume_command(run.context.arguments));
  }
  close("complete", 0);
  fs::remove_all(run.folder / kCheckpointFolder);
}

/// What --since leaves to do, in words.
void print_since(const EarlierRun& earlier, std::ostream& err) {
  if (earlier.model_changed())
    err << "since           the model has changed with the data (" << kModelChanged << ")\n";
  else
    err << fmt::format("since           {} children and {} families are new or changed\n", grouped(earlier.n_new_children()),
                       grouped(earlier.n_new_families()));
}

/// The joined run beside the additions: writes it into its place, and leaves the additions in `result`.
void write_joined_too(const MatchRun& run, const Scales& scales, SearchResult& result, RunManifest joined) {
  const fs::path joining = run.options.merge_into / kJoiningFolder;
  make_folder(joining);
  clear_folder(joining, Keep::nothing);
  const SearchCounts added = additions_of(result);
  if (!run.earlier->model_changed()) join_counts(*run.earlier, run.model, result);
  joined.joined = true;
  write_outputs(joining, run.model, scales, result, joined);
  joined.status = "complete";
  joined.finished = utc_now();
  joined.total_seconds = run.watch.seconds();
  write_manifest(joining, joined);
  move_run(joining, run.options.merge_into);
  if (run.earlier->model_changed()) return;
  result.counts = added;
  result.hits = only_additions(*run.earlier, std::move(result.hits));
}

/// The files of a whole search, of additions to an earlier one, of both joined, or of both.
void write_results(const MatchRun& run, const Scales& scales, SearchResult& result, RunManifest& manifest) {
  if (!run.options.merge_into.empty() && !run.options.out.empty())
    write_joined_too(run, scales, result, manifest);
  else if (manifest.joined && !run.earlier->model_changed())
    join_counts(*run.earlier, run.model, result);
  write_outputs(run.folder, run.model, scales, result, manifest);
}

/// The search of a process that makes the run folder.
void lead(MatchRun& run, RunManifest& manifest) {
  const MatchOptions& options = run.options;
  if (!options.merge_into.empty()) make_folder(options.merge_into);
  make_folder(run.folder);
  std::optional<RunLock> joined_lock;
  if (!options.merge_into.empty()) joined_lock.emplace(options.merge_into);
  const RunLock lock(run.folder);
  if (options.resume && examine_stopped(run, manifest)) {
    fs::remove_all(run.folder / kCheckpointFolder);
    if (!run.context.global.quiet) run.context.err << run.context.say("the run is complete: nothing to resume") << '\n';
  } else {
    clear_folder(run.folder, options.resume ? Keep::checkpoint : Keep::nothing);
    const Scales scales = read_scales(manifest, run.context.data_dir);
    search_into_folder(run, manifest, [&](SearchResult& result) { write_results(run, scales, result, manifest); });
    if (!run.context.global.quiet) print_summary(manifest, run.context);
  }
  if (options.out.empty()) move_run(run.folder, options.merge_into);
  if (!options.out.empty()) run.context.out << options.out.string() << '\n';
  if (!options.merge_into.empty()) run.context.out << options.merge_into.string() << '\n';
}

int run(const po::variables_map& values, Context& context) {
  const StopWatch watch;
  const MatchOptions options = parse_match(values, context);
  catch_stop_signals();
  const bool leads = context.scanner == nullptr || context.scanner->leads();
  if (leads && !options.dry_run) {
    finish_joining(options);
    check_folders(options, context.global.force);
  }
  const RunModel model = make_model(options.store, options.population, options.model, context.data_dir);
  RunManifest manifest = first_manifest(options, model, context);
  std::optional<EarlierRun> earlier;
  if (!options.since.empty()) {
    earlier.emplace(options.since, manifest, *model.store);
    manifest.since = earlier->manifest().run_id;
    // Where everything is searched again, the additions are the whole.
    manifest.joined = options.out.empty() || earlier->model_changed();
    if (earlier->model_changed()) manifest.warnings.emplace_back(kModelChanged);
  }
  for (const std::string& warning :
       {linkage_ignored(*model.store, model.effective, context.data_dir), half_known_calls(*model.store, model.effective)}) {
    if (warning.empty()) continue;
    manifest.warnings.push_back(warning);
    if (leads && !context.global.quiet) context.err << "homeward: warning: " << warning << '\n';
  }
  if (leads && !context.global.quiet) {
    print_model(model, options.model, context);
    context.err << context.say("to compare      {} children x {} families", grouped(manifest.n_children), grouped(manifest.n_families))
                << '\n';
    if (earlier) print_since(*earlier, context.err);
  }
  if (options.dry_run) return 0;
  MatchRun run{options, model, context, watch, earlier ? &*earlier : nullptr, work_folder(options)};
  if (leads)
    lead(run, manifest);
  else
    help_search(run);
  return 0;
}

}  // namespace

const Command kMatch{"match",
                     "compare all children with all families",
                     "STORE --population POP --out RUN [options]",
                     "  homeward match family.hws --population cn --out run1\n"
                     "  homeward match family.hws --population cn --out run2 --min-log10-lr 2 --top-k 10\n"
                     "  homeward match family.hws --population my-frequencies.json --out run3 --theta 0.01 --rate-male 0.003\n"
                     "  homeward match family.hws --population cn --out run1 --resume\n"
                     "  homeward match family.hws --population cn --since run1 --merge-into run1\n"
                     "  homeward match family.hws --population cn --out shard1 --shard 1/4\n",
                     declare_match,
                     run};

}  // namespace homeward::cli
