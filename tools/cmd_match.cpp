// `homeward match`: all children against all families, into a run folder.
#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <ostream>

#include "assess.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "checkpoint.hpp"
#include "command.hpp"
#include "homeward/error.hpp"
#include "homeward/report.hpp"
#include "homeward/search_session.hpp"
#include "homeward/store.hpp"
#include "match_options.hpp"
#include "progress.hpp"
#include "run_compare.hpp"
#include "run_folder.hpp"
#include "run_model.hpp"
#include "run_outputs.hpp"
#include "signals.hpp"

namespace homeward::cli {

namespace {

namespace fs = std::filesystem;

/// Time since it was made.
class StopWatch {
 public:
  std::chrono::duration<double> elapsed() const { return std::chrono::steady_clock::now() - start_; }
  double seconds() const { return elapsed().count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// The same inputs, model and choices give the same id whatever the machine, threads, kernel or time.
std::string run_id_of(const RunManifest& m) {
  Sha256 hash;
  hash.add_text(m.store_sha256);
  hash.add_text(m.model_digest);
  hash.add_real(m.min_log10_lr);
  hash.add_number(m.top_k);
  hash.add_number(m.undeclared_couples ? 1 : 0);
  for (const double weight : {m.couple_weights.couple, m.couple_weights.father_only, m.couple_weights.mother_only}) hash.add_real(weight);
  for (const double weight : {m.belief.phi_given ? m.belief.phi : -1.0, m.belief.close_relative, m.belief.apart}) hash.add_real(weight);
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

/// Of everything the hits of a slice depend on, and of what a slice is.
std::string search_digest_of(const RunManifest& m, const std::vector<Slice>& slices) {
  Sha256 hash;
  hash.add_text(m.run_id);
  hash.add_number(m.exhaustive ? 1 : 0);
  hash.add_number(m.loci_for);
  for (const Slice& slice : slices) {
    hash.add_number(slice.area);
    hash.add_number(slice.first);
    hash.add_number(slice.end);
  }
  return hash.hex();
}

SearchOptions search_options(const MatchOptions& options) {
  SearchOptions search;
  search.min_log10_lr = options.min_log10_lr;
  search.exhaustive = options.exhaustive;
  search.undeclared_couples = options.undeclared_couples;
  search.couple_weights = options.model.couple_weights;
  search.kernel = options.kernel;
  search.plan_kernels = !options.kernel_forced;
  search.threads = options.threads;
  search.memory_bytes = options.memory_bytes;
  search.spill_folder = options.out.string();
  search.stop = &stop_flag();
  return search;
}

/// What an earlier process left for --resume. Refuses the checkpoint of another search.
Checkpoint checkpoint_for(const MatchOptions& options, const std::string& digest) {
  std::optional<Checkpoint> found;
  if (options.resume) found = read_checkpoint(options.out);
  if (!found) return {digest, this_program(), {}};
  if (found->program != this_program())
    throw Error(ErrorKind::input, "the checkpoint was written by another version of the program, " + escaped(found->program) +
                                      ", this is " + this_program() +
                                      "; go on with that one, or start again with --force instead of --resume");
  if (found->search_digest != digest)
    throw Error(ErrorKind::input, "the checkpoint belongs to another search; start again with --force instead of --resume");
  return *found;
}

/// The search: what a checkpoint lacks, checkpoints on the way, and both stages' hits. Nullopt when it was stopped; then the checkpoint
/// holds all finished slices.
std::optional<SearchResult> run_search(const MatchOptions& options, const RunModel& model, const Context& context, const StopWatch& watch,
                                       RunManifest& m) {
  SearchOptions how = search_options(options);
  Progress progress(context.err, context.global, "pairs");
  how.progress = [&](std::uint64_t done, std::uint64_t total) {
    progress(done, total);
    if (options.time_limit && watch.elapsed() >= *options.time_limit) request_stop();
  };
  const StopWatch search_time;
  SearchSession session(*model.store, model.effective, how, whole_area(*model.store));
  const SliceRange wanted{0, static_cast<std::uint32_t>(session.slices().size())};
  const Checkpoint done = checkpoint_for(options, search_digest_of(m, session.slices()));
  const std::vector<SliceRange> left = unfinished(done, wanted);
  replay(options.out, done, session);
  CheckpointWriter writer(options.out, done, options.checkpoint_every);
  bool complete = true;
  for (const SliceRange& range : left) complete = complete && session.scan(range, &writer);
  std::optional<SearchResult> result;
  if (complete) result = session.finish();
  progress.finish();
  m.search_seconds = search_time.seconds();
  if (complete && !result->stopped) return result;
  writer.write();
  if (!context.global.quiet)
    context.err << fmt::format("stopped         {} of {} slices are done and kept in {}\n", grouped(writer.slices_done()),
                               grouped(wanted.end - wanted.first), escaped((options.out / kCheckpointFolder).string()));
  return std::nullopt;
}

/// Looks at the run to go on with. True when it is complete already.
bool examine_earlier(const MatchOptions& options, const Context& context, RunManifest& manifest) {
  if (!is_run_folder(options.out)) {
    if (!context.global.quiet) context.err << "nothing to resume: starting from the beginning\n";
    return false;
  }
  const RunManifest then = read_manifest(options.out);
  refuse_differences(search_differences(then, manifest), "cannot go on with the run in " + escaped(options.out.string()));
  manifest.resume_of = then.run_id;
  return then.status == "complete";
}

/// Searches and writes the outputs; run.json says how far it got, whatever happens. Throws Error(stopped) when stopped.
void search_into_folder(const MatchOptions& options, const RunModel& model, const Context& context, const StopWatch& watch,
                        RunManifest& manifest) {
  write_manifest(options.out, manifest);
  const auto close = [&](const char* status, int code) {
    manifest.status = status;
    manifest.exit_code = code;
    manifest.finished = utc_now();
    manifest.total_seconds = watch.seconds();
    write_manifest(options.out, manifest);
  };
  std::optional<SearchResult> result;
  try {
    const Scales scales = read_scales(manifest, context.data_dir);
    result = run_search(options, model, context, watch, manifest);
    if (result) write_outputs(options.out, model, scales, *result, manifest);
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
    throw Error(ErrorKind::stopped, "stopped before the search was complete; go on with\n  " + resume_command(context.arguments));
  }
  close("complete", 0);
  fs::remove_all(options.out / kCheckpointFolder);
  if (!context.global.quiet) print_summary(manifest, context.err);
}

int run(const po::variables_map& values, Context& context) {
  const StopWatch watch;
  const MatchOptions options = parse_match(values, context);
  catch_stop_signals();
  if (!options.dry_run && !(options.resume && is_run_folder(options.out))) check_folder(options.out, context.global.force);
  const RunModel model = make_model(options.store, options.population, options.model, context.data_dir);
  RunManifest manifest = first_manifest(options, model, context);
  if (!context.global.quiet) {
    print_model(model, options.model, context.err);
    context.err << fmt::format("to compare      {} children x {} families\n", grouped(manifest.n_children), grouped(manifest.n_families));
  }
  if (options.dry_run) return 0;

  make_folder(options.out);
  const RunLock lock(options.out);
  const bool complete = options.resume && examine_earlier(options, context, manifest);
  if (complete) {
    fs::remove_all(options.out / kCheckpointFolder);
    if (!context.global.quiet) context.err << "the run is complete: nothing to resume\n";
  } else {
    clear_folder(options.out, options.resume ? Keep::checkpoint : Keep::nothing);
    search_into_folder(options, model, context, watch, manifest);
  }
  context.out << options.out.string() << '\n';
  return 0;
}

}  // namespace

const Command kMatch{"match",
                     "compare all children with all families",
                     "STORE --population POP --out RUN [options]",
                     "  homeward match family.hws --population cn --out run1\n"
                     "  homeward match family.hws --population cn --out run2 --min-log10-lr 2 --top-k 10\n"
                     "  homeward match family.hws --population my-frequencies.json --out run3 --theta 0.01 --rate-male 0.003\n"
                     "  homeward match family.hws --population cn --out run1 --resume\n",
                     declare_match,
                     run};

}  // namespace homeward::cli
