#include "help.hpp"

#include <fmt/format.h>

#include <ostream>

#include "homeward/version.hpp"

namespace homeward::cli {

void print_overview(std::span<const Command* const> commands, std::ostream& out) {
  out << "homeward " << version() << ": finds, among rescued children and searching families, the pairs that DNA supports.\n"
      << "Every result is a lead to confirm, never an identification.\n\nusage: homeward <command> [options] [files]\n\ncommands:\n";
  for (const Command* command : commands) out << fmt::format("  {:<12}{}\n", command->name, command->summary);
  out << "\n`homeward help <command>` explains one. Data goes to standard output, everything else to standard error.\n"
      << "exit codes: 0 done (also without a candidate), 1 failure, 2 wrong command line, 3 input unreadable or invalid,\n"
      << "            4 store missing, damaged or locked, 5 stopped with a valid checkpoint, 70 a bug of ours\n";
}

void print_help(const Command& command, const CommandLine& line, const po::options_description& global, std::ostream& out) {
  out << "homeward " << command.name << ": " << command.summary << "\n\nusage: homeward " << command.name << ' ' << command.usage << '\n';
  for (const po::options_description& group : line.groups) out << '\n' << group;
  out << '\n' << global;
  if (*command.examples != '\0') out << "\nexamples:\n" << command.examples;
}

}  // namespace homeward::cli
