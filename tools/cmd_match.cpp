// `homeward match`: all children against all families, into a run folder.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <ostream>
#include <thread>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "command.hpp"
#include "homeward/error.hpp"
#include "homeward/report.hpp"
#include "homeward/search.hpp"
#include "homeward/store.hpp"
#include "progress.hpp"
#include "run_model.hpp"
#include "signals.hpp"

namespace homeward::cli {

namespace {

namespace fs = std::filesystem;

struct MatchOptions {
  fs::path store, out;
  std::string population;
  ModelOptions model;
  double min_log10_lr = 0.0;
  std::uint32_t top_k = 50, loci_for = 1000;
  bool undeclared_couples = true, exhaustive = false, dry_run = false;
  const Kernel* kernel = nullptr;
  std::uint64_t memory_bytes = 0;
  int threads = 1;
  std::vector<std::string> chosen;
};

void declare(CommandLine& line) {
  line.hidden.add_options()("store", po::value<std::string>());
  line.positional.add("store", 1);
  line.group("Search").add_options()                                                                          //
      ("population", po::value<std::string>()->value_name("POP"), "path or id of a population (required)")     //
      ("out", po::value<std::string>()->value_name("RUN"), "run folder to make (required)")                    //
      ("min-log10-lr", po::value<double>()->default_value(0.0, "0")->value_name("X"), "report pairs of this log10 LR and above")  //
      ("no-undeclared-couples", po::bool_switch(), "do not join fathers and mothers who registered apart")     //
      ("exhaustive", po::bool_switch(), "score every pair in double, without the integer scan: same result, slower")  //
      ("kernel", po::value<std::string>()->value_name("NAME"), "scan kernel by name (default: the fastest that runs here)")  //
      ("mem", po::value<std::string>()->default_value("1G")->value_name("SIZE"), "memory for profiles and hits: 512M, 2G")  //
      ("dry-run", po::bool_switch(), "open everything, print the model and the number of pairs, and stop");
  line.group("Tables").add_options()                                                                                               //
      ("top-k", po::value<std::uint32_t>()->default_value(50)->value_name("K"), "candidates.tsv: the K best of every child and of every family")  //
      ("loci-for", po::value<std::uint32_t>()->default_value(1000)->value_name("N"), "loci.tsv: candidates of rank 1 to N");
  declare_model_options(line.group("Model"));
}

std::uint64_t parse_size(const std::string& text) {
  std::string_view digits = text;
  std::uint64_t unit = 1;
  if (!digits.empty()) {
    constexpr std::string_view kUnits = "KMGT";
    const std::size_t power = kUnits.find(digits.back());
    if (power != std::string_view::npos) {
      unit = std::uint64_t{1} << (10 * (power + 1));
      digits.remove_suffix(1);
    }
  }
  const std::optional<long long> number = parse_integer(digits);
  const std::uint64_t least = std::uint64_t{64} << 20U;
  if (!number || *number <= 0 || static_cast<std::uint64_t>(*number) > (std::uint64_t{1} << 50U) / unit || static_cast<std::uint64_t>(*number) * unit < least)
    throw Error(ErrorKind::usage, "--mem takes a size of at least 64M, such as 512M or 2G");
  return static_cast<std::uint64_t>(*number) * unit;
}

std::string required(const po::variables_map& values, const char* name, const char* what) {
  if (values.count(name) == 0 || values[name].as<std::string>().empty()) throw Error(ErrorKind::usage, std::string(what) + " is missing; see `homeward help match`");
  return values[name].as<std::string>();
}

MatchOptions parse(const po::variables_map& values, const Context& context) {
  MatchOptions options;
  options.store = required(values, "store", "STORE");
  options.population = required(values, "population", "--population");
  options.out = required(values, "out", "--out");
  options.model = parse_model_options(values);
  options.min_log10_lr = values["min-log10-lr"].as<double>();
  if (!std::isfinite(options.min_log10_lr)) throw Error(ErrorKind::usage, "--min-log10-lr must be a finite number");
  options.top_k = values["top-k"].as<std::uint32_t>();
  if (options.top_k == 0) throw Error(ErrorKind::usage, "--top-k must be at least 1");
  options.loci_for = values["loci-for"].as<std::uint32_t>();
  options.undeclared_couples = !values["no-undeclared-couples"].as<bool>();
  options.exhaustive = values["exhaustive"].as<bool>();
  options.dry_run = values["dry-run"].as<bool>();
  options.kernel = values.count("kernel") != 0 ? &kernel_named(values["kernel"].as<std::string>()) : &best_kernel();
  options.memory_bytes = parse_size(values["mem"].as<std::string>());
  if (context.global.threads < 0) throw Error(ErrorKind::usage, "--threads must not be negative");
  options.threads = context.global.threads > 0 ? context.global.threads : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  options.chosen = options.model.chosen;
  for (const char* name : {"min-log10-lr", "top-k", "loci-for", "no-undeclared-couples", "exhaustive", "kernel", "mem"})
    if (values.count(name) != 0 && !values[name].defaulted()) options.chosen.emplace_back(name);
  return options;
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

/// Refuses a run folder that cannot be made, before any work is done. A folder that is no run is never touched.
void check_folder(const fs::path& out, bool force) {
  if (!fs::exists(out)) return;
  if (!fs::is_directory(out)) throw Error(ErrorKind::usage, out.string() + " exists and is no folder; choose another --out");
  if (fs::is_empty(out)) return;
  if (!is_run_folder(out)) throw Error(ErrorKind::usage, out.string() + " exists, is not empty and is no run folder; choose another --out");
  if (!force) throw Error(ErrorKind::usage, out.string() + " is a run already; choose another --out, or overwrite it with --force");
}

/// Makes the run folder, 0700, or clears the run that is there.
void prepare_folder(const fs::path& out) {
  std::error_code failure;
  fs::create_directories(out, failure);
  if (failure) throw Error(ErrorKind::failure, "cannot create " + out.string() + ": " + failure.message());
  // run.json goes last: a folder half cleared still says what it is.
  for (const char* name : {"hits.h5", "candidates.tsv", "loci.tsv", "report.html", "run.json"}) fs::remove(out / name);
  if (::chmod(out.c_str(), 0700) != 0) throw Error(ErrorKind::failure, "cannot set the mode of " + out.string());
}

/// The same inputs, model and choices give the same id whatever the machine, threads, kernel or time.
std::string run_id_of(const RunManifest& m) {
  Sha256 hash;
  hash.add_text(m.store_sha256);
  hash.add_text(m.model_digest);
  hash.add_real(m.min_log10_lr);
  hash.add_number(m.top_k);
  hash.add_number(m.undeclared_couples ? 1 : 0);
  for (const double weight : {m.couple_weights.couple, m.couple_weights.father_only, m.couple_weights.mother_only}) hash.add_real(weight);
  return hash.hex().substr(0, 16);
}

/// A path that still works from elsewhere; the id of a shipped population stays as it is.
std::string lasting(const std::string& path_or_id) { return fs::exists(path_or_id) ? fs::absolute(path_or_id).lexically_normal().string() : path_or_id; }

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
  m.run_id = run_id_of(m);
  return m;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void print_summary(const RunManifest& m, std::ostream& err) {
  const SearchCounts& c = m.counts;
  err << fmt::format("pairs           {} compared of {}", grouped(c.pairs_compared), grouped(c.pairs_total));
  for (std::size_t reason = 0; reason < c.pairs_skipped.size(); ++reason)
    err << fmt::format(", {} skipped ({})", grouped(c.pairs_skipped[reason]), to_string(static_cast<SkipReason>(reason)));
  const double per_million = c.pairs_compared == 0 ? 0.0 : static_cast<double>(c.survivors) * 1e6 / static_cast<double>(c.pairs_compared);
  const double speed = m.search_seconds > 0.0 ? static_cast<double>(c.pairs_compared) / m.search_seconds / 1e6 : 0.0;
  err << fmt::format("\nsurvivors       {} ({:.1f} per million pairs)\n", grouped(c.survivors), per_million)
      << fmt::format("hits            {} at log10 LR >= {:.6g}", grouped(c.hits), m.min_log10_lr);
  if (m.undeclared_couples)
    err << fmt::format("; {} undeclared couples of {} scored", grouped(c.undeclared_hits), grouped(c.undeclared_scored));
  err << fmt::format("\ncandidates      {} listed, {} cut by --top-k {}\n", grouped(m.candidates), grouped(c.cut_by_top_k), m.top_k)
      << fmt::format("time            {:.2f} s search ({:.2f} M pairs/s), {:.2f} s in all, {} threads, kernel {}\n", m.search_seconds, speed, m.total_seconds,
                     m.threads, m.kernel);
  if (!m.warnings.empty()) err << fmt::format("warnings        {} (listed in run.json)\n", m.warnings.size());
  err << kLeadBanner << '\n';
}

/// The search and its outputs; fills in the manifest. False when it was stopped on request.
bool run_search(const MatchOptions& options, const RunModel& model, const Context& context, RunManifest& m) {
  const VerbalScale scale = read_verbal_scale(context.data_dir / "scales" / (m.verbal_scale + ".json"));
  const CpiScale cpi = read_cpi_scale(context.data_dir / "scales" / (m.cpi_scale + ".json"));
  const auto start = std::chrono::steady_clock::now();
  catch_stop_signals();
  Progress progress(context.err, context.global, "pairs");
  SearchOptions search_options;
  search_options.min_log10_lr = options.min_log10_lr;
  search_options.exhaustive = options.exhaustive;
  search_options.undeclared_couples = options.undeclared_couples;
  search_options.couple_weights = options.model.couple_weights;
  search_options.kernel = options.kernel;
  search_options.threads = options.threads;
  search_options.memory_bytes = options.memory_bytes;
  search_options.spill_folder = options.out.string();
  search_options.stop = &stop_flag();
  search_options.progress = [&](std::uint64_t done, std::uint64_t total) { progress(done, total); };
  SearchResult result = search(*model.store, model.effective, search_options);
  progress.finish();
  m.search_seconds = seconds_since(start);
  m.counts = result.counts;
  m.warnings.insert(m.warnings.end(), result.warnings.begin(), result.warnings.end());
  if (result.stopped) return false;

  const HitsMeta meta{m.run_id, m.model_digest, m.store_uuid, m.store_generation, m.min_log10_lr};
  write_hits(options.out / "hits.h5", meta, *model.store, *result.hits);
  m.outputs.push_back({"hits.h5", result.hits->size(), sha256_of_file(options.out / "hits.h5")});
  const CandidateSelection selection = select_candidates(*result.hits, model.store->n_persons(), model.store->families().size(), options.top_k);
  m.candidates = selection.rows.size();
  m.counts.cut_by_top_k = selection.cut;
  const TableInputs tables{*model.store, model.effective, options.model.couple_weights, scale, cpi, options.threads};
  m.outputs.push_back(write_candidates(options.out / "candidates.tsv", tables, selection));
  m.outputs.push_back(write_loci(options.out / "loci.tsv", tables, selection, options.loci_for));
  return true;
}

int run(const po::variables_map& values, Context& context) {
  const auto start = std::chrono::steady_clock::now();
  const MatchOptions options = parse(values, context);
  if (!options.dry_run) check_folder(options.out, context.global.force);
  const RunModel model = make_model(options.store, options.population, options.model, context.data_dir);
  RunManifest manifest = first_manifest(options, model, context);
  manifest.verbal_scale = "enfsi-2015";
  manifest.cpi_scale = "cn-cpi";
  if (!context.global.quiet) {
    print_model(model, options.model, context.err);
    context.err << fmt::format("to compare      {} children x {} families\n", grouped(manifest.n_children), grouped(manifest.n_families));
  }
  if (options.dry_run) return 0;

  prepare_folder(options.out);
  write_manifest(options.out, manifest);
  const auto close = [&](const char* status, int code) {
    manifest.status = status;
    manifest.exit_code = code;
    manifest.finished = utc_now();
    manifest.total_seconds = seconds_since(start);
    write_manifest(options.out, manifest);
  };
  bool done = false;
  try {
    done = run_search(options, model, context, manifest);
  } catch (const std::exception& error) {
    const auto* known = dynamic_cast<const Error*>(&error);
    try {
      close("failed", known != nullptr ? known->exit_code() : static_cast<int>(ErrorKind::failure));
    } catch (const Error&) {
      // What went wrong first is what the user needs to read.
    }
    throw;
  }
  if (!done) {
    close("stopped", static_cast<int>(ErrorKind::failure));
    throw Error(ErrorKind::failure,
                "stopped on request before the search was complete; no results were written. Run the same command with --force to start again");
  }
  close("complete", 0);
  if (!context.global.quiet) print_summary(manifest, context.err);
  context.out << options.out.string() << '\n';
  return 0;
}

}  // namespace

const Command kMatch{"match",
                     "compare all children with all families",
                     "STORE --population POP --out RUN [options]",
                     "  homeward match family.hws --population cn --out run1\n"
                     "  homeward match family.hws --population cn --out run2 --min-log10-lr 2 --top-k 10\n"
                     "  homeward match family.hws --population my-frequencies.json --out run3 --theta 0.01 --rate-male 0.003\n",
                     declare,
                     run};

}  // namespace homeward::cli
