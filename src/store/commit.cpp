#include "store/commit.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "base/text.hpp"
#include "homeward/error.hpp"

namespace homeward::storage {

namespace {

[[noreturn]] void fail(const std::string& action, const std::filesystem::path& path, int error) {
  throw Error(ErrorKind::failure, "cannot " + action + ' ' + path.string() + ": " + std::generic_category().message(error));
}

/// An owned file descriptor.
class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags, const std::string& action) : id_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
    if (id_ < 0) fail(action, path, errno);
  }
  ~Descriptor() { ::close(id_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int id() const { return id_; }

 private:
  int id_;
};

std::filesystem::path folder_of(const std::filesystem::path& path) { return path.has_parent_path() ? path.parent_path() : "."; }

std::string holder_text(int descriptor) {
  std::array<char, 200> text{};
  const ssize_t n = ::pread(descriptor, text.data(), text.size(), 0);
  return n <= 0 ? "another process" : escaped(trim({text.data(), static_cast<std::size_t>(n)}));
}

void sync_file(const std::filesystem::path& path) {
  const Descriptor file(path, O_RDONLY, "open");
  if (::fsync(file.id()) != 0) fail("flush to disk", path, errno);
}

/// Unlinks a file unless it was renamed away.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::filesystem::path& target) : path_(target.string() + ".tmp-" + random_uuid().substr(0, 8)) {
    const Descriptor created(path_, O_CREAT | O_EXCL | O_RDWR, "create");
    if (::fchmod(created.id(), 0600) != 0) fail("set the permissions of", path_, errno);
  }
  ~TemporaryFile() {
    if (!renamed_) ::unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::filesystem::path& path() const { return path_; }
  void rename_to(const std::filesystem::path& target) {
    if (::rename(path_.c_str(), target.c_str()) != 0) fail("rename the new file to", target, errno);
    renamed_ = true;
  }

 private:
  std::filesystem::path path_;
  bool renamed_ = false;
};

}  // namespace

WriteLock::WriteLock(const std::filesystem::path& store) {
  const std::filesystem::path path = store.string() + ".lock";
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor_ < 0) fail("open the lock file", path, errno);
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (::fcntl(descriptor_, F_OFD_SETLK, &lock) != 0) {
    const int error = errno;
    const std::string holder = holder_text(descriptor_);
    ::close(descriptor_);
    if (error != EAGAIN && error != EACCES) fail("lock", path, error);
    throw Error(ErrorKind::store, store.string() + ": the store is locked by " + holder + "; wait until it has finished");
  }
  std::array<char, 65> host{};
  ::gethostname(host.data(), host.size() - 1);
  const std::string holder = fmt::format("process {} on {}\n", ::getpid(), host.data());
  // The name is a courtesy to whoever has to wait; the lock holds without it.
  if (::ftruncate(descriptor_, 0) != 0 || ::pwrite(descriptor_, holder.data(), holder.size(), 0) < 0) return;
}

WriteLock::~WriteLock() { ::close(descriptor_); }

void remove_stale_temporaries(const std::filesystem::path& file) {
  const std::string prefix = file.filename().string() + ".tmp-";
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder_of(file), ignored))
    if (entry.path().filename().string().rfind(prefix, 0) == 0 && entry.is_regular_file(ignored))
      std::filesystem::remove(entry.path(), ignored);
}

void require_free_space(const std::filesystem::path& folder, std::uint64_t bytes) {
  struct statvfs space {};
  const std::filesystem::path place = folder.empty() ? "." : folder;
  if (::statvfs(place.c_str(), &space) != 0) fail("find the free space of", place, errno);
  const std::uint64_t free_bytes = static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize;
  if (free_bytes / 2 < bytes)
    throw Error(ErrorKind::failure,
                fmt::format("not enough room in {}: {} MB free, {} MB needed to write the new file beside the old one; nothing was changed",
                            place.string(), free_bytes >> 20U, (2 * bytes >> 20U) + 1));
}

void replace_file(const std::filesystem::path& target, const std::function<void(const std::filesystem::path&)>& write,
                  const std::string& advice) {
  const std::filesystem::path folder = folder_of(target);
  const Descriptor folder_descriptor(folder, O_RDONLY | O_DIRECTORY, "open the folder");
  TemporaryFile temporary(target);
  write(temporary.path());
  sync_file(temporary.path());
  temporary.rename_to(target);
  if (::fsync(folder_descriptor.id()) != 0)
    throw Error(ErrorKind::failure, target.string() +
                                        ": outcome unknown: the new file is in place, but its folder could not be flushed to disk (" +
                                        std::generic_category().message(errno) + "); " + advice);
}

std::string random_uuid() {
  std::array<unsigned char, 16> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw Error(ErrorKind::failure, "the system gives no random bytes");
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | 0x40U);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", bytes[i]);
  }
  return text;
}

std::filesystem::path resolved(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::path real = std::filesystem::weakly_canonical(path, error);
  return error ? path : real;
}

}  // namespace homeward::storage
