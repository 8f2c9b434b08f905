#include "report/atomic_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "homeward/error.hpp"

namespace homeward {

AtomicFile::AtomicFile(std::filesystem::path path) : path_(std::move(path)), temporary_(path_) {
  temporary_ += ".tmp-" + std::to_string(::getpid());
  const int fd = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd == -1) fail("create");
  file_ = ::fdopen(fd, "wb");
  if (file_ == nullptr) {
    ::close(fd);
    fail("create");
  }
}

AtomicFile::~AtomicFile() {
  if (file_ == nullptr) return;
  std::fclose(file_);
  ::unlink(temporary_.c_str());
}

void AtomicFile::fail(const char* action) const {
  throw Error(ErrorKind::failure, std::string("cannot ") + action + " " + path_.string() + ": " + std::strerror(errno));
}

void AtomicFile::write(std::string_view text) {
  hash_.add_bytes(text.data(), text.size());
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail("write");
}

std::string AtomicFile::commit() {
  if (std::fflush(file_) != 0 || ::fsync(::fileno(file_)) != 0) fail("write");
  std::FILE* closing = std::exchange(file_, nullptr);
  if (std::fclose(closing) != 0 || ::rename(temporary_.c_str(), path_.c_str()) != 0) {
    const int reason = errno;
    ::unlink(temporary_.c_str());
    errno = reason;
    fail("write");
  }
  // The new name must survive a power cut too.
  const std::filesystem::path folder = path_.has_parent_path() ? path_.parent_path() : ".";
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd == -1) fail("make sure of");
  const bool synced = ::fsync(fd) == 0;
  ::close(fd);
  if (!synced) fail("make sure of");
  return hash_.hex();
}

}  // namespace homeward
