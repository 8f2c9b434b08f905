// `homeward bench`: how fast this machine searches.
#pragma once

#include "command.hpp"

namespace homeward::cli {

extern const Command kBench;

}  // namespace homeward::cli
