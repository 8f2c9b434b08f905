// placeholder: replaced by the command's author before landing
#include "command.hpp"
#include "homeward/error.hpp"
namespace homeward::cli {
const Command kLoad{"load", "placeholder", "", "", [](CommandLine&) {}, [](const po::variables_map&, Context&) -> int { throw Error(ErrorKind::internal, "load: not there yet"); }};
}
