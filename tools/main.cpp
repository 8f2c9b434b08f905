// The way in: picks the command, parses once, and turns every error into a message and an exit code.
#include <sys/stat.h>

#include <cstdlib>
#include <iostream>

#include "command.hpp"
#include "command_line.hpp"
#include "homeward/error.hpp"

int main(int argc, char** argv) {
  ::umask(077);  // everything this program writes is for its owner only
  std::ios::sync_with_stdio(false);
  return homeward::cli::run_main({argv, static_cast<std::size_t>(argc)}, std::cout, std::cerr);
}
