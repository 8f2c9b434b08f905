#include "base/atomic_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/text.hpp"
#include "homeward/error.hpp"

namespace homeward {

namespace {

constexpr std::size_t kBufferBytes = 1U << 16U;
constexpr std::size_t kWriteBackBytes = 16U << 20U;

bool special(const std::filesystem::path& path) {
  std::error_code unknown;
  const std::filesystem::file_status target = std::filesystem::status(path, unknown);
  return std::filesystem::is_character_file(target) || std::filesystem::is_fifo(target) || std::filesystem::is_socket(target) ||
         std::filesystem::is_block_file(target);
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path path) : path_(std::move(path)) {
  if (special(path_)) {
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
  } else {
    temporary_ = path_;
    temporary_ += ".tmp-" + std::to_string(::getpid());
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  }
  if (descriptor_ < 0) {
    temporary_.clear();
    fail("create");
  }
  buffer_.reserve(kBufferBytes);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::fail(const char* action) const {
  throw Error(ErrorKind::failure, std::string("cannot ") + action + " " + escaped(path_.string()) + ": " + std::strerror(errno));
}

void AtomicFile::put(std::string_view rest) {
  while (!rest.empty()) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write");
    rest.remove_prefix(static_cast<std::size_t>(written));
    not_on_disk_ += static_cast<std::size_t>(written);
  }
#ifdef __linux__
  // Lets the disk start on what there is, so that the fsync of commit() has little left to wait for. Only a hint.
  if (not_on_disk_ >= kWriteBackBytes && !temporary_.empty()) {
    ::sync_file_range(descriptor_, 0, 0, SYNC_FILE_RANGE_WRITE);
    not_on_disk_ = 0;
  }
#endif
}

void AtomicFile::flush() {
  put(buffer_);
  buffer_.clear();
}

void AtomicFile::write(std::string_view bytes) {
  hash_.add_bytes(bytes.data(), bytes.size());
  if (buffer_.size() + bytes.size() > kBufferBytes) flush();
  if (bytes.size() >= kBufferBytes)
    put(bytes);
  else
    buffer_ += bytes;
}

std::string AtomicFile::commit() {
  flush();
  if (!temporary_.empty() && ::fsync(descriptor_) != 0) fail("write");
  if (::close(std::exchange(descriptor_, -1)) != 0) fail("write");
  if (temporary_.empty()) return hash_.hex();
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail("write");
  temporary_.clear();
  // The new name must survive a power cut too.
  const std::filesystem::path folder = path_.has_parent_path() ? path_.parent_path() : ".";
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) fail("make sure of");
  const bool synced = ::fsync(opened) == 0;
  ::close(opened);
  if (!synced) fail("make sure of");
  return hash_.hex();
}

void write_atomic_file(const std::filesystem::path& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace homeward
