// SHA-256 of mixed values, for digests. Texts and numbers are framed, so ("ab","c") and ("a","bc") differ.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace homeward {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void add_bytes(const void* data, std::size_t size);
  void add_text(std::string_view text);    ///< length, then bytes
  void add_number(std::uint64_t value);    ///< eight bytes, little-endian
  void add_real(double value);             ///< its IEEE bit pattern; -0.0 counts as 0.0
  std::string hex();                       ///< finishes; 64 lower-case hex digits
  std::array<unsigned char, 32> digest();  ///< finishes
  void restart();                          ///< as if newly made; cheaper

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Digest of a file's bytes. Throws Error(input) when it cannot be read.
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace homeward
