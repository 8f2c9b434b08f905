// A zip archive in memory, read part by part, never extracted to disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace homeward::import {

inline constexpr std::uint64_t kMaxZipEntries = 10'000;
inline constexpr std::uint64_t kMaxZipPartBytes = std::uint64_t{1} << 30U;  ///< of one part, unpacked
inline constexpr std::uint64_t kMaxZipBytes = std::uint64_t{2} << 30U;      ///< unpacked, all parts that were read together
inline constexpr std::uint64_t kMaxZipRatio = 200;                          ///< unpacked to packed, beyond the first MiB

/// The bounds are checked against what is really unpacked, not against what the archive says of itself. Throws Error(input)
/// when the bytes are no archive, are damaged, or go beyond a bound. Not thread-safe.
class ZipArchive {
 public:
  explicit ZipArchive(std::string_view bytes);  ///< the bytes outlive the archive
  ~ZipArchive();
  ZipArchive(const ZipArchive&) = delete;
  ZipArchive& operator=(const ZipArchive&) = delete;
  bool has(const std::string& part) const;
  /// Unpacks a part block by block; false when the archive has no such part. Encrypted parts are refused.
  bool read(const std::string& part, const std::function<void(std::string_view)>& take);

 private:
  struct Memory;
  std::unique_ptr<Memory> memory_;
  void* handle_ = nullptr;
  std::uint64_t unpacked_ = 0;
};

}  // namespace homeward::import
