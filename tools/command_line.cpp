#include "command_line.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <iostream>

#include "base/text.hpp"
#include "command.hpp"
#include "homeward/error.hpp"
#include "homeward/version.hpp"

namespace homeward::cli {

namespace {

std::span<const Command* const> commands() {
  static constexpr std::array<const Command*, 11> kCommands{&kLoad,     &kMatch, &kRank,  &kExplain, &kLr,    &kSimulate,
                                                            &kEvaluate, &kInfo,  &kCheck, &kVersion, &kDoctor};
  return kCommands;
}

po::options_description global_options(GlobalOptions& global) {
  po::options_description options("Global options", 100);
  options.add_options()                                                                                          //
      ("threads", po::value(&global.threads)->default_value(0)->value_name("N"), "threads, 0 = those the process may use")  //
      ("seed", po::value(&global.seed)->default_value(1)->value_name("N"), "seed of everything random")                  //
      ("config", po::value<std::string>()->value_name("FILE"), "options from a file, `name = value` a line")             //
      ("quiet,q", po::bool_switch(&global.quiet), "errors only")                                                        //
      ("verbose,v", po::bool_switch(&global.verbose), "more detail on stderr")                                          //
      ("progress", po::value(&global.progress)->default_value("auto")->value_name("WHEN"), "auto, always, never or json")  //
      ("color", po::value(&global.color)->default_value("auto")->value_name("WHEN"), "auto, always or never")             //
      ("lang", po::value(&global.lang)->default_value("en")->value_name("LANG"), "en or zh")                             //
      ("force", po::bool_switch(&global.force), "overwrite what exists")                                                //
      ("help,h", "this help");
  return options;
}

void print_overview(std::ostream& out) {
  out << "homeward " << version() << ": finds, among rescued children and searching families, the pairs that DNA supports.\n"
      << "Every result is a lead to confirm, never an identification.\n\nusage: homeward <command> [options] [files]\n\ncommands:\n";
  for (const Command* command : commands()) out << "  " << command->name << std::string(12 - std::string(command->name).size(), ' ') << command->summary << '\n';
  out << "\n`homeward help <command>` explains one.\n";
}

void print_help(const Command& command, const CommandLine& line, const po::options_description& global, std::ostream& out) {
  out << "homeward " << command.name << ": " << command.summary << "\n\nusage: homeward " << command.name << ' ' << command.usage << "\n";
  for (const po::options_description& group : line.groups) out << '\n' << group;
  out << '\n' << global;
  if (*command.examples != '\0') out << "\nexamples:\n" << command.examples;
}

const Command& find_command(const std::string& name) {
  std::vector<std::string> names{"help"};
  for (const Command* command : commands()) {
    if (name == command->name) return *command;
    names.emplace_back(command->name);
  }
  std::string message = "unknown command '" + escaped(name) + "'";
  const std::vector<std::string> near = nearest(name, names, 1);
  message += near.empty() ? "; see `homeward help`" : ": did you mean '" + near[0] + "'?";
  throw Error(ErrorKind::usage, message);
}

std::filesystem::path find_data_dir() {
  if (const char* set = std::getenv("HOMEWARD_DATA"); set != nullptr && *set != '\0') return set;
  std::error_code ignored;
  const std::filesystem::path here = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  // Installed: bin/ beside share/. In a build tree: <source>/<build>/tools or <source>/out/<preset>/tools.
  for (const char* candidate : {"../share/homeward", "../../data", "../../../data"})
    if (std::filesystem::exists(here / candidate / "populations")) return std::filesystem::weakly_canonical(here / candidate);
  return {};
}

int run_command(const Command& command, const std::vector<std::string>& arguments, Context& context) {
  CommandLine line;
  command.declare(line);
  const po::options_description global = global_options(context.global);
  po::options_description all;
  for (const po::options_description& group : line.groups) all.add(group);
  all.add(line.hidden).add(global);

  po::variables_map values;
  // Guessing is off: `--min` must not silently mean `--min-log10-lr`.
  const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  po::store(po::command_line_parser(arguments).options(all).positional(line.positional).style(style).run(), values);
  if (values.count("help") != 0) {
    print_help(command, line, global, context.out);
    return 0;
  }
  if (values.count("config") != 0) po::store(po::parse_config_file<char>(values["config"].as<std::string>().c_str(), all), values);
  po::notify(values);
  return command.run(values, context);
}

int dispatch(const std::vector<std::string>& words, Context& context) {
  if (words.empty()) {
    print_overview(context.err);
    return static_cast<int>(ErrorKind::usage);
  }
  if (words[0] == "--version") return run_command(kVersion, {}, context);
  if (words[0] == "help" || words[0] == "--help" || words[0] == "-h") {
    if (words.size() == 1) {
      print_overview(context.out);
      return 0;
    }
    return run_command(find_command(words[1]), {"--help"}, context);
  }
  return run_command(find_command(words[0]), {words.begin() + 1, words.end()}, context);
}

}  // namespace

int run_main(std::span<char*> argv, std::ostream& out, std::ostream& err) {
  std::vector<std::string> words(argv.begin() + 1, argv.end());
  Context context{out, err, {}, {}, words};
  try {
    context.data_dir = find_data_dir();
    const int code = dispatch(words, context);
    out.flush();
    if (!out) throw Error(ErrorKind::failure, "cannot write to standard output");
    return code;
  } catch (const Error& error) {
    err << "homeward: " << error.what() << '\n';
    return error.exit_code();
  } catch (const po::error& error) {
    err << "homeward: " << error.what() << "; see `homeward help" << (words.empty() ? "" : " " + escaped(words[0])) << "`\n";
    return static_cast<int>(ErrorKind::usage);
  } catch (const std::bad_alloc&) {
    err << "homeward: out of memory\n";
    return static_cast<int>(ErrorKind::failure);
  } catch (const std::exception& error) {
    err << "homeward: internal error: " << error.what() << "; please report it\n";
    return static_cast<int>(ErrorKind::internal);
  }
}

}  // namespace homeward::cli
