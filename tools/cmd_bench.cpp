// `homeward bench`: how fast this machine searches.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <ostream>
#include <thread>

#include "bench_source.hpp"
#include "command.hpp"
#include "homeward/error.hpp"
#include "homeward/import.hpp"
#include "homeward/resident_search.hpp"
#include "homeward/search.hpp"
#include "homeward/version.hpp"
#include "progress.hpp"

namespace homeward::cli {

namespace {

constexpr double kNationalPairs = 130000.0 * 34000.0;
constexpr double kSecondsEach = 1.0;  ///< a measurement is repeated for so long; the quickest counts

struct Measured {
  std::string job, kernel;
  int threads = 1;
  std::uint64_t pairs = 0, survivors = 0, hits = 0;
  double seconds = 0.0;
  double pairs_per_second() const { return static_cast<double>(pairs) / seconds; }
};

std::vector<Hit> all_hits(SearchResult& result) {
  std::vector<Hit> hits(result.hits->size());
  result.hits->rewind();
  for (std::size_t n = 0; const std::size_t more = result.hits->next(hits.data() + n, hits.size() - n);) n += more;
  return hits;
}

SearchOptions options_of(const Kernel* kernel, double min_log10_lr, int threads) {
  SearchOptions options;
  options.kernel = kernel;
  options.plan_kernels = kernel == nullptr;
  options.min_log10_lr = min_log10_lr;
  options.undeclared_couples = false;
  options.threads = threads;
  options.spill_folder = std::filesystem::temp_directory_path().string();
  return options;
}

/// The answer first: every kernel of this machine finds what scoring every pair exactly finds.
void check_answers(const EffectivePopulation& population, int threads) {
  for (const bool couples : {false, true}) {
    const MemorySource source = bench_source(population, {2000, 600, couples}, 7);
    SearchOptions options = options_of(nullptr, 0.0, threads);
    options.exhaustive = true;
    SearchResult exact = search(source, population, options);
    const std::vector<Hit> expected = all_hits(exact);
    for (const Kernel& kernel : kernels()) {
      if (!kernel.runs_here()) continue;
      SearchResult found = search(source, population, options_of(&kernel, 0.0, threads));
      if (all_hits(found) != expected)
        throw Error(ErrorKind::internal,
                    fmt::format("kernel {} does not find what scoring every pair finds; do not search on this machine", kernel.name));
    }
  }
}

Measured measure(const char* job, const MemorySource& source, const EffectivePopulation& population, const Kernel* kernel,
                 double min_log10_lr, int threads) {
  Measured best;
  double total = 0.0;
  for (int run = 0; run < 2 || total < kSecondsEach; ++run) {
    const auto start = std::chrono::steady_clock::now();
    const SearchResult result = search(source, population, options_of(kernel, min_log10_lr, threads));
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    total += seconds;
    if (run > 0 && seconds >= best.seconds) continue;
    best = {job,
            kernel == nullptr ? best_kernel().name : kernel->name,
            threads,
            result.counts.pairs_compared,
            result.counts.survivors,
            result.counts.hits,
            seconds};
  }
  return best;
}

/// A child at a time against families in memory: another child each time (cold), and the same again (warm).
void measure_one_child(const EffectivePopulation& population, std::size_t n_families, std::vector<Measured>& rows) {
  const MemorySource source = bench_source(population, {256, n_families, false}, 4);
  ResidentSearch resident(source, population, options_of(nullptr, 4.0, 0));
  const std::vector<std::vector<GenotypeCode>> children = bench_codes(source, population);
  const auto run = [&](const char* job, std::size_t distinct) {
    Measured row{job, "", 1, n_families, 0, 0, 0.0};
    std::vector<double> seconds;
    for (int round = 0; round < 5; ++round)
      for (std::size_t i = 0; i < children.size(); ++i) {
        const auto start = std::chrono::steady_clock::now();
        row.hits += resident.find(children[i % distinct]).size();
        seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
      }
    std::nth_element(seconds.begin(), seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2), seconds.end());
    row.seconds = seconds[seconds.size() / 2];
    row.kernel = resident.kernel().name;
    rows.push_back(row);
  };
  run("one child, another each time", children.size());
  run("one child, the same again", 1);
}

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  return "unknown processor";
}

