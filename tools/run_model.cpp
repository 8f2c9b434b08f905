#include "run_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <set>

#include "base/text.hpp"
#include "homeward/error.hpp"
#include "homeward/import.hpp"
#include "linked_loci.hpp"

namespace homeward::cli {

namespace {

double in_range(const po::variables_map& values, const char* name, double lowest, double highest) {
  const double value = values[name].as<double>();
  if (!(value >= lowest && value <= highest))
    throw Error(ErrorKind::usage, fmt::format("--{} must lie between {} and {}, not {}", name, lowest, highest, value));
  return value;
}

std::optional<double> optional_in_range(const po::variables_map& values, const char* name, double lowest, double highest) {
  if (values.count(name) == 0) return std::nullopt;
  return in_range(values, name, lowest, highest);
}

CoupleWeights parse_weights(const std::string& text) {
  std::vector<double> numbers;
  for (const std::string_view part : split(text, ',')) {
    const std::optional<double> number = parse_double(trim(part));
    if (!number || *number < 0.0) numbers.clear();
    if (!number || *number < 0.0) break;
    numbers.push_back(*number);
  }
  if (numbers.size() != 3 || std::abs(numbers[0] + numbers[1] + numbers[2] - 1.0) > 1e-9)
    throw Error(ErrorKind::usage,
                "--couple-weights takes three numbers that are not negative and sum to 1, for couple, father alone, mother alone; "
                "such as 0.9,0.05,0.05");
  return {numbers[0], numbers[1], numbers[2]};
}

std::vector<ObservedLocus> observed_loci(const ProfileSource& source) {
  const std::vector<std::vector<Allele>> alleles = source.observed_alleles();
  std::vector<ObservedLocus> observed;
  for (std::size_t i = 0; i < alleles.size(); ++i) observed.push_back({source.loci()[i].name, alleles[i]});
  return observed;
}

std::string rate_range(const EffectivePopulation& population, double MutationParameters::*rate) {
  double lowest = 1.0;
  double highest = 0.0;
  for (const LocusModel& locus : population.loci) {
    if (locus.mutation.model == MutationModel::none) continue;
    lowest = std::min(lowest, locus.mutation.*rate);
    highest = std::max(highest, locus.mutation.*rate);
  }
  if (highest < lowest) return "0";
  return lowest == highest ? fmt::format("{:.6g}", lowest) : fmt::format("{:.6g}..{:.6g}", lowest, highest);
}

}  // namespace

void declare_model_options(po::options_description& group) {
  group.add_options()                                                                                  //
      ("theta", po::value<double>()->value_name("T"), "co-ancestry (default: the population file's)")  //
      ("mutation-model", po::value<std::string>()->value_name("NAME"),
       "none, equal, proportional, onestep, stepwise (default: the population file's)")                                                //
      ("rate-male", po::value<double>()->value_name("R"), "paternal mutation rate of every locus (default: the population file's)")    //
      ("rate-female", po::value<double>()->value_name("R"), "maternal mutation rate of every locus (default: the population file's)")  //
      ("microvariant-rate", po::value<double>()->value_name("R"),
       "stepwise: rate between allele classes (default: the population file's)")  //
      ("mutation-range", po::value<double>()->value_name("R"),
       "stepwise: ratio of k+1 steps to k steps (default: the population file's)")  //
      ("untyped-parent", po::value<std::string>()->default_value("half")->value_name("RULE"),
       "half: an untyped parent's gamete is drawn from the population; full: it passes the mutation matrix")  //
      ("floor-seen", po::bool_switch(), "apply the rare-allele rule's floor to alleles the table has, too")   //
      ("couple-weights", po::value<std::string>()->default_value("0.90,0.05,0.05")->value_name("C,F,M"),
       "weights of couple, father alone, mother alone in a registered couple's likelihood ratio");
}

ModelOptions parse_model_options(const po::variables_map& values) {
  ModelOptions options;
  options.overrides.theta = optional_in_range(values, "theta", 0.0, 0.5);
  if (values.count("mutation-model") != 0) {
    try {
      options.overrides.mutation_model = parse_mutation_model(values["mutation-model"].as<std::string>());
    } catch (const Error& error) {
      throw Error(ErrorKind::usage, std::string("--mutation-model: ") + error.what());
    }
  }
  options.overrides.rate_male = optional_in_range(values, "rate-male", 0.0, 0.5);
  options.overrides.rate_female = optional_in_range(values, "rate-female", 0.0, 0.5);
  options.overrides.microvariant_rate = optional_in_range(values, "microvariant-rate", 0.0, 0.5);
  options.overrides.range = optional_in_range(values, "mutation-range", 0.0, 1.0);
  options.overrides.floor_seen = values["floor-seen"].as<bool>();
  const std::string untyped = values["untyped-parent"].as<std::string>();
  if (untyped != "half" && untyped != "full") throw Error(ErrorKind::usage, "--untyped-parent must be half or full");
  options.untyped_parent = untyped == "half" ? UntypedParent::half : UntypedParent::full;
  options.couple_weights = parse_weights(values["couple-weights"].as<std::string>());
  for (const char* name :
       {"theta", "mutation-model", "rate-male", "rate-female", "microvariant-rate", "mutation-range", "untyped-parent", "couple-weights"})
    if (values.count(name) != 0 && !values[name].defaulted()) options.chosen.emplace_back(name);
  if (options.overrides.floor_seen) options.chosen.emplace_back("floor-seen");
  return options;
}

RunModel make_model(const std::filesystem::path& store, const std::string& population, const ModelOptions& options,
                    const std::filesystem::path& data_dir) {
  RunModel model;
  model.store = Store::open(store);
  model.population = read_population(population, data_dir);
  model.effective = freeze(model.population, observed_loci(*model.store), options.overrides, options.untyped_parent);
  model.couple_weights = options.couple_weights;
  if (model.effective.loci.empty())
    throw Error(ErrorKind::input,
                "the store and the population have no locus in common: nothing can be compared; choose another --population");
  check_linked(model.effective, options.overrides.linked);
  return model;
}

RunModel rebuild_model(const RunManifest& manifest, const std::optional<std::filesystem::path>& store,
                       const std::filesystem::path& data_dir) {
  ModelOptions options;
  options.overrides = manifest.overrides;
  options.untyped_parent = manifest.untyped_parent;
  options.couple_weights = manifest.couple_weights;
  RunModel model = make_model(store.value_or(manifest.store_path), manifest.population, options, data_dir);
  const StoreInfo info = model.store->info();
  if (info.uuid != manifest.store_uuid)
    throw Error(ErrorKind::input,
                "the store is not the one of this run (its store_uuid differs from run.json); name the right one with --store");
  if (model.population.sha256 != manifest.population_sha256)
    throw Error(ErrorKind::input,
                "the population file has changed since this run (its SHA-256 differs from run.json); restore it, or run match again");
  if (model.effective.digest != manifest.model_digest)
    throw Error(
        ErrorKind::input,
        fmt::format("the model digest is {}, run.json says {}: data loaded since then changed the alleles of the model; run match again",
                    model.effective.digest.substr(0, 12), manifest.model_digest.substr(0, 12)));
  if (info.generation != manifest.store_generation)
    model.warnings.push_back(fmt::format("the store is at generation {}, the run saw {}; the model is the same, profiles may have changed",
                                         info.generation, manifest.store_generation));
  return model;
}

std::string mutation_models(const EffectivePopulation& population) {
  std::set<std::string> names;
  for (const LocusModel& locus : population.loci) names.emplace(to_string(locus.mutation.model));
  return fmt::format("{}", fmt::join(names, "+"));
}

std::string describe_mutation(const EffectivePopulation& population) {
  return fmt::format("{}, rate {} paternal / {} maternal", mutation_models(population),
                     rate_range(population, &MutationParameters::rate_male), rate_range(population, &MutationParameters::rate_female));
}

std::string family_check_summary(const FamilyCheckCounts& c) {
  return fmt::format(
      "family check: {} pairs of typed members: {} contradicted in {} families, {} likely swaps; {} sex markers contradicted", c.pairs,
      c.contradicted, c.contradicted_families, c.swaps, c.sex_markers);
}

void print_model(const RunModel& model, const ModelOptions& options, const Context& context) {
  std::ostream& err = context.err;
  const EffectivePopulation& e = model.effective;
  const auto chosen = [&](std::initializer_list<const char*> names, const char* otherwise) -> std::string_view {
    const bool any = std::any_of(names.begin(), names.end(), [&](const char* name) {
      return std::find(options.chosen.begin(), options.chosen.end(), name) != options.chosen.end();
    });
    return context.messages.text(any ? "as given" : otherwise);
  };
  const bool from_locus_rates = chosen({"rate-male", "rate-female"}, "").empty();
  const RareAlleleRule& rare = e.rare_alleles;
  err << context.say("population      {} ({} loci in use), file SHA-256 {}", escaped(e.population_id), e.loci.size(), e.population_sha256)
      << '\n'
      << context.say("model digest    {}", e.digest) << '\n'
      << context.say("mutation        {} [model {}; rates {}]", describe_mutation(e), chosen({"mutation-model"}, "of the population file"),
                     context.messages.text(from_locus_rates ? "of the population file" : "as given"))
      << '\n'
      << context.say("theta           {:.6g} [{}]", e.theta, chosen({"theta"}, "of the population file")) << '\n'
      << context.say("untyped parent  {} [{}]", e.untyped_parent == UntypedParent::half ? "half" : "full",
                     chosen({"untyped-parent"}, "default"))
      << '\n'
      << context.say("rare alleles    {:.6g}/2N where 2N is known, else {:.6g}; floor for seen alleles: {} [{}]", rare.numerator,
                     rare.fallback, rare.floor_seen ? "yes" : "no", chosen({"floor-seen"}, "default"))
      << '\n'
      << context.say("added alleles   {} (listed in run.json)", e.added.size()) << '\n'
      << context.say("unused loci     {}{}{}", e.unused_loci.size(), e.unused_loci.empty() ? "" : ": ", fmt::join(e.unused_loci, ", "))
      << '\n'
      << context.say("linked loci     {} [{}]", linked_text(e), chosen({"linked"}, "default")) << '\n'
      << context.say("couple weights  {:.6g} couple, {:.6g} father alone, {:.6g} mother alone [{}]", model.couple_weights.couple,
                     model.couple_weights.father_only, model.couple_weights.mother_only, chosen({"couple-weights"}, "default"))
      << '\n';
}

}  // namespace homeward::cli
