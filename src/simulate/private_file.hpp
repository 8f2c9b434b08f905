// Files only their owner can read, whole or absent.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace homeward {

/// Writes beside the target under a temporary name (0600); commit() flushes, fsyncs, renames over the target and fsyncs
/// the folder. Without commit() the temporary file is removed and the target is as it was. Throws Error(failure).
class PrivateFile {
 public:
  explicit PrivateFile(std::filesystem::path target);
  ~PrivateFile();
  PrivateFile(const PrivateFile&) = delete;
  PrivateFile& operator=(const PrivateFile&) = delete;
  void write(std::string_view bytes);
  void commit();

 private:
  std::filesystem::path target_, temporary_;
  int descriptor_ = -1;
};

/// The same in one call.
void write_private_file(const std::filesystem::path& target, std::string_view bytes);

}  // namespace homeward
