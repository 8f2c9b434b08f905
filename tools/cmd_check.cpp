// homeward check: is a store whole, and do its families' DNA and declared relations agree?
#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <thread>

#include "base/text.hpp"
#include "command.hpp"
#include "homeward/error.hpp"
#include "homeward/store.hpp"
#include "run_model.hpp"

namespace homeward::cli {

namespace {

void declare(CommandLine& line) {
  line.hidden.add_options()("store", po::value<std::string>());
  line.positional.add("store", 1);
  line.group("Families")
      .add_options()  //
      ("population", po::value<std::string>()->value_name("POP"),
       "also compare the typed members of every family with each other: path or id of a population");
  declare_model_options(line.group("Model (with --population)"));
}

/// Prints what data-schemas/family-check.md describes.
void print_family_check(const std::string& store, const po::variables_map& values, Context& context) {
  const RunModel model = make_model(store, values["population"].as<std::string>(), parse_model_options(values), context.data_dir);
  const int threads =
      context.global.threads > 0 ? context.global.threads : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const FamilyCheckCounts counts =
      check_families(*model.store, model.effective, threads, [&](std::string_view text) { context.out << text; });
  if (!context.global.quiet) context.err << family_check_summary(counts) << '\n';
}

int run(const po::variables_map& values, Context& context) {
  if (values.count("store") == 0) throw Error(ErrorKind::usage, "check needs a STORE; see `homeward help check`");
  const std::string path = values["store"].as<std::string>();
  const std::vector<std::string> defects = check_store(path);
  if (defects.empty()) {
    if (values.count("population") != 0)
      print_family_check(path, values, context);
    else
      context.out << "ok\n";
    return 0;
  }
  for (const std::string& defect : defects) context.out << escaped(defect) << '\n';
  context.err << escaped(path) << ": " << defects.size() << " defects; restore a backup, or load the original files into a new store\n";
  return static_cast<int>(ErrorKind::store);
}

}  // namespace

const Command kCheck{"check",
                     "verify a store: structure, indices, checksums, digests; and its families' DNA",
                     "STORE [--population POP]",
                     "  homeward check db.hws\n"
                     "  homeward check db.hws --population cn > family_check.tsv\n",
                     declare,
                     run};

}  // namespace homeward::cli
