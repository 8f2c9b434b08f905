// What a subcommand is. One cmd_<name>.cpp defines one; main.cpp lists them.
#pragma once

#include <boost/program_options.hpp>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "messages.hpp"

namespace homeward::cli {

namespace po = boost::program_options;

/// Options every command has.
struct GlobalOptions {
  int threads = 0;
  std::uint64_t seed = 1;
  bool quiet = false;
  bool verbose = false;
  bool force = false;
  std::string progress = "auto";  ///< auto | always | never | json
  std::string color = "auto";     ///< auto | always | never
  std::string lang = "en";        ///< en | zh
};

class SliceScanner;  // match_run.hpp

/// The world of one invocation. stdout is data, stderr is everything else.
struct Context {
  std::ostream& out;
  std::ostream& err;
  GlobalOptions global;
  std::filesystem::path data_dir;      ///< shipped populations, kits, aliases
  std::vector<std::string> arguments;  ///< as typed, for run.json
  SliceScanner* scanner = nullptr;     ///< who scans for `match`; null = this process
  Messages messages{};                 ///< of --lang

  /// A text to people, in their language; `english` is the key of the catalogue.
  template <class... Values>
  std::string say(std::string_view english, const Values&... values) const {
    return messages.say(english, values...);
  }
};

/// A command's own options in titled groups, and its positional arguments.
struct CommandLine {
  std::vector<po::options_description> groups;
  po::options_description hidden;  ///< positional arguments, by name
  po::positional_options_description positional;
  po::options_description& group(const std::string& title) { return groups.emplace_back(title, 100); }
};

struct Command {
  const char* name;
  const char* summary;   ///< one line, lower case, no full stop
  const char* usage;     ///< "STORE FILE... [options]"
  const char* examples;  ///< lines, printed last in the help
  void (*declare)(CommandLine&);
  int (*run)(const po::variables_map&, Context&);  ///< returns the exit code; throws homeward::Error
};

extern const Command kLoad, kMatch, kMerge, kRank, kExplain, kLr, kPower, kSimulate, kEvaluate, kInfo, kCheck, kExport, kBench, kVersion,
    kDoctor, kCompletion, kRegister, kDedup, kContact, kWithdraw, kAudit;

}  // namespace homeward::cli
