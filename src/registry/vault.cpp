#include "homeward/vault.hpp"

#include "base/text.hpp"
#include "homeward/error.hpp"
#include "registry/vault_file.hpp"

namespace homeward {

using namespace registry;

struct Vault::Impl {
  std::filesystem::path path;
  VaultHeader header;
  SecretKey data_key, wrapping, hash_key;
  bool on_disk = false;

  void derive_hash_key() { crypto_kdf_derive_from_key(hash_key.bytes.data(), hash_key.bytes.size(), 1, "hw-hash ", data_key.bytes.data()); }
};

Vault::Vault(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Vault::Vault(Vault&&) noexcept = default;
Vault::~Vault() = default;

void create_key_file(const std::filesystem::path& path) {
  begin_sodium();
  if (std::filesystem::exists(std::filesystem::symlink_status(path)))
    throw Error(ErrorKind::failure, escaped(path.string()) + ": exists; a key file is never overwritten");
  SecretKey key;
  randombytes_buf(key.bytes.data(), key.bytes.size());
  std::string text(65, '\0');
  sodium_bin2hex(text.data(), text.size(), key.bytes.data(), key.bytes.size());
  text.back() = '\n';
  write_atomic_file(path, text);
  sodium_memzero(text.data(), text.size());
}

std::string random_registration_id() {
  constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford: nothing to mistake
  std::array<unsigned char, 14> bytes{};
  begin_sodium();
  randombytes_buf(bytes.data(), bytes.size());
  std::string id = "R";
  for (const unsigned char byte : bytes) id += kAlphabet[byte & 31U];
  return id;
}

Vault Vault::create(const std::filesystem::path& path, const VaultKey& key, const std::string& store_uuid) {
  begin_sodium();
  constexpr std::size_t kShortestPassphrase = 8;
  if (key.key_file.empty() && key.passphrase.size() < kShortestPassphrase)
    throw Error(ErrorKind::usage, "the passphrase of a new vault needs at least 8 characters; several words are better");
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  impl->header.store_uuid = store_uuid.empty() ? std::string(36, '0') : store_uuid;
  if (key.key_file.empty()) {
    impl->header.kind = KeyKind::passphrase;
    const bool moderate = key.cost == VaultKey::Cost::moderate;
    impl->header.operations = moderate ? crypto_pwhash_OPSLIMIT_MODERATE : crypto_pwhash_OPSLIMIT_INTERACTIVE;
    impl->header.memory = moderate ? crypto_pwhash_MEMLIMIT_MODERATE : crypto_pwhash_MEMLIMIT_INTERACTIVE;
    randombytes_buf(impl->header.salt.data(), impl->header.salt.size());
  }
  impl->wrapping = wrapping_key(key, impl->header);
  randombytes_buf(impl->data_key.bytes.data(), impl->data_key.bytes.size());
  impl->derive_hash_key();
  return Vault(std::move(impl));
}

Vault Vault::open(const std::filesystem::path& path, const VaultKey& key) {
  begin_sodium();
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw Error(ErrorKind::store, escaped(path.string()) + ": no such vault; `homeward register` makes one");
  std::string bytes(VaultHeader::kBytes, '\0');
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  try {
    impl->header = VaultHeader::parse(bytes);
  } catch (const Error& error) {
    throw Error(error.kind(), escaped(path.string()) + ": " + error.what());
  }
  impl->wrapping = wrapping_key(key, impl->header);
  impl->data_key = unwrap(impl->header, impl->wrapping, path);
  impl->derive_hash_key();
  impl->on_disk = true;
  return Vault(std::move(impl));
}

const std::string& Vault::store_uuid() const { return impl_->header.store_uuid; }
bool Vault::on_disk() const { return impl_->on_disk; }

void Vault::bind(const std::string& store_uuid) {
  if (impl_->on_disk && impl_->header.store_uuid != store_uuid)
    throw Error(ErrorKind::store, escaped(impl_->path.string()) + ": this vault belongs to another store");
  impl_->header.store_uuid = store_uuid;
}

std::uint64_t Vault::hash(std::string_view text) const {
  std::array<unsigned char, crypto_generichash_BYTES_MIN> digest{};
  crypto_generichash(digest.data(), digest.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                     impl_->hash_key.bytes.data(), impl_->hash_key.bytes.size());
  std::uint64_t value = 0;
  for (unsigned k = 0; k < 8; ++k) value |= static_cast<std::uint64_t>(digest[k]) << (8 * k);
  return value == 0 ? 1 : value;  // 0 is "no hash"
}

void Vault::for_each(const VaultSink& use) const {
  if (!impl_->on_disk) return;
  SealedReader reader(impl_->path, impl_->header, impl_->data_key);
  VaultEntry entry;
  while (reader.next(entry)) use(entry);
}

void Vault::rewrite(const std::function<bool(const VaultEntry&)>& keep, const std::function<void(const VaultSink&)>& add_new) {
  const VaultHeader old_header = impl_->header;
  // The stream's own header is random, so no piece is sealed twice under one key and nonce; the data key stays, or hashes would change.
  wrap(impl_->header, impl_->data_key, impl_->wrapping);
  AtomicFile file(impl_->path);
  SealedWriter writer(file, impl_->header, impl_->data_key);
  if (impl_->on_disk) {
    SealedReader reader(impl_->path, old_header, impl_->data_key);
    VaultEntry entry;
    while (reader.next(entry))
      if (keep(entry)) writer.add(entry);
  }
  add_new([&](const VaultEntry& entry) { writer.add(entry); });
  writer.finish();
  file.commit();
  impl_->on_disk = true;
}

}  // namespace homeward
