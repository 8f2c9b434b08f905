// The log: tab-separated lines `number time actor command subject detail hash`.
#include "homeward/audit.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "homeward/error.hpp"

namespace homeward {

namespace {

constexpr std::string_view kHeader = "number\ttime\tactor\tcommand\tsubject\tdetail\thash\n";

std::string hash_of(const AuditLine& line, const std::string& previous) {
  Sha256 digest;
  digest.add_text(previous);
  digest.add_number(line.number);
  for (const std::string* part : {&line.time, &line.actor, &line.command, &line.subject, &line.detail}) digest.add_text(*part);
  return digest.hex();
}

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& path) {
  throw Error(ErrorKind::failure, "cannot " + what + " the log " + escaped(path.string()) + ": " + std::generic_category().message(errno));
}

/// The log's descriptor, locked against other writers until it closes.
class LockedLog {
 public:
  explicit LockedLog(const std::filesystem::path& path)
      : path_(path), id_(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600)) {
    if (id_ < 0) fail("open", path);
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    if (::fcntl(id_, F_OFD_SETLKW, &lock) != 0) {
      ::close(id_);
      fail("lock", path);
    }
  }
  ~LockedLog() { ::close(id_); }
  LockedLog(const LockedLog&) = delete;
  LockedLog& operator=(const LockedLog&) = delete;

  /// All of the text or nothing: a line cut off by a full disk would keep every later act out of the log.
  void append(std::string_view text) {
    const off_t before = ::lseek(id_, 0, SEEK_END);
    if (before < 0) fail("read", path_);
    const auto take_back = [&](const char* what) {
      const int reason = errno;
      const bool whole = ::ftruncate(id_, before) == 0;
      errno = reason;
      fail(whole ? what : "write or mend", path_);
    };
    while (!text.empty()) {
      const ssize_t n = ::write(id_, text.data(), text.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) take_back("write");
      text.remove_prefix(static_cast<std::size_t>(n));
    }
    if (::fsync(id_) != 0) take_back("flush");
  }

  /// The end of the file, enough for its last line.
  std::string tail() const {
    constexpr off_t kTail = 8192;
    const off_t size = ::lseek(id_, 0, SEEK_END);
    if (size < 0) fail("read", path_);
    std::string text(static_cast<std::size_t>(std::min(size, kTail)), '\0');
    if (::pread(id_, text.data(), text.size(), size - static_cast<off_t>(text.size())) != static_cast<ssize_t>(text.size()))
      fail("read", path_);
    return text;
  }

 private:
  std::filesystem::path path_;
  int id_;
};

std::string text_of(const AuditLine& line) {
  return std::to_string(line.number) + '\t' + line.time + '\t' + line.actor + '\t' + line.command + '\t' + line.subject + '\t' +
         line.detail + '\t' + line.hash + '\n';
}

bool parse_line(std::string_view text, AuditLine& line) {
  const std::vector<std::string_view> cells = split(text, '\t');
  if (cells.size() != 7) return false;
  const auto number = parse_integer(cells[0]);
  if (!number || *number < 1) return false;
  line = {static_cast<std::uint64_t>(*number),
          std::string(cells[1]),
          std::string(cells[2]),
          std::string(cells[3]),
          std::string(cells[4]),
          std::string(cells[5]),
          std::string(cells[6])};
  return true;
}

}  // namespace

std::string audit_subject(std::string_view store_uuid, std::string_view id) {
  Sha256 digest;
  digest.add_text(store_uuid);
  digest.add_text(id);
  return digest.hex().substr(0, 16);
}

std::filesystem::path audit_path(const std::filesystem::path& store) { return store.string() + ".audit"; }

void append_audit(const std::filesystem::path& path, AuditLine line) {
  LockedLog log(path);
  std::string tail = log.tail(), previous;
  line.number = 1;
  if (!tail.empty()) {
    const bool whole = tail.back() == '\n';
    tail.pop_back();
    const std::size_t begin = tail.rfind('\n');
    AuditLine last;
    if (!whole || (begin != std::string::npos && !parse_line(std::string_view(tail).substr(begin + 1), last)))
      throw Error(ErrorKind::failure,
                  escaped(path.string()) +
                      ": the log's last line is damaged; look at it with `homeward audit`, keep a copy, then take the unfinished line out");
    if (begin != std::string::npos) {
      previous = last.hash;
      line.number = last.number + 1;
    }
  }
  for (std::string* part : {&line.time, &line.actor, &line.command, &line.subject, &line.detail}) {
    *part = escaped(*part);
    if (part->empty()) *part = ".";
  }
  line.hash = hash_of(line, previous);
  log.append((line.number == 1 && tail.empty() ? std::string(kHeader) : std::string()) + text_of(line));
}

AuditCheck check_audit(const std::filesystem::path& path) {
  AuditCheck check;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return check;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw Error(ErrorKind::input, escaped(path.string()) + ": the log cannot be read");
  std::string text;
  std::uint64_t file_line = 0;
  const auto defect = [&](const char* what) {
    check.defect_line = file_line;
    check.defect = what;
  };
  while (check.defect.empty() && std::getline(stream, text)) {
    ++file_line;
    if (file_line == 1) {
      if (text + '\n' != kHeader) defect("the first line is not the header");
      continue;
    }
    AuditLine line;
    if (!parse_line(text, line))
      defect("not seven fields");
    else if (line.number != check.lines.size() + 1)
      defect("its number does not follow the line before: a line is missing or was added");
    else if (line.hash != hash_of(line, check.head))
      defect("its hash is not that of its words and the line before: it was changed, or the line before was");
    else if (stream.eof())
      defect("the last line has no end: it was cut");
    if (!check.defect.empty()) break;
    check.head = line.hash;
    check.lines.push_back(std::move(line));
  }
  return check;
}

}  // namespace homeward
