// `homeward merge`: the shards of one search, joined into the run that one machine would have made.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ostream>

#include "base/sha256.hpp"
#include "base/text.hpp"
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

namespace homeward::cli {

namespace {

namespace fs = std::filesystem;

struct Shard {
  fs::path folder;
  RunManifest manifest;
};

struct MergeOptions {
  std::vector<fs::path> shards;
  fs::path out;
  std::optional<fs::path> store;
  std::uint64_t memory_bytes = 0;
  int threads = 1;
};

void declare(CommandLine& line) {
  line.hidden.add_options()("shards", po::value<std::vector<std::string>>());
  line.positional.add("shards", -1);
  line.group("Merge").add_options()                                                                         //
      ("out", po::value<std::string>()->value_name("RUN"), "run folder to make (required)")                 //
      ("store", po::value<std::string>()->value_name("STORE"), "the store of the search, if it has moved")  //
      ("mem", po::value<std::string>()->default_value("1G")->value_name("SIZE"), "memory for profiles and hits: 512M, 2G");
}

MergeOptions parse(const po::variables_map& values, const Context& context) {
  MergeOptions options;
  if (values.count("shards") == 0) throw Error(ErrorKind::usage, "the shards are missing; see `homeward help merge`");
  if (values.count("out") == 0) throw Error(ErrorKind::usage, "--out is missing; see `homeward help merge`");
  for (const std::string& shard : values["shards"].as<std::vector<std::string>>()) options.shards.emplace_back(shard);
  options.out = values["out"].as<std::string>();
  if (values.count("store") != 0) options.store = values["store"].as<std::string>();
  options.memory_bytes = parse_size(values["mem"].as<std::string>());
  options.threads = threads_of(context);
  return options;
}

Shard read_shard(const fs::path& folder) {
  if (!is_run_folder(folder)) throw Error(ErrorKind::input, escaped(folder.string()) + " is no run folder: it holds no run.json");
  Shard shard{folder, read_manifest(folder)};
  const RunManifest& m = shard.manifest;
  if (m.shard.of == 0) throw Error(ErrorKind::input, escaped(folder.string()) + " is no shard: it is a whole run already");
  if (m.status != "complete")
    throw Error(ErrorKind::input, fmt::format("shard {}/{} in {} is not complete, its status is '{}'; go on with it by --resume",
                                              m.shard.index, m.shard.of, escaped(folder.string()), escaped(m.status)));
  for (const RunOutput& output : m.outputs)
    if (sha256_of_file(folder / output.file) != output.sha256)
      throw Error(ErrorKind::input, fmt::format("{} of shard {}/{} in {} is not the file its run.json names; run that shard again",
                                                output.file, m.shard.index, m.shard.of, escaped(folder.string())));
  return shard;
}

/// All of one search, each once; says which are missing and which are double.
void check_complete(const std::vector<Shard>& shards) {
  const std::uint32_t of = shards.front().manifest.shard.of;
  std::vector<std::uint32_t> missing, twice;
  for (std::uint32_t index = 1; index <= of; ++index) {
    const auto n = std::count_if(shards.begin(), shards.end(), [&](const Shard& shard) { return shard.manifest.shard.index == index; });
    if (n == 0) missing.push_back(index);
    if (n > 1) twice.push_back(index);
  }
  std::string what;
  if (!missing.empty()) what += fmt::format("; missing: {}", fmt::join(missing, ", "));
  if (!twice.empty()) what += fmt::format("; given more than once: {}", fmt::join(twice, ", "));
  if (!what.empty()) throw Error(ErrorKind::input, fmt::format("these are not the {} shards of one search{}", of, what));
  std::uint32_t next = 0;
  for (const Shard& shard : shards) {
    if (shard.manifest.shard.first_family != next)
      throw Error(ErrorKind::input, "the shards do not cover the families; they were made by different versions of the program");
    next = shard.manifest.shard.end_family;
  }
  if (shards.front().manifest.n_children > 0 && next != shards.front().manifest.n_families)
    throw Error(ErrorKind::input, "the shards do not cover the families; they were made by different versions of the program");
}

std::vector<Shard> read_shards(const MergeOptions& options) {
  std::vector<Shard> shards;
  for (const fs::path& folder : options.shards) shards.push_back(read_shard(folder));
  const Shard& first = shards.front();
  for (const Shard& shard : shards) {
    const std::string pair = escaped(first.folder.string()) + " and " + escaped(shard.folder.string());
    refuse_differences(search_differences(first.manifest, shard.manifest), pair + " are not shards of one search");
    if (shard.manifest.shard.of != first.manifest.shard.of)
      throw Error(ErrorKind::input, fmt::format("{} are shards of {} and of {}", pair, first.manifest.shard.of, shard.manifest.shard.of));
  }
  std::sort(shards.begin(), shards.end(), [](const Shard& a, const Shard& b) { return a.manifest.shard.index < b.manifest.shard.index; });
  check_complete(shards);
  return shards;
}

/// Hits of a shard as hits of the store.
void add_hits(const Shard& shard, const Store& store, SearchSession& session) {
  HitsReader reader(shard.folder / "hits.h5");
  const std::vector<PersonIndex>& children = store.children();
  if (reader.child_ids().size() != children.size() || reader.family_ids().size() != store.families().size())
    throw Error(ErrorKind::input, "hits.h5 of " + escaped(shard.folder.string()) + " speaks of other children and families than the store");
  std::vector<Hit> hits(1U << 16U);
  while (const std::size_t n = reader.next(hits.data(), hits.size())) {
    for (std::size_t i = 0; i < n; ++i) hits[i].child = children[hits[i].child];
    session.add_found({hits.data(), n});
  }
}

/// The manifest of the whole, before anything is found.
RunManifest first_manifest(const std::vector<Shard>& shards, const RunModel& model, const MergeOptions& options, const Context& context) {
  RunManifest m = shards.front().manifest;
  m.command = "merge";
  m.arguments = context.arguments;
  m.status = "running";
  m.started = utc_now();
  m.finished.clear();
  m.shard = {};
  m.resume_of.clear();
  m.threads = options.threads;
  m.outputs.clear();
  m.counts = {};
  m.candidates = 0;
  m.search_seconds = m.total_seconds = 0.0;
  m.warnings = model.population.warnings;
  std::erase(m.chosen, "shard");
  for (const Shard& shard : shards)
    if (shard.manifest.kernel != m.kernel) m.kernel = "several";
  return m;
}

/// Warnings of the shards as one search would have said them: each shard's come after those of the population.
std::vector<std::string> joined_warnings(const std::vector<Shard>& shards, std::size_t n_of_population) {
  std::vector<std::string> warnings;
  bool more = false;
  for (const Shard& shard : shards) {
    const std::vector<std::string>& all = shard.manifest.warnings;
    for (std::size_t i = n_of_population; i < all.size(); ++i) {
      more = more || all[i] == kFurtherWarnings || warnings.size() == kMostFamilyWarnings;
      if (!more) warnings.push_back(all[i]);
    }
  }
  if (more) warnings.emplace_back(kFurtherWarnings);
  return warnings;
}

int run(const po::variables_map& values, Context& context) {
  const auto start = std::chrono::steady_clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
  const MergeOptions options = parse(values, context);
  check_folder(options.out, context.global.force);
  const std::vector<Shard> shards = read_shards(options);
  const RunManifest& any = shards.front().manifest;
  const RunModel model = rebuild_model(any, options.store, context.data_dir);
  if (model.store->sha256() != any.store_sha256)
    throw Error(ErrorKind::input,
                "the store has changed since the shards were searched (its SHA-256 differs from their run.json); search them again");
  RunManifest manifest = first_manifest(shards, model, options, context);
  const Scales scales = read_scales(manifest, context.data_dir);

  make_folder(options.out);
  const RunLock lock(options.out);
  clear_folder(options.out, Keep::nothing);
  write_manifest(options.out, manifest);
  SearchOptions how;
  how.min_log10_lr = any.min_log10_lr;
  how.undeclared_couples = any.undeclared_couples;
  how.couple_weights = any.couple_weights;
  how.threads = options.threads;
  how.memory_bytes = options.memory_bytes;
  how.spill_folder = options.out.string();
  SearchSession session(*model.store, model.effective, how, {});
  for (const Shard& shard : shards) {
    session.add_counts({shard.manifest.counts, {}});
    manifest.search_seconds += shard.manifest.search_seconds;
    add_hits(shard, *model.store, session);
  }
  SearchResult result = session.finish();
  result.warnings = joined_warnings(shards, model.population.warnings.size());
  write_outputs(options.out, model, scales, result, manifest);
  manifest.status = "complete";
  manifest.finished = utc_now();
  manifest.total_seconds = seconds();
  write_manifest(options.out, manifest);
  if (!context.global.quiet) print_summary(manifest, context);
  context.out << options.out.string() << '\n';
  return 0;
}

}  // namespace

const Command kMerge{"merge",
                     "join the shards of one search",
                     "RUN... --out RUN [options]",
                     "  homeward match family.hws --population cn --out s1 --shard 1/2\n"
                     "  homeward match family.hws --population cn --out s2 --shard 2/2\n"
                     "  homeward merge s1 s2 --out run\n",
                     declare,
                     run};

}  // namespace homeward::cli
