#include "command_line.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <initializer_list>
#include <iostream>
#include <string_view>
#include <system_error>

#include "base/text.hpp"
#include "help.hpp"
#include "homeward/error.hpp"
#include "signals.hpp"

namespace homeward::cli {

std::span<const Command* const> commands() {
  static constexpr std::array<const Command*, 21> kCommands{&kLoad,  &kRegister, &kMatch,    &kMerge, &kRank,    &kExplain,  &kLr,
                                                            &kPower, &kSimulate, &kEvaluate, &kDedup, &kContact, &kWithdraw, &kAudit,
                                                            &kInfo,  &kCheck,    &kExport,   &kBench, &kDoctor,  &kVersion,  &kCompletion};
  return kCommands;
}

po::options_description global_options(GlobalOptions& global) {
  po::options_description options("Global options", 100);
  options.add_options()                                                                                                     //
      ("threads", po::value(&global.threads)->default_value(0)->value_name("N"), "threads, 0 = those the process may use")  //
      ("seed", po::value(&global.seed)->default_value(1)->value_name("N"), "seed of everything random")                     //
      ("config", po::value<std::string>()->value_name("FILE"),
       "options from a file, `name = value` a line; the command line goes before it")                                      //
      ("quiet,q", po::bool_switch(&global.quiet), "errors only")                                                           //
      ("verbose,v", po::bool_switch(&global.verbose), "more detail on stderr")                                             //
      ("progress", po::value(&global.progress)->default_value("auto")->value_name("WHEN"), "auto, always, never or json")  //
      ("color", po::value(&global.color)->default_value("auto")->value_name("WHEN"),
       "auto, always or never; auto heeds NO_COLOR")                                          //
      ("lang", po::value(&global.lang)->default_value("en")->value_name("LANG"), "en or zh")  //
      ("force", po::bool_switch(&global.force), "overwrite what exists")                      //
      ("help,h", "this help");
  return options;
}

std::vector<std::pair<std::string, std::string>> visible_options(const Command& command) {
  CommandLine line;
  command.declare(line);
  GlobalOptions unused;
  line.groups.push_back(global_options(unused));
  std::vector<std::pair<std::string, std::string>> result;
  for (const po::options_description& group : line.groups)
    for (const auto& option : group.options()) result.emplace_back(option->long_name(), option->description());
  return result;
}

namespace {

const Command& find_command(const std::string& name) {
  std::vector<std::string> names{"help"};
  for (const Command* command : commands()) {
    if (name == command->name) return *command;
    names.emplace_back(command->name);
  }
  if (!name.empty() && name.front() == '-')
    throw Error(ErrorKind::usage,
                "'" + escaped(name) + "' stands where a command is expected: homeward <command> [options]; see `homeward help`");
  const std::vector<std::string> near = nearest(name, names, 1);
  throw Error(ErrorKind::usage,
              "unknown command '" + escaped(name) + "'" + (near.empty() ? "; see `homeward help`" : ": did you mean '" + near[0] + "'?"));
}

std::filesystem::path find_data_dir() {
  if (const char* set = std::getenv("HOMEWARD_DATA"); set != nullptr && *set != '\0') return set;
  std::error_code ignored;
  const std::filesystem::path here = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  // Installed: bin/ beside share/. In a build tree: <source>/<build>/tools or <source>/out/<preset>/tools.
  for (const char* candidate : {"../share/homeward", "../../data", "../../../data"})
    if (std::filesystem::exists(here / candidate / "populations", ignored)) return std::filesystem::weakly_canonical(here / candidate);
  return {};
}

void expect_one_of(std::string_view option, const std::string& value, std::initializer_list<std::string_view> allowed) {
  if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return;
  std::string list;
  for (const std::string_view word : allowed) list += (list.empty() ? "" : ", ") + std::string(word);
  throw Error(ErrorKind::usage, "--" + std::string(option) + " is '" + escaped(value) + "', expected one of " + list);
}

void check_global(GlobalOptions& global) {
  constexpr int kMostThreads = 4096;
  if (global.threads < 0 || global.threads > kMostThreads)
    throw Error(ErrorKind::usage, "--threads is " + std::to_string(global.threads) + ", expected 0 (those the process may use) to " +
                                      std::to_string(kMostThreads));
  expect_one_of("progress", global.progress, {"auto", "always", "never", "json"});
  expect_one_of("color", global.color, {"auto", "always", "never"});
  expect_one_of("lang", global.lang, {"en", "zh"});
  if (global.quiet && global.verbose) throw Error(ErrorKind::usage, "--quiet and --verbose exclude each other");
  if (const char* no_color = std::getenv("NO_COLOR"); global.color == "auto" && no_color != nullptr && *no_color != '\0')
    global.color = "never";
}

/// Options from a file. What the command line says stays: the first value stored for an option is final.
void store_config(const std::string& path, const po::options_description& options, po::variables_map& values) {
  std::ifstream file(path);
  if (!file) throw Error(ErrorKind::input, "cannot read the options file " + escaped(path));
  try {
    po::store(po::parse_config_file(file, options), values);
  } catch (const po::error& error) {
    throw Error(ErrorKind::input, "options file " + escaped(path) + ": " + error.what());
  }
}

/// The message of a parser's error, with the nearest option where a name is unknown.
std::string usage_message(const po::error& error, const Command& command, const CommandLine& line) {
  if (const auto* unknown = dynamic_cast<const po::unknown_option*>(&error)) {
    std::string name = unknown->get_option_name();
    name.erase(0, name.find_first_not_of('-'));
    std::vector<std::string> names;
    for (const auto& [option, description] : visible_options(command)) names.push_back(option);
    const std::vector<std::string> near = nearest(name, names, 1);
    const std::string hint = near.empty() ? std::string() : ": did you mean '--" + near[0] + "'?";
    return "unknown option '" + escaped(unknown->get_option_name()) + "'" + hint;
  }
  if (const auto* required = dynamic_cast<const po::required_option*>(&error)) {
    std::string name = required->get_option_name();
    name.erase(0, name.find_first_not_of('-'));
    if (line.hidden.find_nothrow(name, false) != nullptr)
      return std::string("an argument is missing: homeward ") + command.name + ' ' + command.usage;
    return "--" + name + " is required";
  }
  return escaped(error.what());
}

/// A number with a minus sign would wrap around silently in an unsigned option.
void refuse_negative_counts(const po::parsed_options& parsed) {
  for (const po::option& option : parsed.options) {
    const po::option_description* known = parsed.description->find_nothrow(option.string_key, false);
    if (known == nullptr || option.value.empty() || option.value[0].empty() || option.value[0][0] != '-') continue;
    const po::value_semantic* kind = known->semantic().get();
    if (dynamic_cast<const po::typed_value<std::uint64_t>*>(kind) != nullptr ||
        dynamic_cast<const po::typed_value<std::uint32_t>*>(kind) != nullptr)
      throw Error(ErrorKind::usage,
                  "--" + option.string_key + " is '" + escaped(option.value[0]) + "', expected a whole number of at least 0");
  }
}

po::variables_map parse(const Command& command, const CommandLine& line, const po::options_description& global,
                        const std::vector<std::string>& arguments) {
  po::options_description named;
  for (const po::options_description& group : line.groups) named.add(group);
  named.add(global);
  po::options_description all;
  all.add(named).add(line.hidden);

  po::variables_map values;
  // Guessing is off: `--min` must not silently mean `--min-log10-lr`.
  const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  try {
    const po::parsed_options parsed = po::command_line_parser(arguments).options(all).positional(line.positional).style(style).run();
    refuse_negative_counts(parsed);
    po::store(parsed, values);
    if (values.count("help") != 0) return values;
    if (values.count("config") != 0) store_config(values["config"].as<std::string>(), named, values);
    po::notify(values);
  } catch (const po::error& error) {
    throw Error(ErrorKind::usage, usage_message(error, command, line) + "\nsee `homeward help " + command.name + "`");
  }
  return values;
}

int run_command(const Command& command, const std::vector<std::string>& arguments, Context& context) {
  CommandLine line;
  command.declare(line);
  const po::options_description global = global_options(context.global);
  const po::variables_map values = parse(command, line, global, arguments);
  if (values.count("help") != 0) {
    print_help(command, line, global, context.out);
    return 0;
  }
  check_global(context.global);
  context.messages.use(context.global.lang, context.data_dir);
  return command.run(values, context);
}

int dispatch(const std::vector<std::string>& words, Context& context) {
  if (words.empty()) {
    print_overview(commands(), context.err);
    return static_cast<int>(ErrorKind::usage);
  }
  if (words[0] == "--version" || words[0] == "-V") return run_command(kVersion, {}, context);
  if (words[0] == "help" || words[0] == "--help" || words[0] == "-h") {
    if (words.size() == 1 || words[1] == "help") {
      print_overview(commands(), context.out);
      return 0;
    }
    return run_command(find_command(words[1]), {"--help"}, context);
  }
  return run_command(find_command(words[0]), {words.begin() + 1, words.end()}, context);
}

int run_and_flush(const std::vector<std::string>& words, Context& context) {
  const int code = dispatch(words, context);
  context.out.flush();
  if (context.out) return code;
  if (output_reader_gone()) return 0;  // `homeward rank RUN | head` has what it wanted
  throw Error(ErrorKind::failure, "cannot write to standard output");
}

}  // namespace

int run_main(std::span<char*> argv, std::ostream& out, std::ostream& err, SliceScanner* scanner) {
  std::vector<std::string> words;
  if (!argv.empty()) words.assign(argv.begin() + 1, argv.end());
  Context context{out, err, {}, {}, words, scanner, {}};
  const auto fail = [&](ErrorKind kind, const std::string& message) {
    out.flush();
    err << "homeward: " << message << std::endl;
    return static_cast<int>(kind);
  };
  try {
    context.data_dir = find_data_dir();
    return run_and_flush(words, context);
  } catch (const Error& error) {
    return fail(error.kind(), error.what());
  } catch (const std::bad_alloc&) {
    return fail(ErrorKind::failure, "out of memory");
  } catch (const std::system_error& error) {  // files and folders; everything expected is an Error with its own kind
    return fail(ErrorKind::failure, escaped(error.what()));
  } catch (const std::exception& error) {
    return fail(ErrorKind::internal, "internal error: " + escaped(error.what()) + "; please report it");
  } catch (...) {
    return fail(ErrorKind::internal, "internal error of unknown kind; please report it");
  }
}

}  // namespace homeward::cli
