// `homeward power`: can a family's child be found, and what would help most; or the same of a database that is only planned.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <ostream>

#include "base/text.hpp"
#include "command.hpp"
#include "homeward/error.hpp"
#include "homeward/import.hpp"
#include "homeward/power.hpp"
#include "progress.hpp"
#include "report/cells.hpp"
#include "run_model.hpp"

namespace homeward::cli {

namespace {

struct PowerCommand {
  std::optional<std::filesystem::path> store;
  std::string population;
  ModelOptions model;
  PowerOptions power;
  bool worklist = false;
  std::vector<std::string> loci;  ///< of a planned database
  std::string kit;
  DesignOptions design;
};

void declare(CommandLine& line) {
  line.hidden.add_options()("store", po::value<std::string>());
  line.positional.add("store", 1);
  line.group("Families of a store")
      .add_options()                                                                                              //
      ("population", po::value<std::string>()->value_name("POP"), "path or id of a population (required)")        //
      ("min-log10-lr", po::value<double>()->default_value(0.0, "0")->value_name("X"), "threshold of the search")  //
      ("tolerated", po::value<double>()->default_value(0.1, "0.1")->value_name("N"),
       "a lead stands out from the LR that N strangers per family are expected to reach")  //
      ("enough", po::value<double>()->default_value(0.9, "0.9")->value_name("P"),
       "a family is decidable when its child stands out with this probability")                                           //
      ("draws", po::value<int>()->default_value(4)->value_name("N"), "genotypes drawn for people who are not typed yet")  //
      ("worklist", po::bool_switch(), "only families that a step would help, the largest gain per sample first");
  line.group("A planned database (without STORE)")
      .add_options()                                                                                                //
      ("kit", po::value<std::string>()->value_name("KIT"), "everyone typed with this kit")                          //
      ("loci", po::value<std::string>()->value_name("A,B,..."), "everyone typed at these loci")                     //
      ("children", po::value<std::uint64_t>()->default_value(130000)->value_name("N"), "children in the database")  //
      ("families", po::value<std::uint64_t>()->default_value(34000)->value_name("M"), "families in the database")   //
      ("couples", po::bool_switch(), "both parents typed (default: a father)")                                      //
      ("families-drawn", po::value<int>()->default_value(400)->value_name("N"), "families drawn; each one's distribution is exact");
  declare_model_options(line.group("Model"));
}

double within(const po::variables_map& values, const char* name, double lowest, double highest) {
  const double value = values[name].as<double>();
  if (!(value >= lowest && value <= highest))
    throw Error(ErrorKind::usage, fmt::format("--{} must lie between {} and {}, not {}", name, lowest, highest, value));
  return value;
}

int positive(const po::variables_map& values, const char* name, int most) {
  const int value = values[name].as<int>();
  if (value < 1 || value > most) throw Error(ErrorKind::usage, fmt::format("--{} must lie between 1 and {}, not {}", name, most, value));
  return value;
}

PowerCommand parse(const po::variables_map& values, const Context& context) {
  PowerCommand command;
  const auto text = [&](const char* name) { return values.count(name) != 0 ? values[name].as<std::string>() : std::string(); };
  if (!text("store").empty()) command.store = text("store");
  command.population = text("population");
  if (command.population.empty()) throw Error(ErrorKind::usage, "--population is missing; see `homeward help power`");
  command.kit = text("kit");
  const std::string loci = text("loci");
  for (const std::string_view locus : split(loci, ','))
    if (!trim(locus).empty()) command.loci.emplace_back(trim(locus));
  const int planned = (command.kit.empty() ? 0 : 1) + (command.loci.empty() ? 0 : 1);
  if (command.store ? planned != 0 : planned != 1)
    throw Error(ErrorKind::usage, "give a STORE, or for a planned database either --kit or --loci; see `homeward help power`");
  command.model = parse_model_options(values);
  command.power.min_log10_lr = within(values, "min-log10-lr", -50.0, 50.0);
  command.power.tolerated = within(values, "tolerated", 1e-12, 1e6);
  command.power.enough = within(values, "enough", 0.01, 0.9999);
  command.power.draws = positive(values, "draws", 1000);
  command.power.seed = command.design.seed = context.global.seed;
  command.power.threads = command.design.threads = context.global.threads;
  command.power.couple_weights = command.model.couple_weights;
  command.worklist = values["worklist"].as<bool>();
  command.design.n_children = values["children"].as<std::uint64_t>();
  command.design.n_families = values["families"].as<std::uint64_t>();
  command.design.couples = values["couples"].as<bool>();
  command.design.families_drawn = positive(values, "families-drawn", 1000000);
  return command;
}

/// Probabilities and expected numbers in six digits; "." where a step does not apply.
std::string cell(double value) {
  std::string text;
  put_real(text, value);
  return text;
}

void print_row(std::ostream& out, const Family& family, const FamilyPower& p, double cumulative, std::uint64_t samples) {
  std::string id;
  put_text(id, family.id);
  out << fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{:.2f}\t{}\t{}\t{}\t{}", id, family.slot, to_string(family.shape), p.n_loci, cell(p.p_found),
                     cell(p.expected_chance_hits), p.stands_out_log10_lr, cell(p.p_stands_out), to_string(p.power_class), to_string(p.best),
                     cell(p.gain));
  for (const double after : p.p_after) out << '\t' << cell(after);
  out << fmt::format("\t{}\t{}\n", samples, cell(cumulative));
}

/// Samples a step takes: another typing of every member for more loci, else one new person.
std::uint64_t samples_of(const Family& family, NextStep step) {
  if (step == NextStep::none) return 0;
  return step == NextStep::more_loci ? member_indexes(family).size() : 1;
}

void print_families(const PowerCommand& command, const RunModel& model, std::vector<FamilyPower>& powers, Context& context) {
  const std::vector<Family>& families = model.store->families();
  for (std::size_t f = 0; f < powers.size(); ++f)
    powers[f].gain /= static_cast<double>(std::max<std::uint64_t>(1, samples_of(families[f], powers[f].best)));
  std::vector<std::size_t> order(powers.size());
  std::iota(order.begin(), order.end(), 0U);
  if (command.worklist) {
    order.erase(std::remove_if(order.begin(), order.end(), [&](std::size_t f) { return powers[f].best == NextStep::none; }), order.end());
    std::stable_sort(order.begin(), order.end(), [&](std::size_t l, std::size_t r) { return powers[l].gain > powers[r].gain; });
  }
  context.out << "family_id\tslot\tshape\tn_loci\tp_found\texpected_chance_hits\tstands_out_log10_lr\tp_stands_out\tclass\tnext_step\tgain_"
                 "per_sample\t"
                 "p_other_parent\tp_sibling\tp_grandparent\tp_more_loci\tcumulative_samples\tcumulative_found\n";
  double found = std::accumulate(powers.begin(), powers.end(), 0.0, [](double sum, const FamilyPower& p) { return sum + p.p_stands_out; });
  std::uint64_t samples = 0;
  for (const std::size_t f : order) {
    const std::uint64_t more = samples_of(families[f], powers[f].best);
    samples += more;
    found += powers[f].gain * static_cast<double>(more);
    print_row(context.out, families[f], powers[f], found, samples);
  }
  context.out << "#ok " << order.size() << " rows\n";
}

void print_store_summary(const std::vector<FamilyPower>& powers, const ChildClasses& children, std::ostream& err) {
  std::array<std::uint64_t, 4> classes{};
  double found = 0.0, stands_out = 0.0, chance = 0.0;
  for (const FamilyPower& p : powers) {
    ++classes[static_cast<std::size_t>(p.power_class)];
    found += p.p_found;
    stands_out += p.p_stands_out;
    chance += p.expected_chance_hits;
  }
  for (const ChildClass& c : children.classes) err << fmt::format("children        {} ({})\n", escaped(c.name), grouped(c.n_children));
  err << fmt::format("families        {}: {} decidable, {} need the other parent, {} need loci, {} cannot be searched usefully\n",
                     grouped(powers.size()), grouped(classes[0]), grouped(classes[1]), grouped(classes[2]), grouped(classes[3]))
      << fmt::format(
             "if every family's child were here: {:.1f} reach the threshold, {:.1f} stand out; {:.4g} chance hits expected at the "
             "threshold\n",
             found, stands_out, chance)
      << kLeadBanner << '\n';
}

int study_store(const PowerCommand& command, Context& context) {
  const RunModel model = make_model(*command.store, command.population, command.model, context.data_dir);
  if (!context.global.quiet) print_model(model, command.model, context);
  const ChildClasses children = child_classes(*model.store, model.effective);
  if (children.classes.empty()) throw Error(ErrorKind::input, "the store has no children: there is nothing a family could be found in");
  std::vector<FamilyPower> powers = family_power(*model.store, model.effective, children, command.power);
  print_families(command, model, powers, context);
  if (!context.global.quiet) print_store_summary(powers, children, context.err);
  return 0;
}

int plan(const PowerCommand& command, Context& context) {
  const Population population = read_population(command.population, context.data_dir);
  std::vector<ObservedLocus> observed;
  for (const std::string& locus : command.kit.empty() ? command.loci : find_kit(command.kit, context.data_dir).loci) {
    if (population.find(locus) != nullptr)
      observed.push_back({locus, {}});
    else if (command.kit.empty())
      throw Error(ErrorKind::input, "the population has no locus " + escaped(locus) + "; `homeward help power` says what --loci takes");
  }
  const EffectivePopulation effective = freeze(population, observed, command.model.overrides, command.model.untyped_parent);
  if (effective.loci.empty()) throw Error(ErrorKind::input, "none of these loci is an autosomal locus of the population");
  const Design design = plan_database(effective, {0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0}, command.design);
  context.out << "n_loci\tlog10_lr\texpected_chance_hits\tse\tp_reached\tp_first\n";
  for (const DesignLevel& level : design.levels)
    context.out << fmt::format("{}\t{:.4f}\t{}\t{}\t{}\t{}\n", effective.loci.size(), level.log10_lr, cell(level.chance_hits),
                               cell(level.chance_hits_se), cell(level.p_reached), cell(design.p_first));
  context.out << "#ok " << design.levels.size() << " rows\n";
  if (!context.global.quiet)
    context.err << fmt::format("{} children x {} families ({}), {} loci of {}, {}; {} families drawn\n", grouped(command.design.n_children),
                               grouped(command.design.n_families), command.design.couples ? "both parents typed" : "a father typed",
                               effective.loci.size(), escaped(effective.population_id), describe_mutation(effective),
                               command.design.families_drawn);
  return 0;
}

int run(const po::variables_map& values, Context& context) {
  const PowerCommand command = parse(values, context);
  return command.store ? study_store(command, context) : plan(command, context);
}

}  // namespace

const Command kPower{"power",
                     "can a family's child be found, and what to type next",
                     "STORE --population POP [options] | --population POP --kit KIT [options]",
                     "  homeward power family.hws --population cn > power.tsv\n"
                     "  homeward power family.hws --population cn --worklist --tolerated 0.01\n"
                     "  homeward power --population cn-kinsimu --kit 'PowerPlex 21' --rate-male 0.001 --rate-female 0.001\n",
                     declare,
                     run};

}  // namespace homeward::cli
