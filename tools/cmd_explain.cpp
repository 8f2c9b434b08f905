// placeholder: replaced by the command's author before landing
#include "command.hpp"
#include "homeward/error.hpp"
namespace homeward::cli {
const Command kExplain{"explain", "placeholder", "", "", [](CommandLine&) {}, [](const po::variables_map&, Context&) -> int { throw Error(ErrorKind::internal, "explain: not there yet"); }};
}
