// The commit protocol: one writer, a temporary file beside the target, fsync, rename, fsync of the folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace homeward::storage {

/// The write lock of a store, held while this object lives: an open-file-description lock on `STORE.lock`, which names its
/// holder. It vanishes with the process, however that ends. Throws Error(store) naming the holder when it is taken.
class WriteLock {
 public:
  explicit WriteLock(const std::filesystem::path& store);
  ~WriteLock();
  WriteLock(const WriteLock&) = delete;
  WriteLock& operator=(const WriteLock&) = delete;

 private:
  int descriptor_ = -1;
};

/// Removes `FILE.tmp-*` left by a writer that was killed. Only while the lock is held, or for files nobody else writes.
void remove_stale_temporaries(const std::filesystem::path& file);

/// Throws Error(failure) unless the folder has at least twice `bytes` to spare.
void require_free_space(const std::filesystem::path& folder, std::uint64_t bytes);

/// Replaces `target` by what `write` puts into a temporary file of mode 0600 in the same folder, all or nothing:
/// write, fsync, rename, fsync of the folder. `write` closes what it opens and throws when anything fails; the target is
/// then what it was. Throws Error(failure); an fsync error is final. Only when the folder cannot be flushed after the
/// rename is the outcome unknown: the error says so and ends with `advice`.
void replace_file(const std::filesystem::path& target, const std::function<void(const std::filesystem::path& temporary)>& write,
                  const std::string& advice);

/// 128 random bits as a version-4 UUID.
std::string random_uuid();

/// The file behind symbolic links, so that a rename replaces the file and not the link.
std::filesystem::path resolved(const std::filesystem::path& path);

}  // namespace homeward::storage
