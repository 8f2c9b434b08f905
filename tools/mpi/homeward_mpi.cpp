// `mpirun homeward-mpi match ...`: the same program on several machines. Every rank opens the store read-only and makes the same
// slices; rank 0 hands them out and makes the run folder, the others scan. Whatever fails, fails the job as a whole: the
// checkpoint says what was done, and --resume goes on, with or without MPI.
#include <mpi.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <iostream>
#include <map>
#include <sstream>

#include "checkpoint.hpp"
#include "command_line.hpp"
#include "hit_bytes.hpp"
#include "homeward/error.hpp"
#include "match_run.hpp"
#include "signals.hpp"

namespace {

using namespace homeward;
using namespace homeward::cli;

/// Messages. request: a helper is idle. task: slices to scan, none = go home. hits, then finished: a batch of slices that is whole.
enum Tag : int { request = 1, task = 2, hits = 3, finished = 4 };
constexpr int kLeader = 0;
constexpr std::size_t kMessageHits = 1U << 19U;  // 13 MB a message

struct Message {
  int from = 0, tag = 0;
  std::string bytes;
};

void send(int to, Tag tag, std::string_view bytes) {
  MPI_Send(bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE, to, tag, MPI_COMM_WORLD);
}

void send_range(int to, Tag tag, SliceRange range) {
  char bytes[sizeof range];
  std::memcpy(bytes, &range, sizeof range);
  send(to, tag, {bytes, sizeof bytes});
}

SliceRange range_of(std::string_view bytes) {
  SliceRange range;
  if (bytes.size() < sizeof range) throw Error(ErrorKind::internal, "a message of another length than was sent");
  std::memcpy(&range, bytes.data(), sizeof range);
  return range;
}

Message receive(int from) {
  MPI_Status status;
  MPI_Probe(from, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
  int size = 0;
  MPI_Get_count(&status, MPI_BYTE, &size);
  Message message{status.MPI_SOURCE, status.MPI_TAG, std::string(static_cast<std::size_t>(size), '\0')};
  MPI_Recv(message.bytes.data(), size, MPI_BYTE, message.from, message.tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  return message;
}

/// Is there a message to receive? Sleeps rather than spins: the leader shares its machine with a helper.
bool message_waits() {
  int waits = 0;
  MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &waits, MPI_STATUS_IGNORE);
  if (waits == 0) ::usleep(200);
  return waits != 0;
}

/// Sends what a helper finds, batch by batch.
class ToLeader final : public ScanObserver {
 public:
  void found(std::span<const Hit> found) override {
    append_hit_bytes(bytes_, found);
    if (bytes_.size() >= kMessageHits * kHitBytes) flush();
  }
  void finished(SliceRange range, const ScanCounts& counts) override {
    flush();
    std::string bytes(sizeof range, '\0');
    std::memcpy(bytes.data(), &range, sizeof range);
    send(kLeader, Tag::finished, bytes + to_text(counts));
  }

 private:
  void flush() {
    if (!bytes_.empty()) send(kLeader, Tag::hits, bytes_);
    bytes_.clear();
  }
  std::string bytes_;
};

class Ranks final : public SliceScanner {
 public:
  Ranks() {
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &n_ranks_);
  }
  bool leads() const override { return rank_ == kLeader; }
  bool scan(SearchSession& session, const std::vector<SliceRange>& ranges, ScanObserver& observer) override;
  void help(SearchSession& session) override;
  /// Once a command has ended, whatever its way: the leader sends home who still waits, a helper waits to be sent home.
  void go_home() {
    if (!leads() && n_home_ == 0) help_with_nothing();
    while (leads() && n_home_ + 1 < n_ranks_) {
      const Message message = receive(MPI_ANY_SOURCE);
      if (message.tag == Tag::request) send_home(message.from);
    }
  }

 private:
  SliceRange next_task(std::vector<SliceRange>& left) const;
  void take(const Message& message, SearchSession& session, ScanObserver& observer);
  void help_with_nothing() {
    send(kLeader, Tag::request, {});
    receive(kLeader);
  }
  void send_home(int helper) {
    send_range(helper, Tag::task, {});
    ++n_home_;
  }

  int rank_ = 0, n_ranks_ = 1;
  int n_home_ = 0;                    ///< helpers that were sent home; of a helper, whether it was
  std::uint64_t n_slices_ = 0;        ///< that came back finished
  std::map<int, std::string> found_;  ///< by helper: hits of its unfinished batch
};

/// Large tasks first, small ones last, so that all helpers end together: the slices are of equal cost.
SliceRange Ranks::next_task(std::vector<SliceRange>& left) const {
  std::uint32_t n = 0;
  for (const SliceRange& range : left) n += range.end - range.first;
  if (n == 0) return {};
  while (left.front().first == left.front().end) left.erase(left.begin());
  SliceRange& front = left.front();
  const std::uint32_t share = std::clamp(n / (4 * static_cast<std::uint32_t>(n_ranks_ - 1)), 1U, 64U);
  const SliceRange next{front.first, std::min(front.end, front.first + share)};
  front.first = next.end;
  return next;
}

void Ranks::take(const Message& message, SearchSession& session, ScanObserver& observer) {
  std::string& bytes = found_[message.from];
  if (message.tag == Tag::hits) {
    bytes += message.bytes;
    return;
  }
  const std::vector<Hit> found = hits_of_bytes(bytes);
  bytes.clear();
  const SliceRange range = range_of(message.bytes);
  const ScanCounts counts = scan_counts_of(std::string_view(message.bytes).substr(sizeof range));
  n_slices_ += range.end - range.first;
  session.add_found(found);
  session.add_counts(counts);
  observer.found(found);
  observer.finished(range, counts);
}

bool Ranks::scan(SearchSession& session, const std::vector<SliceRange>& ranges, ScanObserver& observer) {
  if (n_ranks_ == 1) {
    for (const SliceRange& range : ranges)
      if (!session.scan(range, SearchSession::Finds::kept, &observer)) return false;
    return true;
  }
  std::vector<SliceRange> left = ranges;
  std::uint64_t wanted = 0;
  for (const SliceRange& range : ranges) wanted += range.end - range.first;
  bool stopped = false;
  // Everybody is sent home in the end, so every task that was handed out has come back.
  while (n_home_ + 1 < n_ranks_) {
    if (!message_waits()) continue;
    const Message message = receive(MPI_ANY_SOURCE);
    if (message.tag != Tag::request) {
      take(message, session, observer);
      continue;
    }
    const SliceRange next = next_task(left);
    stopped = stopped || (next.first != next.end && stop_flag().load());
    if (stopped || next.first == next.end)
      send_home(message.from);
    else
      send_range(message.from, Tag::task, next);
  }
  if (!stopped && n_slices_ != wanted) throw Error(ErrorKind::internal, "the helpers were sent home before all slices had come back");
  return !stopped;
}

void Ranks::help(SearchSession& session) {
  ToLeader to_leader;
  for (;;) {
    send(kLeader, Tag::request, {});
    const SliceRange next = range_of(receive(kLeader).bytes);
    if (next.first == next.end) break;
    session.scan(next, SearchSession::Finds::handed_over, &to_leader);
  }
  n_home_ = 1;
}

int run(int argc, char** argv) {
  if (argc < 2 || std::string_view(argv[1]) != "match") {
    std::cerr << "homeward-mpi: only `match` runs on several machines: mpirun homeward-mpi match ...; for all else there is homeward\n";
    return static_cast<int>(ErrorKind::usage);
  }
  Ranks ranks;
  std::ostringstream unread;
  // A helper says nothing but what went wrong.
  std::ostream& out = ranks.leads() ? std::cout : static_cast<std::ostream&>(unread);
  const int code = run_main({argv, static_cast<std::size_t>(argc)}, out, std::cerr, &ranks);
  if (!ranks.leads() && code != 0) MPI_Abort(MPI_COMM_WORLD, code);  // a task may be lost with this rank
  ranks.go_home();
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  ::umask(077);
  const rlimit no_core_dump{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core_dump);
  protect_standard_streams();
  std::ios::sync_with_stdio(false);
  int threads = 0;
  // Hits are sent by whichever thread found them, one at a time.
  MPI_Init_thread(&argc, &argv, MPI_THREAD_SERIALIZED, &threads);
  if (threads < MPI_THREAD_SERIALIZED) {
    std::cerr << "homeward-mpi: this MPI library does not work with threads\n";
    MPI_Abort(MPI_COMM_WORLD, static_cast<int>(ErrorKind::failure));
  }
  const int code = run(argc, argv);
  MPI_Finalize();
  return code;
}
