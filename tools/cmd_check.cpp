// placeholder: replaced by the command's author before landing
#include "command.hpp"
#include "homeward/error.hpp"
namespace homeward::cli {
const Command kCheck{"check", "placeholder", "", "", [](CommandLine&) {}, [](const po::variables_map&, Context&) -> int { throw Error(ErrorKind::internal, "check: not there yet"); }};
}
