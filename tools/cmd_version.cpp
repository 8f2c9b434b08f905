// `homeward version`: what this build is, so that a result can be traced to it.
#include <fmt/format.h>

#include <Eigen/Core>
#include <boost/version.hpp>
#include <nlohmann/json.hpp>
#include <ostream>

#include "command.hpp"
#include "homeward/kernel.hpp"
#include "homeward/version.hpp"
#include "store/hdf5_version.hpp"

namespace homeward::cli {

namespace {

std::vector<std::pair<std::string, std::string>> libraries() {
  return {
      {"hdf5", hdf5_version_loaded()},
      {"eigen", fmt::format("{}.{}.{}", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION)},
      {"boost", fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100)},
      {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
      {"nlohmann_json", fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH)},
  };
}

void print_json(std::ostream& out) {
  nlohmann::ordered_json facts;
  facts["program"] = "homeward";
  for (const auto& [name, value] : build_facts()) facts[name] = value;
  for (const auto& [name, value] : libraries()) facts["libs"][name] = value;
  facts["kernels"] = nlohmann::ordered_json::array();
  for (const Kernel& kernel : kernels()) facts["kernels"].push_back({{"name", kernel.name}, {"runs_here", kernel.runs_here()}});
  facts["kernel"] = best_kernel().name;
  out << facts.dump(2) << '\n';
}

void print_text(std::ostream& out) {
  out << "homeward " << version() << '\n';
  const auto line = [&out](const std::string& name, const std::string& value) { out << fmt::format("  {:<18}{}\n", name, value); };
  for (const auto& [name, value] : build_facts())
    if (name != "version") line(name, value);
  for (const auto& [name, value] : libraries()) line(name, value);
  for (const Kernel& kernel : kernels())
    line(std::string("kernel ") + kernel.name, !kernel.runs_here()                                   ? "does not run here"
                                               : kernel.name == std::string_view(best_kernel().name) ? "runs here, chosen"
                                                                                                     : "runs here");
}

void declare(CommandLine& line) { line.group("Output").add_options()("json", po::bool_switch(), "as one JSON object"); }

int run(const po::variables_map& values, Context& context) {
  if (values["json"].as<bool>())
    print_json(context.out);
  else
    print_text(context.out);
  return 0;
}

}  // namespace

const Command kVersion{"version",   "facts of this build: version, commit, compiler, libraries, kernels",
                       "[options]", "  homeward version --json\n",
                       declare,     run};

}  // namespace homeward::cli
