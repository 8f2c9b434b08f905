#include "base/sha256.hpp"

#include <openssl/evp.h>

#include <array>
#include <bit>
#include <cstdio>
#include <vector>

#include "homeward/error.hpp"

namespace homeward {

namespace {

void require(bool done) {
  if (!done) throw Error(ErrorKind::failure, "libcrypto cannot compute SHA-256 on this machine");
}

}  // namespace

/// libcrypto uses the processor's SHA instructions where there are any.
struct Sha256::State {
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  require(state_->context && EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) == 1);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;

void Sha256::restart() { require(EVP_DigestInit_ex(state_->context.get(), nullptr, nullptr) == 1); }

void Sha256::add_bytes(const void* data, std::size_t size) { require(EVP_DigestUpdate(state_->context.get(), data, size) == 1); }

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

std::array<unsigned char, 32> Sha256::digest() {
  std::array<unsigned char, 32> digest{};
  require(EVP_DigestFinal_ex(state_->context.get(), digest.data(), nullptr) == 1);
  return digest;
}

std::string Sha256::hex() {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : digest()) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
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
