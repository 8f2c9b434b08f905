// What is fuzzed: one entry a parser. Each takes any bytes and either reads them or throws homeward::Error.
#pragma once

#include <string_view>
#include <vector>

namespace homeward::fuzz {

struct Target {
  const char* name;  ///< also the folder of its seeds
  void (*run)(std::string_view bytes);
};
const std::vector<Target>& targets();

/// Runs a target; homeward::Error is the answer to bad input, everything else passes through.
void run(const Target& target, std::string_view bytes);

}  // namespace homeward::fuzz
