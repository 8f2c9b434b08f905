// placeholder: replaced by the command's author before landing
#include "command.hpp"
#include "homeward/error.hpp"
namespace homeward::cli {
const Command kSimulate{"simulate", "placeholder", "", "", [](CommandLine&) {}, [](const po::variables_map&, Context&) -> int { throw Error(ErrorKind::internal, "simulate: not there yet"); }};
}
