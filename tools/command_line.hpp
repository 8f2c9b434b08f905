// Command-line handling shared by all commands: dispatch, help, global options, errors.
#pragma once

#include <iosfwd>
#include <span>

namespace homeward::cli {

/// Runs the whole program. Returns the exit code of the contract; throws nothing.
int run_main(std::span<char*> argv, std::ostream& out, std::ostream& err);

}  // namespace homeward::cli
