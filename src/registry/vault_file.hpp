// The layout of a vault (docs/FORMATS.md, "Vault"): header and sealed stream. The only door to libsodium.
#pragma once

#include <sodium.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/atomic_file.hpp"
#include "homeward/vault.hpp"

namespace homeward::registry {

/// Thirty-two secret bytes, wiped when they go.
struct SecretKey {
  std::array<unsigned char, 32> bytes{};
  SecretKey() = default;
  SecretKey(const SecretKey&) = default;
  SecretKey& operator=(const SecretKey&) = default;
  ~SecretKey() { sodium_memzero(bytes.data(), bytes.size()); }
};

/// Starts the library. Throws Error(failure).
void begin_sodium();

enum class KeyKind : std::uint8_t { passphrase = 1, key_file = 2 };

/// The first bytes of a vault, in the clear and bound to the rest.
struct VaultHeader {
  KeyKind kind = KeyKind::key_file;
  std::uint64_t operations = 0, memory = 0;  ///< of Argon2id
  std::array<unsigned char, crypto_pwhash_SALTBYTES> salt{};
  std::array<unsigned char, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES> nonce{};
  std::array<unsigned char, 32 + crypto_aead_xchacha20poly1305_ietf_ABYTES> wrapped{};  ///< the data key
  std::string store_uuid;                                                               ///< 36 characters

  std::string bytes() const;
  static constexpr std::size_t kBytes = 8 + 8 + 8 + 8 + 16 + 24 + 48 + 36;
  static VaultHeader parse(std::string_view bytes);  ///< throws Error(store) when it is none
};

/// The key that wraps the data key. Argon2id takes 256 MB and about a second.
SecretKey wrapping_key(const VaultKey& key, const VaultHeader& header);
void wrap(VaultHeader& header, const SecretKey& data_key, const SecretKey& wrapping);
/// Throws Error(store): wrong key, or the header was changed.
SecretKey unwrap(const VaultHeader& header, const SecretKey& wrapping, const std::filesystem::path& path);

/// Seals texts into a file, in pieces.
class SealedWriter {
 public:
  SealedWriter(AtomicFile& file, const VaultHeader& header, const SecretKey& key);
  void add(const VaultEntry& entry);
  void finish();

 private:
  void push(bool last);
  AtomicFile& file_;
  std::string header_bytes_;
  crypto_secretstream_xchacha20poly1305_state state_{};
  std::string piece_;
  std::vector<unsigned char> sealed_;
};

/// Opens the pieces of a file one after another.
class SealedReader {
 public:
  SealedReader(const std::filesystem::path& path, const VaultHeader& header, const SecretKey& key);
  ~SealedReader() { sodium_memzero(&state_, sizeof state_); }
  bool next(VaultEntry& entry);

 private:
  bool pull();
  [[noreturn]] void damaged() const;
  std::filesystem::path path_;
  std::ifstream stream_;
  std::string header_bytes_;
  crypto_secretstream_xchacha20poly1305_state state_{};
  std::string piece_;
  std::size_t at_ = 0;
  bool last_ = false;
};

}  // namespace homeward::registry