void print_facts(std::ostream& err) {
  for (const auto& [name, value] : build_facts()) err << fmt::format("{:<12}{}\n", name, value);
  err << fmt::format("{:<12}{}\n", "processor", processor());
#ifndef NDEBUG
  err << "warning     assertions are on: these are not the speeds of a release build\n";
#endif
}

void print_table(const std::vector<Measured>& rows, std::ostream& out) {
  out << fmt::format("{:<30}{:<15}{:>8}{:>12}{:>12}{:>14}{:>16}\n", "job", "kernel", "threads", "seconds", "M pairs/s", "survivors/M",
                     "4.42e9 pairs");
  for (const Measured& row : rows)
    out << fmt::format("{:<30}{:<15}{:>8}{:>12.6f}{:>12.0f}{:>14.1f}{:>14.2f} s\n", row.job, row.kernel, row.threads, row.seconds,
                       row.pairs_per_second() / 1e6, 1e6 * static_cast<double>(row.survivors) / static_cast<double>(row.pairs),
                       kNationalPairs / row.pairs_per_second());
}

void print_json(const std::vector<Measured>& rows, std::ostream& out) {
  nlohmann::ordered_json json;
  for (const auto& [name, value] : build_facts()) json[name] = value;
  json["processor"] = processor();
  json["rows"] = nlohmann::ordered_json::array();
  for (const Measured& row : rows)
    json["rows"].push_back({{"job", row.job},
                            {"kernel", row.kernel},
                            {"threads", row.threads},
                            {"pairs", row.pairs},
                            {"seconds", row.seconds},
                            {"pairs_per_second", row.pairs_per_second()},
                            {"survivors", row.survivors},
                            {"hits", row.hits}});
  out << json.dump(2) << '\n';
}

void declare(CommandLine& line) {
  line.group("Bench").add_options()                                                                                                  //
      ("population", po::value<std::string>()->default_value("cn")->value_name("POP"), "path or id of the population to draw from")  //
      ("quick", po::bool_switch(), "a tenth of the pairs: to see that it works")                                                     //
      ("json", po::bool_switch(), "as one JSON object");
}

int run(const po::variables_map& values, Context& context) {
  const std::size_t shrink = values["quick"].as<bool>() ? 10 : 1;
  const int threads =
      context.global.threads > 0 ? context.global.threads : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const EffectivePopulation population = bench_population(read_population(values["population"].as<std::string>(), context.data_dir));
  if (!context.global.quiet) print_facts(context.err);
  check_answers(population, threads);
  if (!context.global.quiet) context.err << "answers     every kernel finds what scoring every pair exactly finds\n";

  std::vector<Measured> rows;
  const MemorySource duos = bench_source(population, {40000 / shrink, 10000, false}, 1);
  rows.push_back(measure("duos, log10 LR >= 4", duos, population, nullptr, 4.0, threads));
  if (threads > 1) rows.push_back(measure("duos, log10 LR >= 4", duos, population, nullptr, 4.0, 1));
  rows.push_back(measure("duos, log10 LR >= 0", duos, population, nullptr, 0.0, threads));
  {
    const MemorySource couples = bench_source(population, {40000 / shrink, 1000, true}, 2);
    rows.push_back(measure("couples, log10 LR >= 0", couples, population, nullptr, 0.0, threads));
  }
  const MemorySource few = bench_source(population, {10000 / shrink, 2000, false}, 3);
  for (const Kernel& kernel : kernels())
    if (kernel.runs_here()) rows.push_back(measure("duos, forced, LR >= 1e4", few, population, &kernel, 4.0, threads));
  measure_one_child(population, 34000 / shrink, rows);
  if (values["json"].as<bool>())
    print_json(rows, context.out);
  else
    print_table(rows, context.out);
  return 0;
}

}  // namespace

const Command kBench{"bench",
                     "how fast this machine searches, after checking that it searches right",
                     "[options]",
                     "  homeward bench\n"
                     "  homeward bench --threads 1 --json\n",
                     declare,
                     run};

}  // namespace homeward::cli
