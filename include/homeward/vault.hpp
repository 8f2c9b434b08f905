// The vault: people's names, telephones, addresses and free text, sealed, beside a store that has none of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "homeward/registry.hpp"

namespace homeward {

/// What opens a vault: a key file (64 hexadecimal digits of random bytes), or a passphrase.
struct VaultKey {
  std::filesystem::path key_file;  ///< empty = the passphrase
  std::string passphrase;
  /// What a new vault's passphrase costs to try, in time and memory of Argon2id: about 0.7 s and 256 MB, or 0.1 s and 64 MB.
  enum class Cost : std::uint8_t { moderate, interactive } cost = Cost::moderate;
};

/// Makes a key file of 32 random bytes (0600). Throws Error(failure) when it exists or cannot be written.
void create_key_file(const std::filesystem::path& path);

/// A random id for a registration: `R` and 14 letters or digits (70 bits).
std::string random_registration_id();

/// An entry: the id of a registration, the first 16 digits of the digest of the file it came from, the site, and its PersonalFields.
struct VaultEntry {
  std::string id, file_digest, site;
  std::string fields;
};
using VaultSink = std::function<void(const VaultEntry&)>;

/// One sealed file (docs/FORMATS.md, "Vault"): a random data key wrapped by the key that Argon2id derives from the passphrase, or by the
/// key file's; then all entries as one XChaCha20-Poly1305 stream in pieces, so that a changed, reordered or shortened file is noticed.
/// Never edited: every change writes a new file beside it under a new stream key and renames it into place. Entries are streamed, 256 KiB
/// at a time. Not thread-safe. Key material is wiped when the object goes.
class Vault {
 public:
  /// An empty vault in memory for the store `store_uuid`; the file appears with the first rewrite(). Throws Error(usage) for an empty
  /// passphrase.
  static Vault create(const std::filesystem::path& path, const VaultKey& key, const std::string& store_uuid);
  /// Throws Error(store) when the file is missing, no vault, damaged, or the key is not its key.
  static Vault open(const std::filesystem::path& path, const VaultKey& key);
  Vault(Vault&&) noexcept;
  ~Vault();

  const std::string& store_uuid() const;
  void bind(const std::string& store_uuid);  ///< of a vault that is not on disk yet
  bool on_disk() const;

  /// Keyed hash of a text (BLAKE2b, 64 bits): equal texts, equal hashes, and without the key nobody can try texts.
  std::uint64_t hash(std::string_view text) const;

  /// Every entry in order. Throws Error(store) when the file was changed or cut.
  void for_each(const VaultSink& use) const;

  /// Writes a new file: the old entries that `keep` accepts, then those that `add_new` hands to its sink. Throws Error(failure); then the
  /// old file stands.
  void rewrite(const std::function<bool(const VaultEntry&)>& keep, const std::function<void(const VaultSink&)>& add_new);

 private:
  struct Impl;
  explicit Vault(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace homeward
