// A text file that appears whole or not at all.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/sha256.hpp"

namespace homeward {

/// Writes `path` through a temporary file beside it: commit() flushes, fsyncs, renames and fsyncs the folder. Without
/// commit() the temporary file is removed. Mode 0600. Throws Error(failure) naming the file.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  void write(std::string_view text);
  /// @return SHA-256 of the bytes written.
  std::string commit();

 private:
  [[noreturn]] void fail(const char* action) const;
  std::filesystem::path path_, temporary_;
  std::FILE* file_ = nullptr;
  Sha256 hash_;
};

}  // namespace homeward
