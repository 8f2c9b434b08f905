#include "base/sha256.hpp"

#include <sodium.h>

#include <array>
#include <bit>
#include <cstdio>
#include <vector>

#include "homeward/error.hpp"

namespace homeward {

struct Sha256::State {
  crypto_hash_sha256_state sodium;
};

Sha256::Sha256() : state_(std::make_unique<State>()) { crypto_hash_sha256_init(&state_->sodium); }
Sha256::~Sha256() = default;

void Sha256::add_bytes(const void* data, std::size_t size) {
  crypto_hash_sha256_update(&state_->sodium, static_cast<const unsigned char*>(data), size);
}

void Sha256::add_text(std::string_view text) {
  add_number(text.size());
  add_bytes(text.data(), text.size());
}

void Sha256::add_number(std::uint64_t value) {
  std::array<unsigned char, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<unsigned char>(value >> (8 * i));
  add_bytes(bytes.data(), bytes.size());
}

void Sha256::add_real(double value) { add_number(std::bit_cast<std::uint64_t>(value == 0.0 ? 0.0 : value)); }

std::string Sha256::hex() {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256_final(&state_->sodium, digest.data());
  std::array<char, 2 * crypto_hash_sha256_BYTES + 1> text{};
  sodium_bin2hex(text.data(), text.size(), digest.data(), digest.size());
  return text.data();
}

std::string sha256_of_file(const std::filesystem::path& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) throw Error(ErrorKind::input, "cannot read " + path.string());
  Sha256 hash;
  std::vector<unsigned char> buffer(1U << 20U);
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), file.get())) hash.add_bytes(buffer.data(), n);
  if (std::ferror(file.get()) != 0) throw Error(ErrorKind::input, "cannot read " + path.string() + " to its end");
  return hash.hex();
}

}  // namespace homeward
