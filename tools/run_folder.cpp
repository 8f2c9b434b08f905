#include "run_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

#include "base/text.hpp"
#include "homeward/error.hpp"

namespace homeward::cli {

namespace fs = std::filesystem;

bool is_run_folder(const fs::path& path) { return fs::is_regular_file(path / "run.json"); }

namespace {

/// What AtomicFile and the external sort leave when the process is killed.
bool is_temporary(const std::string& name) {
  return name.find(".tmp-") != std::string::npos || (name.starts_with(".sort-") && name.ends_with(".tmp"));
}

/// Nothing but such rests, or a run that was to become this one: a process was killed before it wrote run.json.
bool holds_only_rests(const fs::path& out) {
  for (const fs::directory_entry& entry : fs::directory_iterator(out))
    if (const std::string name = entry.path().filename().string(); !is_temporary(name) && name != kJoiningFolder) return false;
  return true;
}

}  // namespace

void check_folder(const fs::path& out, bool force) {
  if (!fs::exists(out)) return;
  if (!fs::is_directory(out)) throw Error(ErrorKind::usage, out.string() + " exists and is no folder; choose another --out");
  if (holds_only_rests(out)) return;
  if (!is_run_folder(out)) throw Error(ErrorKind::usage, out.string() + " exists, is not empty and is no run folder; choose another --out");
  if (!force)
    throw Error(
        ErrorKind::usage,
        out.string() + " is a run already; choose another --out, overwrite it with --force, or go on with a stopped one with --resume");
}

void make_folder(const fs::path& out) {
  std::error_code failure;
  fs::create_directories(out, failure);
  if (failure) throw Error(ErrorKind::failure, "cannot create " + escaped(out.string()) + ": " + failure.message());
  if (::chmod(out.c_str(), 0700) != 0) throw Error(ErrorKind::failure, "cannot set the mode of " + escaped(out.string()));
}

static void clear_temporaries(const fs::path& out) {
  for (const fs::path& folder : {out, out / kCheckpointFolder}) {
    if (!fs::is_directory(folder)) continue;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder))
      if (is_temporary(entry.path().filename().string())) fs::remove(entry.path());
  }
}

void clear_folder(const fs::path& out, Keep keep) {
  clear_temporaries(out);
  if (keep == Keep::nothing) fs::remove_all(out / kCheckpointFolder);
  // run.json goes last: a folder half cleared still says what it is.
  for (const std::string name : kRunFiles)
    if (name != "run.json" || keep == Keep::nothing) fs::remove(out / name);
}

void move_run(const fs::path& from, const fs::path& to) {
  fs::remove(to / "report.html");
  for (const char* name : kRunFiles)
    if (fs::exists(from / name)) fs::rename(from / name, to / name);
  fs::remove_all(from);
}

RunLock::RunLock(const fs::path& folder) : descriptor_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (descriptor_ < 0 || ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
  ::close(descriptor_);
  throw Error(ErrorKind::failure, "another process is working in " + escaped(folder.string()) + "; wait for it or choose another --out");
}

RunLock::~RunLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
                     parts.tm_min, parts.tm_sec);
}

}  // namespace homeward::cli
