// homeward dedup: the same person twice, among profiles (DNA, no people) or among registrations (people, no DNA).
#include <cmath>
#include <ostream>

#include "base/text.hpp"
#include "command.hpp"
#include "dedup_profiles.hpp"
#include "dedup_registrations.hpp"
#include "homeward/error.hpp"

namespace homeward::cli {

namespace {

void declare(CommandLine& line) {
  line.group("Among profiles (for analysts: no people)")
      .add_options()  //
      ("population", po::value<std::string>()->value_name("POP"),
       "path or id of a population: compare the DNA of everybody with everybody's")  //
      ("min-log10-lr", po::value<double>()->default_value(6.0, "6")->value_name("X"),
       "log10 of the identity LR from which a pair is listed");
  auto& registrations = line.group("Among registrations (for stewards: no DNA)");
  registrations.add_options()                                                         //
      ("registrations", po::bool_switch(), "compare registrations; needs the vault")  //
      ("min-probability", po::value<double>()->default_value(0.9, "0.9")->value_name("P"),
       "probability from which two are put together")                                                                                //
      ("show-people", po::bool_switch(), "names, dates and telephones beside the clusters; a logged act")                            //
      ("truth", po::value<std::string>()->value_name("FILE"), "registry_truth.tsv of a simulation: print precision and recall")      //
      ("confirm", po::value<std::string>()->value_name("FILE"), "link what a person marked `yes` in a cluster file; no key needed")  //
      ("undo", po::value<std::string>()->value_name("FILE"), "take back the links of what is marked `yes`");
  declare_vault_options(registrations);
  line.group("Output").add_options()("output,o", po::value<std::string>()->value_name("FILE"),
                                     "write the list to a file (default: standard output)");
  line.hidden.add_options()("store", po::value<std::string>());
  line.positional.add("store", 1);
}

int run(const po::variables_map& values, Context& context) {
  if (values.count("store") == 0) throw Error(ErrorKind::usage, "dedup needs a STORE; see `homeward help dedup`");
  const std::string store = values["store"].as<std::string>();
  const bool registrations = values["registrations"].as<bool>();
  const int asked = (registrations ? 1 : 0) + static_cast<int>(values.count("population") + values.count("confirm") + values.count("undo"));
  if (asked != 1)
    throw Error(ErrorKind::usage,
                "dedup takes one of --population POP (profiles), --registrations, --confirm FILE, --undo FILE; see `homeward help dedup`");
  const auto text = [&](const char* name) { return values.count(name) != 0 ? values[name].as<std::string>() : std::string(); };
  if (values.count("confirm") != 0 || values.count("undo") != 0) {
    change_links(store, text(values.count("confirm") != 0 ? "confirm" : "undo"),
                 values.count("undo") != 0 ? LinkChange::undo : LinkChange::confirm, context);
    return 0;
  }
  if (!registrations) {
    if (!std::isfinite(values["min-log10-lr"].as<double>())) throw Error(ErrorKind::usage, "--min-log10-lr must be a number");
    find_duplicate_profiles({store, text("population"), text("output"), values["min-log10-lr"].as<double>()}, context);
    return 0;
  }
  DedupRegistrationsOptions options;
  options.store = store;
  options.output = text("output");
  options.truth = text("truth");
  options.vault = parse_vault_options(values, store);
  options.min_probability = values["min-probability"].as<double>();
  options.show_people = values["show-people"].as<bool>();
  if (!(options.min_probability > 0.0 && options.min_probability < 1.0))
    throw Error(ErrorKind::usage, "--min-probability must be above 0 and below 1");
  find_duplicate_registrations(options, context);
  return 0;
}

}  // namespace

const Command kDedup{"dedup",
                     "find the same person twice, among profiles or among registrations; a person confirms",
                     "STORE (--population POP | --registrations | --confirm FILE | --undo FILE) [options]",
                     "  homeward dedup db.h5 --population cn > same_person.tsv\n"
                     "  homeward dedup db.h5 --registrations --key-file vault.key -o clusters.tsv\n"
                     "  homeward dedup db.h5 --confirm clusters.tsv\n",
                     declare,
                     run};

}  // namespace homeward::cli
