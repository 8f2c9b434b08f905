#include "match_options.hpp"

#include <algorithm>
#include <cmath>
#include <thread>

#include "base/text.hpp"
#include "homeward/error.hpp"
#include "linked_loci.hpp"
#include "partial_profiles.hpp"

namespace homeward::cli {

namespace {

std::string required(const po::variables_map& values, const char* name, const char* what) {
  if (values.count(name) == 0 || values[name].as<std::string>().empty())
    throw Error(ErrorKind::usage, std::string(what) + " is missing; see `homeward help match`");
  return values[name].as<std::string>();
}

std::chrono::duration<double> duration_of(const po::variables_map& values, const char* name) {
  const auto duration = parse_duration(values[name].as<std::string>());
  if (!duration) throw Error(ErrorKind::usage, std::string("--") + name + " takes a time such as 90s, 15m, 2h or 1d");
  return *duration;
}

/// A word as a shell takes it for one word.
std::string quoted(const std::string& word) {
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("-_./=:,+@%").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

void parse_shard(const std::string& text, MatchOptions& options) {
  const std::size_t slash = text.find('/');
  const std::optional<long long> index = slash == std::string::npos ? std::nullopt : parse_integer(text.substr(0, slash));
  const std::optional<long long> of = slash == std::string::npos ? std::nullopt : parse_integer(text.substr(slash + 1));
  constexpr long long kMostShards = 1'000'000;
  if (!index || !of || *of < 1 || *of > kMostShards || *index < 1 || *index > *of)
    throw Error(ErrorKind::usage, "--shard takes I/N, the I-th of N parts, such as 1/4, with I from 1 to N");
  options.shard = static_cast<std::uint32_t>(*index);
  options.shards = static_cast<std::uint32_t>(*of);
}

void parse_since(const po::variables_map& values, MatchOptions& options) {
  if (values.count("since") != 0) options.since = values["since"].as<std::string>();
  if (values.count("merge-into") != 0) options.merge_into = values["merge-into"].as<std::string>();
  if (!options.merge_into.empty() && options.since.empty())
    throw Error(ErrorKind::usage, "--merge-into needs --since, the run to be joined");
  if (options.shards != 0 && !options.since.empty())
    throw Error(ErrorKind::usage,
                "--shard and --since do not go together: an addition is small; run it whole, or search everything again in shards");
  if (!options.merge_into.empty() && options.merge_into.lexically_normal() == options.out.lexically_normal())
    throw Error(ErrorKind::usage,
                "--out takes the additions alone and --merge-into the joined run: they cannot be one folder; leave --out away");
  if (!options.since.empty() && options.since.lexically_normal() == options.out.lexically_normal())
    throw Error(ErrorKind::usage, "--out and --since are one folder; to extend a run give --merge-into instead of --out");
}

}  // namespace

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
  if (!number || *number <= 0 || static_cast<std::uint64_t>(*number) > (std::uint64_t{1} << 50U) / unit ||
      static_cast<std::uint64_t>(*number) * unit < least)
    throw Error(ErrorKind::usage, "--mem takes a size of at least 64M, such as 512M or 2G");
  return static_cast<std::uint64_t>(*number) * unit;
}

int threads_of(const Context& context) {
  return context.global.threads > 0 ? context.global.threads : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

void declare_match(CommandLine& line) {
  line.hidden.add_options()("store", po::value<std::string>());
  declare_observation_options(line.hidden);
  line.positional.add("store", 1);
  line.group("Search").add_options()                                                                                              //
      ("population", po::value<std::string>()->value_name("POP"), "path or id of a population (required)")                        //
      ("out", po::value<std::string>()->value_name("RUN"), "run folder to make (required)")                                       //
      ("min-log10-lr", po::value<double>()->default_value(0.0, "0")->value_name("X"), "report pairs of this log10 LR and above")  //
      ("no-undeclared-couples", po::bool_switch(), "do not join fathers and mothers who registered apart")                        //
      ("exhaustive", po::bool_switch(), "score every pair in double, without the integer scan: same result, slower")              //
      ("kernel", po::value<std::string>()->value_name("NAME"), "scan kernel by name (default: the fastest that runs here)")       //
      ("mem", po::value<std::string>()->default_value("1G")->value_name("SIZE"), "memory for profiles and hits: 512M, 2G")        //
      ("shard", po::value<std::string>()->value_name("I/N"),
       "compare the I-th of N parts only, of equal cost; `homeward merge` joins them")  //
      ("since", po::value<std::string>()->value_name("RUN"),
       "compare only what that run has not: persons and families new or changed since")  //
      ("merge-into", po::value<std::string>()->value_name("RUN"),
       "with --since: join the additions with that run's hits into this run folder, which may be the same")                //
      ("resume", po::bool_switch(), "go on with a run that was stopped or killed; same result as an undisturbed run")      //
      ("time-limit", po::value<std::string>()->value_name("DURATION"), "stop with a checkpoint after 90s, 15m, 2h or 1d")  //
      ("checkpoint-every", po::value<std::string>()->default_value("10s")->value_name("DURATION"),
       "write the first checkpoint after so long, later ones more rarely")  //
      ("dry-run", po::bool_switch(), "open everything, print the model and the number of pairs, and stop");
  line.group("Tables").add_options()  //
      ("top-k", po::value<std::uint32_t>()->default_value(50)->value_name("K"),
       "candidates.tsv: the K best of every child and of every family")  //
      ("loci-for", po::value<std::uint32_t>()->default_value(1000)->value_name("N"), "loci.tsv: candidates of rank 1 to N");
  declare_belief_options(line.group("Belief"));
  po::options_description& model = line.group("Model");
  declare_model_options(model);
  model.add_options()("linked", po::value<std::vector<std::string>>()->composing()->value_name("A,B,RHO"),
                      "two linked loci and their recombination fraction: scored jointly in pedigrees; repeatable");
}

MatchOptions parse_match(const po::variables_map& values, const Context& context) {
  MatchOptions options;
  refuse_observation_options(values);
  options.store = required(values, "store", "STORE");
  options.population = required(values, "population", "--population");
  if (values.count("merge-into") == 0 || values.count("out") != 0) options.out = required(values, "out", "--out");
  if (values.count("shard") != 0) parse_shard(values["shard"].as<std::string>(), options);
  parse_since(values, options);
  options.model = parse_model_options(values);
  if (values.count("linked") != 0) {
    options.model.overrides.linked = parse_linked(values["linked"].as<std::vector<std::string>>());
    options.model.chosen.emplace_back("linked");
  }
  options.min_log10_lr = values["min-log10-lr"].as<double>();
  if (!std::isfinite(options.min_log10_lr)) throw Error(ErrorKind::usage, "--min-log10-lr must be a finite number");
  options.top_k = values["top-k"].as<std::uint32_t>();
  if (options.top_k == 0) throw Error(ErrorKind::usage, "--top-k must be at least 1");
  options.loci_for = values["loci-for"].as<std::uint32_t>();
  options.undeclared_couples = !values["no-undeclared-couples"].as<bool>();
  options.exhaustive = values["exhaustive"].as<bool>();
  options.dry_run = values["dry-run"].as<bool>();
  options.resume = values["resume"].as<bool>();
  if (options.resume && context.global.force)
    throw Error(ErrorKind::usage, "--resume goes on with a run, --force starts it again: give one of them");
  if (values.count("time-limit") != 0) options.time_limit = duration_of(values, "time-limit");
  options.checkpoint_every = duration_of(values, "checkpoint-every");
  options.kernel_forced = values.count("kernel") != 0;
  options.kernel = options.kernel_forced ? &kernel_named(values["kernel"].as<std::string>()) : &best_kernel();
  options.memory_bytes = parse_size(values["mem"].as<std::string>());
  options.threads = threads_of(context);
  options.chosen = options.model.chosen;
  options.belief = parse_belief_options(values, options.chosen);
  for (const char* name : {"min-log10-lr", "top-k", "loci-for", "no-undeclared-couples", "exhaustive", "kernel", "mem", "shard", "since"})
    if (values.count(name) != 0 && !values[name].defaulted()) options.chosen.emplace_back(name);
  return options;
}

std::optional<std::chrono::duration<double>> parse_duration(const std::string& text) {
  std::string_view digits = text;
  double unit = 1.0;
  if (!digits.empty() && (digits.back() < '0' || digits.back() > '9')) {
    const char name = digits.back();
    if (name != 's' && name != 'm' && name != 'h' && name != 'd') return std::nullopt;
    unit = name == 's' ? 1.0 : name == 'm' ? 60.0 : name == 'h' ? 3600.0 : 86400.0;
    digits.remove_suffix(1);
  }
  const std::optional<double> number = parse_double(digits);
  if (!number || !(*number >= 0.0)) return std::nullopt;
  return std::chrono::duration<double>(*number * unit);
}

std::string resume_command(const std::vector<std::string>& arguments) {
  std::string command = "homeward";
  for (const std::string& word : arguments)
    if (word != "--force" && word != "--resume") command += " " + quoted(word);
  return command + " --resume";
}

}  // namespace homeward::cli
