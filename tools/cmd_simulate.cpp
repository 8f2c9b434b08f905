// `homeward simulate`: a synthetic population with its truth.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/atomic_file.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "command.hpp"
#include "homeward/error.hpp"
#include "homeward/import.hpp"
#include "homeward/simulate.hpp"
#include "homeward/version.hpp"
#include "registry_folder.hpp"

namespace homeward::cli {

namespace {

using nlohmann::ordered_json;

constexpr const char* kSchema = "homeward-simulation/1";
constexpr std::array<const char*, 5> kFiles{"children.csv", "families.csv", "truth.tsv", "duplicates.tsv", "simulation.json"};

constexpr const char* kPedigrees = "pedigrees.tsv";

struct ExtraRelation {
  const char* option;
  Relation relation;
  const char* help;
};
constexpr std::array<ExtraRelation, 5> kExtraRelations{{
    {"full-sibs", Relation::full_sib, "further children whose tested \"parent\" is really a full sib"},
    {"half-sibs", Relation::half_sib, "... a half sib"},
    {"uncles", Relation::uncle, "... an uncle or aunt"},
    {"grandparents", Relation::grandparent, "... a grandparent"},
    {"cousins", Relation::cousin, "... a first cousin"},
}};

struct SimulateOptions {
  std::filesystem::path out;
  std::string population;
  ModelOverrides overrides;
  UntypedParent untyped_parent = UntypedParent::half;
  std::optional<double> silent;  ///< for every locus; nullopt with `with_silent`: the population's own
  bool with_silent = false;
  std::string kit_text;
  SimulationOptions simulation;
  bool with_registry = false;
  std::uint64_t unsampled = 0;  ///< registered families without DNA
};

void declare(CommandLine& line) {
  line.hidden.add_options()("out", po::value<std::string>());
  line.positional.add("out", 1);
  auto& people = line.group("People");
  people.add_options()                                                                                                                    //
      ("population", po::value<std::string>()->value_name("POP"), "path or id of a population (required)")                                //
      ("children", po::value<std::uint64_t>()->value_name("N"), "children, duplicates included (required)")                               //
      ("families", po::value<std::uint64_t>()->value_name("M"), "families; a couple registered apart is two (required)")                  //
      ("couples", po::value<double>()->default_value(0.5, "0.5")->value_name("F"), "fraction of couples; the others are single parents")  //
      ("apart", po::value<double>()->default_value(0.0, "0")->value_name("F"),
       "fraction of the couples whose parents are registered as two families")  //
      ("one-parent", po::value<double>()->default_value(0.0, "0")->value_name("F"),
       "fraction of the other couples with a child of which one is not its parent")                                           //
      ("related", po::value<std::uint64_t>()->default_value(0)->value_name("R"), "children whose family is in the database")  //
      ("relation", po::value<std::string>()->default_value("child:1")->value_name("MIX"),
       "what the tested person of these families really is: child, full_sib, half_sib, uncle, grandparent, cousin, with shares");
  for (const ExtraRelation& extra : kExtraRelations)
    people.add_options()(extra.option, po::value<std::uint64_t>()->default_value(0)->value_name("N"), extra.help);
  people.add_options()  //
      ("pedigrees", po::value<std::uint64_t>()->default_value(0)->value_name("N"),
       "further families, of grandparents, sibs, half sibs, uncles, aunts or the missing person's own children")  //
      ("pedigrees-related", po::value<std::uint64_t>()->default_value(0)->value_name("R"), "of these, families whose child is there");
  people.add_options()("duplicates", po::value<std::uint64_t>()->default_value(0)->value_name("N"), "children that are sampled twice");
  line.group("Registrations")
      .add_options()  //
      ("registry", po::bool_switch(),
       "also write OUT/registry: these people on five sites, in five encodings, with overlaps and their truth")  //
      ("unsampled", po::value<std::uint64_t>()->default_value(0)->value_name("N"),
       "with --registry: further searching families that have given no DNA");
  line.group("Typing").add_options()  //
      ("kit", po::value<std::string>()->default_value("PowerPlex 21")->value_name("KITS"),
       "kit, or kits with shares: 'PowerPlex 21:0.6,Identifiler Plus:0.4'")                                            //
      ("missing", po::value<double>()->default_value(0.02, "0.02")->value_name("P"), "a locus of the kit is untyped")  //
      ("dropout", po::value<double>()->default_value(0.0, "0")->value_name("P"),
       "an allele copy is not seen: one left reads as a homozygote")  //
      ("typing-error", po::value<double>()->default_value(0.0, "0")->value_name("P"),
       "per locus and person: one allele is read as another");
  line.group("Model (default: the population's own)")
      .add_options()                                                                                                    //
      ("mutation-model", po::value<std::string>()->value_name("NAME"), "none, equal, proportional, onestep, stepwise")  //
      ("rate-male", po::value<double>()->value_name("R"), "mutation rate of fathers, every locus")                      //
      ("rate-female", po::value<double>()->value_name("R"), "mutation rate of mothers, every locus")                    //
      ("microvariant-rate", po::value<double>()->value_name("R"), "stepwise: rate between allele classes")              //
      ("mutation-range", po::value<double>()->value_name("R"), "stepwise: ratio of k+1 steps to k steps")               //
      ("untyped-parent", po::value<std::string>()->default_value("half")->value_name("RULE"), "half or full")           //
      ("silent", po::bool_switch(), "simulate silent alleles, at the population's frequencies")                         //
      ("silent-frequency", po::value<double>()->value_name("S"), "the same, at this frequency at every locus");
}

template <typename T>
std::optional<T> given(const po::variables_map& values, const char* name) {
  return values.count(name) != 0 ? std::optional<T>(values[name].as<T>()) : std::nullopt;
}

template <typename T>
T required(const po::variables_map& values, const char* name) {
  if (values.count(name) == 0) throw Error(ErrorKind::usage, fmt::format("--{} is missing; see `homeward help simulate`", name));
  return values[name].as<T>();
}

/// "NAME:share,NAME:share" or "NAME": names and positive shares, as given.
std::vector<std::pair<std::string, double>> parse_shares(const char* option, const std::string& text) {
  std::vector<std::pair<std::string, double>> shares;
  for (const std::string_view item : split(text, ',')) {
    const std::size_t colon = item.rfind(':');
    const std::string name(trim(item.substr(0, colon)));
    const std::optional<double> share = colon == std::string_view::npos ? 1.0 : parse_double(trim(item.substr(colon + 1)));
    if (name.empty() || !share || !(*share > 0.0))
      throw Error(ErrorKind::usage,
                  fmt::format("--{} {}: expected NAME or NAME:SHARE,NAME:SHARE with positive shares", option, escaped(text)));
    if (std::any_of(shares.begin(), shares.end(), [&](const auto& other) { return other.first == name; }))
      throw Error(ErrorKind::usage, fmt::format("--{} names {} twice", option, escaped(name)));
    shares.emplace_back(name, *share);
  }
  return shares;
}

Relation relation_named(const std::string& name) {
  if (const std::optional<Relation> relation = parse_relation(name)) return *relation;
  std::string known;
  for (std::size_t i = 0; i < kRelationCount; ++i) known += (i == 0 ? "" : ", ") + std::string(to_string(static_cast<Relation>(i)));
  throw Error(ErrorKind::usage, "unknown relation '" + escaped(name) + "'; known: " + known);
}

/// Splits `total` by shares into whole numbers: largest remainders, ties to the first.
std::array<std::uint64_t, kRelationCount> split_by_share(std::uint64_t total, const std::vector<std::pair<std::string, double>>& shares) {
  double sum = 0.0;
  for (const auto& [name, share] : shares) sum += share;
  std::array<std::uint64_t, kRelationCount> counts{};
  std::vector<std::pair<double, std::size_t>> remainders;
  std::uint64_t left = total;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const double exact = static_cast<double>(total) * shares[i].second / sum;
    const auto whole = std::min(left, static_cast<std::uint64_t>(exact));
    counts[static_cast<std::size_t>(relation_named(shares[i].first))] += whole;
    remainders.emplace_back(exact - static_cast<double>(whole), i);
    left -= whole;
  }
  std::stable_sort(remainders.begin(), remainders.end(), [](const auto& l, const auto& r) { return l.first > r.first; });
  for (std::size_t k = 0; left > 0; --left, k = (k + 1) % remainders.size())
    ++counts[static_cast<std::size_t>(relation_named(shares[remainders[k].second].first))];
  return counts;
}

ModelOverrides parse_overrides(const po::variables_map& values) {
  ModelOverrides overrides;
  if (const auto model = given<std::string>(values, "mutation-model")) overrides.mutation_model = parse_mutation_model(*model);
  overrides.rate_male = given<double>(values, "rate-male");
  overrides.rate_female = given<double>(values, "rate-female");
  overrides.microvariant_rate = given<double>(values, "microvariant-rate");
  overrides.range = given<double>(values, "mutation-range");
  overrides.theta = 0.0;  // founders are drawn without co-ancestry
  return overrides;
}

UntypedParent parse_untyped_parent(const std::string& text) {
  if (text == "half") return UntypedParent::half;
  if (text == "full") return UntypedParent::full;
  throw Error(ErrorKind::usage, "--untyped-parent is '" + escaped(text) + "', expected half or full");
}

SimulateOptions parse(const po::variables_map& values, const Context& context) {
  if (values.count("out") == 0)
    throw Error(ErrorKind::usage, "which folder? usage: homeward simulate OUT --population POP --children N --families M");
  SimulateOptions options;
  options.out = values["out"].as<std::string>();
  options.population = required<std::string>(values, "population");
  options.overrides = parse_overrides(values);
  options.untyped_parent = parse_untyped_parent(values["untyped-parent"].as<std::string>());
  options.silent = given<double>(values, "silent-frequency");
  if (options.silent && !(*options.silent >= 0.0 && *options.silent < 1.0))
    throw Error(ErrorKind::usage, fmt::format("--silent-frequency is {}, expected at least 0 and below 1", *options.silent));
  options.with_silent = values["silent"].as<bool>() || options.silent.has_value();
  options.kit_text = values["kit"].as<std::string>();
  SimulationOptions& simulation = options.simulation;
  simulation.n_children = required<std::uint64_t>(values, "children");
  simulation.n_families = required<std::uint64_t>(values, "families");
  simulation.couples = values["couples"].as<double>();
  simulation.apart = values["apart"].as<double>();
  simulation.one_parent = values["one-parent"].as<double>();
  simulation.related =
      split_by_share(values["related"].as<std::uint64_t>(), parse_shares("relation", values["relation"].as<std::string>()));
  for (const ExtraRelation& extra : kExtraRelations)
    simulation.related[static_cast<std::size_t>(extra.relation)] += values[extra.option].as<std::uint64_t>();
  simulation.n_pedigrees = values["pedigrees"].as<std::uint64_t>();
  simulation.pedigrees_related = values["pedigrees-related"].as<std::uint64_t>();
  simulation.duplicates = values["duplicates"].as<std::uint64_t>();
  simulation.missing = values["missing"].as<double>();
  simulation.dropout = values["dropout"].as<double>();
  simulation.typing_error = values["typing-error"].as<double>();
  options.with_registry = values["registry"].as<bool>();
  options.unsampled = values["unsampled"].as<std::uint64_t>();
  if (options.unsampled > 0 && !options.with_registry) throw Error(ErrorKind::usage, "--unsampled says nothing without --registry");
  simulation.seed = context.global.seed;
  simulation.threads = context.global.threads;
  return options;
}

std::vector<KitShare> find_kits(const std::string& text, const std::filesystem::path& data_dir) {
  std::vector<KitShare> kits;
  for (const auto& [name, share] : parse_shares("kit", text)) {
    const Kit kit = find_kit(name, data_dir);
    for (const KitShare& other : kits)
      if (other.name == kit.name) throw Error(ErrorKind::usage, "--kit names " + kit.name + " twice");
    kits.push_back({kit.name, kit.loci, share});
  }
  return kits;
}

/// The population that is simulated: silent alleles only when asked.
Population chosen_population(const SimulateOptions& options, const std::filesystem::path& data_dir, std::vector<std::string>& warnings) {
  Population population = read_population(options.population, data_dir);
  warnings.insert(warnings.end(), population.warnings.begin(), population.warnings.end());
  bool any_silent = false;
  for (LocusPopulation& locus : population.loci) {
    if (!options.with_silent) locus.silent = 0.0;
    if (options.silent) locus.silent = *options.silent;
    any_silent = any_silent || locus.silent > 0.0;
  }
  if (options.with_silent && !options.silent && !any_silent)
    throw Error(ErrorKind::usage,
                "--silent: population " + population.id + " states no silent-allele frequency; give --silent-frequency S");
  if (population.theta > 0.0)
    warnings.push_back(fmt::format("the population's theta is {}; founders are simulated with theta 0", population.theta));
  return population;
}

void prepare_folder(const std::filesystem::path& out, bool force) {
  std::error_code error;
  if (!std::filesystem::exists(out, error)) return;
  if (!std::filesystem::is_directory(out, error)) throw Error(ErrorKind::usage, out.string() + " exists and is not a folder");
  if (std::filesystem::is_empty(out, error)) return;
  if (!force)
    throw Error(ErrorKind::usage,
                "the folder " + out.string() + " is not empty; choose another, or --force to overwrite a simulation in it");
  // Written last, so without it a folder left half overwritten says that it is not complete.
  std::filesystem::remove(out / kFiles.back(), error);
  std::filesystem::remove(out / kPedigrees, error);
}

ordered_json parameters_json(const SimulateOptions& options, const Population& population) {
  const SimulationOptions& s = options.simulation;
  ordered_json related;
  for (std::size_t i = 0; i < kRelationCount; ++i) related[std::string(to_string(static_cast<Relation>(i)))] = s.related[i];
  return {{"population", options.population},
          {"children", s.n_children},
          {"families", s.n_families},
          {"couples", s.couples},
          {"apart", s.apart},
          {"one_parent", s.one_parent},
          {"related", related},
          {"pedigrees", s.n_pedigrees},
          {"pedigrees_related", s.pedigrees_related},
          {"duplicates", s.duplicates},
          {"kit", options.kit_text},
          {"missing", s.missing},
          {"dropout", s.dropout},
          {"typing_error", s.typing_error},
          {"silent", options.with_silent},
          {"silent_frequency", options.silent ? ordered_json(*options.silent) : ordered_json(nullptr)},
          {"untyped_parent", options.untyped_parent == UntypedParent::half ? "half" : "full"},
          {"theta", 0.0},
          {"population_theta", population.theta}};
}

ordered_json model_json(const EffectivePopulation& model) {
  ordered_json loci = ordered_json::array();
  for (const LocusModel& locus : model.loci)
    loci.push_back({{"locus", locus.locus.name},
                    {"n_alleles", locus.locus.alleles.size()},
                    {"silent", locus.silent},
                    {"mutation", std::string(to_string(locus.mutation.model))},
                    {"rate_male", locus.mutation.rate_male},
                    {"rate_female", locus.mutation.rate_female},
                    {"microvariant_rate", locus.mutation.microvariant_rate},
                    {"range", locus.mutation.range}});
  return {{"population_id", model.population_id}, {"population_sha256", model.population_sha256}, {"digest", model.digest}, {"loci", loci}};
}

ordered_json realised_json(const SimulationCounts& c) {
  ordered_json related;
  for (std::size_t i = 0; i < kRelationCount; ++i) related[std::string(to_string(static_cast<Relation>(i)))] = c.related[i];
  return {{"children", c.children},
          {"duplicates", c.duplicates},
          {"families", c.families},
          {"couples", c.couples},
          {"couples_apart", c.couples_apart},
          {"fathers", c.fathers},
          {"mothers", c.mothers},
          {"pedigrees", c.pedigrees},
          {"relatives", c.relatives},
          {"persons", c.persons},
          {"related", related},
          {"truth_rows", c.truth_rows},
          {"transmissions", c.transmissions},
          {"mutations", c.mutations},
          {"expected_mutations", c.expected_mutations},
          {"typings", c.typings},
          {"missing", c.missing},
          {"dropped_alleles", c.dropped_alleles},
          {"silent_alleles", c.silent_alleles},
          {"nothing_seen", c.nothing_seen},
          {"typing_errors", c.typing_errors}};
}

ordered_json kits_json(const SimulationOptions& options, const SimulationCounts& counts) {
  double total = 0.0;
  for (const KitShare& kit : options.kits) total += kit.weight;
  ordered_json kits = ordered_json::array();
  for (std::size_t i = 0; i < options.kits.size(); ++i)
    kits.push_back({{"kit", options.kits[i].name},
                    {"share", options.kits[i].weight / total},
                    {"persons", counts.kits[i].second},
                    {"loci", options.kits[i].loci}});
  return kits;
}

ordered_json outputs_json(const std::filesystem::path& out, const SimulationCounts& c) {
  const std::array<std::uint64_t, 4> rows{c.children, c.persons, c.truth_rows, c.duplicates};
  ordered_json outputs = ordered_json::array();
  for (std::size_t i = 0; i < rows.size(); ++i)
    outputs.push_back({{"path", kFiles[i]}, {"rows", rows[i]}, {"sha256", sha256_of_file(out / kFiles[i])}});
  if (c.pedigrees > 0) outputs.push_back({{"path", kPedigrees}, {"rows", c.pedigree_rows}, {"sha256", sha256_of_file(out / kPedigrees)}});
  return outputs;
}

/// Writes the registrations, if asked for, and says what they are.
ordered_json registry_json(const SimulateOptions& options, const Context& context) {
  if (!options.with_registry) return nullptr;
  const RegistrySimulationCounts counts =
      write_registry_folder(options.out, context.data_dir, {options.unsampled, options.simulation.seed});
  ordered_json files = ordered_json::array();
  for (const std::string& file : counts.files)
    files.push_back({{"path", "registry/" + file}, {"sha256", sha256_of_file(options.out / "registry" / file)}});
  if (!context.global.quiet)
    context.err << fmt::format("registered {} families and children in {} records on {} sites; {} pairs of records mean the same one\n",
                               counts.entities, counts.records, RegistrySimulationCounts::kSites, counts.same_pairs);
  return {{"entities", counts.entities},
          {"records", counts.records},
          {"same_pairs", counts.same_pairs},
          {"unsampled", options.unsampled},
          {"files", files}};
}

int run(const po::variables_map& values, Context& context) {
  SimulateOptions options = parse(values, context);
  options.simulation.kits = find_kits(options.kit_text, context.data_dir);
  std::vector<std::string> warnings;
  const Population population = chosen_population(options, context.data_dir, warnings);
  const SimulationLoci loci = simulation_loci(population, options.simulation.kits);
  if (!loci.left_out.empty())
    warnings.push_back(fmt::format("loci of the kits that are not autosomal loci of population {}, left out: {}", population.id,
                                   fmt::join(loci.left_out, ", ")));
  const EffectivePopulation model = freeze(population, loci.observed, options.overrides, options.untyped_parent);
  prepare_folder(options.out, context.global.force);
  const SimulationCounts counts = simulate(model, loci.amelogenin, options.simulation, options.out);

  const ordered_json registry = registry_json(options, context);
  ordered_json document{{"schema", kSchema},
                        {"version", version()},
                        {"seed", options.simulation.seed},
                        {"parameters", parameters_json(options, population)},
                        {"model", model_json(model)},
                        {"kits", kits_json(options.simulation, counts)},
                        {"left_out_loci", loci.left_out},
                        {"realised", realised_json(counts)},
                        {"outputs", outputs_json(options.out, counts)},
                        {"warnings", warnings}};
  if (options.with_registry) document["registry"] = registry;
  write_atomic_file(options.out / kFiles.back(), document.dump(2) + "\n");
  for (const std::string& warning : warnings) context.err << "homeward: warning: " << warning << '\n';
  if (!context.global.quiet)
    context.err << fmt::format(
        "simulated {} children and {} families ({} persons) at {} loci, kit {}, population {}, seed {}: {} truth rows, {} mutations "
        "({:.1f} expected); {}\n",
        counts.children, counts.families, counts.persons, model.loci.size(), options.kit_text, population.id, options.simulation.seed,
        counts.truth_rows, counts.mutations, counts.expected_mutations, options.out.string());
  return 0;
}

}  // namespace

const Command kSimulate{"simulate",
                        "make a synthetic population with its truth",
                        "OUT --population POP --children N --families M [options]",
                        "  homeward simulate sim --population cn --children 2000 --families 500 --related 100 --seed 7\n"
                        "  homeward simulate sim --population cn --children 20000 --families 5000 --related 500 \\\n"
                        "      --kit 'PowerPlex 21:0.6,Identifiler Plus:0.2,SureID PanGlobal:0.2' --couples 0.6 --apart 0.5 --uncles 50\n"
                        "  homeward simulate sim --population cn --children 200 --families 100 --related 40 --registry --unsampled 1000\n",
                        declare,
                        run};

}  // namespace homeward::cli
