// The way in: picks the command, parses once, and turns every error into a message and an exit code.
#include <sys/resource.h>
#include <sys/stat.h>

#include <iostream>

#include "command_line.hpp"
#include "signals.hpp"

int main(int argc, char** argv) {
  ::umask(077);                     // everything this program writes is for its owner only
  const rlimit no_core_dump{0, 0};  // a core file would hold people's genotypes
  ::setrlimit(RLIMIT_CORE, &no_core_dump);
  homeward::cli::protect_standard_streams();
  std::ios::sync_with_stdio(false);
  return homeward::cli::run_main({argv, static_cast<std::size_t>(argc)}, std::cout, std::cerr);
}
