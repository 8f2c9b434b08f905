// SIGINT and SIGTERM ask for a stop; a second one ends the process at once.
#pragma once

#include <atomic>

namespace homeward::cli {

/// From now on SIGINT and SIGTERM set stop_flag() instead of ending the process. Safe to call more than once.
/// The second signal has its default effect, so a command that does not get to its next block can still be ended.
void catch_stop_signals();

/// True once a stop was asked for. A search finishes its block, keeps what is done and leaves with exit code 5.
const std::atomic<bool>& stop_flag();

/// The same from inside: a time limit has passed.
void request_stop();

/// Standard streams that the caller left closed are opened on nothing, so that no data file ever gets number 0, 1 or 2;
/// a write to a closed standard output still fails. Writing to a pipe whose reader is gone gives an error, no signal.
void protect_standard_streams();

/// Is standard output a pipe whose reader is gone (`homeward rank RUN | head`)? Then stopping is no error.
bool output_reader_gone();

}  // namespace homeward::cli
