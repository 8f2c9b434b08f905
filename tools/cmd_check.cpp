// homeward check: is a store whole? Reads every byte that matters and derives again whatever is derived.
#include <ostream>

#include "base/text.hpp"
#include "command.hpp"
#include "homeward/error.hpp"
#include "homeward/store.hpp"

namespace homeward::cli {

namespace {

void declare(CommandLine& line) {
  line.hidden.add_options()("store", po::value<std::string>());
  line.positional.add("store", 1);
}

int run(const po::variables_map& values, Context& context) {
  if (values.count("store") == 0) throw Error(ErrorKind::usage, "check needs a STORE; see `homeward help check`");
  const std::string path = values["store"].as<std::string>();
  const std::vector<std::string> defects = check_store(path);
  if (defects.empty()) {
    context.out << "ok\n";
    return 0;
  }
  for (const std::string& defect : defects) context.out << escaped(defect) << '\n';
  context.err << escaped(path) << ": " << defects.size() << " defects; restore a backup, or load the original files into a new store\n";
  return static_cast<int>(ErrorKind::store);
}

}  // namespace

const Command kCheck{"check", "verify a store: structure, indices, checksums, digests", "STORE", "  homeward check db.h5\n", declare, run};

}  // namespace homeward::cli
