// Files that only their owner can read, and that appear whole or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/sha256.hpp"

namespace homeward {

/// Writes `path` through a temporary file beside it (0600): commit() fsyncs, renames over `path` and fsyncs the folder.
/// Without commit() the temporary file is removed and `path` is as it was. A path that exists and is no regular file
/// (a terminal, a pipe, /dev/null) is written to directly: a rename would put a file in its place. A symbolic link is
/// replaced, not followed. Throws Error(failure) naming the path. Not thread-safe.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  void write(std::string_view bytes);
  /// @return SHA-256 of the bytes written, hex.
  std::string commit();

 private:
  [[noreturn]] void fail(const char* action) const;
  void flush();
  void put(std::string_view bytes);
  std::filesystem::path path_, temporary_;  ///< temporary_ is empty when `path` itself is written to
  int descriptor_ = -1;
  std::string buffer_;
  std::size_t not_on_disk_ = 0;  ///< bytes written since the disk was last asked to start on them
  Sha256 hash_;
};

/// The same in one call.
void write_atomic_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace homeward
