// From the words of a command line to a command's typed values, and from every error to a message and an exit code.
#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <vector>

#include "command.hpp"

namespace homeward::cli {

/// Runs one invocation; returns the process exit code. Never throws.
int run_main(std::span<char*> argv, std::ostream& out, std::ostream& err, SliceScanner* scanner = nullptr);

/// Every command, in the order of the overview.
std::span<const Command* const> commands();

/// The options every command has, bound to `global`.
po::options_description global_options(GlobalOptions& global);

/// A command's options with the global ones, as long names and descriptions: what completion offers.
std::vector<std::pair<std::string, std::string>> visible_options(const Command& command);

}  // namespace homeward::cli
