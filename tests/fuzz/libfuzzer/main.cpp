// One libFuzzer program a target: HOMEWARD_FUZZ_TARGET is its name (see scripts/fuzz).
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "../targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const homeward::fuzz::Target& target : homeward::fuzz::targets())
    if (std::strcmp(target.name, HOMEWARD_FUZZ_TARGET) == 0) homeward::fuzz::run(target, {reinterpret_cast<const char*>(data), size});
  return 0;
}
