// placeholder: replaced by the command's author before landing
#include "command.hpp"
#include "homeward/error.hpp"
namespace homeward::cli {
const Command kMatch{"match", "placeholder", "", "", [](CommandLine&) {}, [](const po::variables_map&, Context&) -> int { throw Error(ErrorKind::internal, "match: not there yet"); }};
}
