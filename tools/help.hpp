// What `homeward help` prints.
#pragma once

#include <iosfwd>
#include <span>

#include "command.hpp"

namespace homeward::cli {

/// All commands, a line each.
void print_overview(std::span<const Command* const> commands, std::ostream& out);

/// One command: what it does, usage, its options in groups with their defaults, global options, examples last.
void print_help(const Command& command, const CommandLine& line, const po::options_description& global, std::ostream& out);

}  // namespace homeward::cli
