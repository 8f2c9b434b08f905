#include "simulate/private_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "homeward/error.hpp"

namespace homeward {

namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const char* doing) {
  throw Error(ErrorKind::failure, "cannot " + std::string(doing) + " " + path.string() + ": " + std::strerror(errno));
}

void sync_folder(const std::filesystem::path& target) {
  const std::filesystem::path folder = target.has_parent_path() ? target.parent_path() : std::filesystem::path(".");
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) fail(folder, "open");
  const int result = ::fsync(descriptor);
  ::close(descriptor);
  if (result != 0) fail(folder, "flush");
}

}  // namespace

PrivateFile::PrivateFile(std::filesystem::path target) : target_(std::move(target)) {
  temporary_ = target_;
  temporary_.replace_filename("." + target_.filename().string() + ".tmp-" + std::to_string(::getpid()));
  descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor_ < 0) fail(temporary_, "create");
}

PrivateFile::~PrivateFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void PrivateFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(temporary_, "write");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void PrivateFile::commit() {
  if (::fsync(descriptor_) != 0) fail(temporary_, "flush");
  const int closed = ::close(std::exchange(descriptor_, -1));
  if (closed != 0) fail(temporary_, "close");
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail(target_, "rename to");
  temporary_.clear();
  sync_folder(target_);
}

void write_private_file(const std::filesystem::path& target, std::string_view bytes) {
  PrivateFile file(target);
  file.write(bytes);
  file.commit();
}

}  // namespace homeward
