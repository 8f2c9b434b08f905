#include "registry/vault_file.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "homeward/error.hpp"

namespace homeward::registry {

namespace {

constexpr std::string_view kMagic = "HWVAULT1";
constexpr std::size_t kPieceBytes = std::size_t{256} << 10U;
constexpr std::size_t kMaxPieceBytes = std::size_t{64} << 20U;  ///< a single entry can be longer than a piece

void put_number(std::string& bytes, std::uint64_t value, unsigned size) {
  for (unsigned k = 0; k < size; ++k) bytes += static_cast<char>(value >> (8 * k) & 0xFFU);
}
std::uint64_t number_at(std::string_view bytes, std::size_t at, unsigned size) {
  std::uint64_t value = 0;
  for (unsigned k = 0; k < size; ++k) value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[at + k])) << (8 * k);
  return value;
}
template <std::size_t N>
void put_bytes(std::string& bytes, const std::array<unsigned char, N>& part) {
  bytes.append(reinterpret_cast<const char*>(part.data()), part.size());
}
template <std::size_t N>
std::size_t take(std::string_view bytes, std::size_t at, std::array<unsigned char, N>& part) {
  std::copy_n(reinterpret_cast<const unsigned char*>(bytes.data()) + at, N, part.data());
  return at + N;
}
const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

/// Key file: 64 hexadecimal digits.
SecretKey key_of_file(const std::filesystem::path& path) {
  std::ifstream stream(path);
  std::string text;
  if (!stream || !(stream >> text)) throw Error(ErrorKind::input, escaped(path.string()) + ": the key file cannot be read");
  SecretKey key;
  std::size_t length = 0;
  const int outcome = sodium_hex2bin(key.bytes.data(), key.bytes.size(), text.data(), text.size(), nullptr, &length, nullptr);
  const bool whole = outcome == 0 && text.size() == 64 && length == key.bytes.size();
  sodium_memzero(text.data(), text.size());
  if (!whole) throw Error(ErrorKind::input, escaped(path.string()) + ": no key file; expected 64 hexadecimal digits");
  return key;
}

std::string clear_part(const VaultHeader& header) {
  std::string bytes(kMagic);
  put_number(bytes, static_cast<std::uint64_t>(header.kind), 8);
  put_number(bytes, header.operations, 8);
  put_number(bytes, header.memory, 8);
  put_bytes(bytes, header.salt);
  put_bytes(bytes, header.nonce);
  return bytes + header.store_uuid;
}

}  // namespace

void begin_sodium() {
  if (sodium_init() < 0) throw Error(ErrorKind::failure, "the cryptographic library cannot start");
}

std::string VaultHeader::bytes() const {
  std::string result = clear_part(*this);
  put_bytes(result, wrapped);
  return result;
}

VaultHeader VaultHeader::parse(std::string_view bytes) {
  if (bytes.size() < kBytes || bytes.substr(0, kMagic.size()) != kMagic) throw Error(ErrorKind::store, "not a vault of homeward");
  VaultHeader header;
  const std::uint64_t kind = number_at(bytes, 8, 8);
  header.operations = number_at(bytes, 16, 8);
  header.memory = number_at(bytes, 24, 8);
  std::size_t at = take(bytes, 32, header.salt);
  at = take(bytes, at, header.nonce);
  header.store_uuid = bytes.substr(at, 36);
  take(bytes, at + 36, header.wrapped);
  // Bounds on what a stranger's file may make us spend.
  if ((kind != 1 && kind != 2) || header.operations > 64 || header.memory > (std::uint64_t{4} << 30U))
    throw Error(ErrorKind::store, "the vault's header is damaged");
  header.kind = static_cast<KeyKind>(kind);
  return header;
}

SecretKey wrapping_key(const VaultKey& key, const VaultHeader& header) {
  if (header.kind == KeyKind::key_file) {
    if (key.key_file.empty()) throw Error(ErrorKind::usage, "this vault is opened by its key file: give --key-file");
    return key_of_file(key.key_file);
  }
  if (!key.key_file.empty()) throw Error(ErrorKind::usage, "this vault is opened by a passphrase: leave out --key-file");
  SecretKey derived;
  if (crypto_pwhash(derived.bytes.data(), derived.bytes.size(), key.passphrase.data(), key.passphrase.size(), header.salt.data(),
                    header.operations, static_cast<std::size_t>(header.memory), crypto_pwhash_ALG_ARGON2ID13) != 0)
    throw Error(ErrorKind::failure, "not enough memory to derive the vault's key");
  return derived;
}

void wrap(VaultHeader& header, const SecretKey& data_key, const SecretKey& wrapping) {
  randombytes_buf(header.nonce.data(), header.nonce.size());
  const std::string bound = clear_part(header);
  crypto_aead_xchacha20poly1305_ietf_encrypt(header.wrapped.data(), nullptr, data_key.bytes.data(), data_key.bytes.size(), raw(bound),
                                             bound.size(), nullptr, header.nonce.data(), wrapping.bytes.data());
}

SecretKey unwrap(const VaultHeader& header, const SecretKey& wrapping, const std::filesystem::path& path) {
  const std::string bound = clear_part(header);
  SecretKey data_key;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(data_key.bytes.data(), nullptr, nullptr, header.wrapped.data(), header.wrapped.size(),
                                                 raw(bound), bound.size(), header.nonce.data(), wrapping.bytes.data()) != 0)
    throw Error(ErrorKind::store, escaped(path.string()) + ": the vault does not open: another key, or a damaged file");
  return data_key;
}

SealedWriter::SealedWriter(AtomicFile& file, const VaultHeader& header, const SecretKey& key) : file_(file), header_bytes_(header.bytes()) {
  std::array<unsigned char, crypto_secretstream_xchacha20poly1305_HEADERBYTES> stream_header{};
  crypto_secretstream_xchacha20poly1305_init_push(&state_, stream_header.data(), key.bytes.data());
  std::string bytes = header_bytes_;
  put_bytes(bytes, stream_header);
  file_.write(bytes);
}

void SealedWriter::add(const VaultEntry& entry) {
  put_number(piece_, entry.id.size(), 4);
  put_number(piece_, entry.file_digest.size(), 4);
  put_number(piece_, entry.site.size(), 4);
  put_number(piece_, entry.fields.size(), 4);
  piece_ += entry.id;
  piece_ += entry.file_digest;
  piece_ += entry.site;
  piece_ += entry.fields;
  if (piece_.size() >= kPieceBytes) push(false);
}

void SealedWriter::push(bool last) {
  sealed_.resize(piece_.size() + crypto_secretstream_xchacha20poly1305_ABYTES);
  const unsigned char tag = last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
  // The header is bound to every piece: the sealed part of one vault cannot be put under another's header.
  crypto_secretstream_xchacha20poly1305_push(&state_, sealed_.data(), nullptr, raw(piece_), piece_.size(), raw(header_bytes_),
                                             header_bytes_.size(), tag);
  std::string length;
  put_number(length, sealed_.size(), 4);
  file_.write(length);
  file_.write({reinterpret_cast<const char*>(sealed_.data()), sealed_.size()});
  sodium_memzero(piece_.data(), piece_.size());
  piece_.clear();
}

void SealedWriter::finish() {
  push(true);
  sodium_memzero(&state_, sizeof state_);
}

SealedReader::SealedReader(const std::filesystem::path& path, const VaultHeader& header, const SecretKey& key)
    : path_(path), stream_(path, std::ios::binary), header_bytes_(header.bytes()) {
  std::array<unsigned char, crypto_secretstream_xchacha20poly1305_HEADERBYTES> stream_header{};
  stream_.seekg(static_cast<std::streamoff>(VaultHeader::kBytes));
  stream_.read(reinterpret_cast<char*>(stream_header.data()), static_cast<std::streamsize>(stream_header.size()));
  if (!stream_ || crypto_secretstream_xchacha20poly1305_init_pull(&state_, stream_header.data(), key.bytes.data()) != 0) damaged();
}

void SealedReader::damaged() const {
  throw Error(ErrorKind::store, escaped(path_.string()) + ": the vault is damaged or was changed; restore a backup");
}

bool SealedReader::pull() {
  if (last_) {
    if (stream_.peek() != std::ifstream::traits_type::eof()) damaged();
    return false;
  }
  std::array<char, 4> length_bytes{};
  stream_.read(length_bytes.data(), length_bytes.size());
  if (!stream_) damaged();
  const std::uint64_t length = number_at({length_bytes.data(), length_bytes.size()}, 0, 4);
  if (length < crypto_secretstream_xchacha20poly1305_ABYTES || length > kMaxPieceBytes) damaged();
  std::vector<unsigned char> sealed(length);
  stream_.read(reinterpret_cast<char*>(sealed.data()), static_cast<std::streamsize>(length));
  if (!stream_) damaged();
  piece_.resize(length - crypto_secretstream_xchacha20poly1305_ABYTES);
  unsigned char tag = 0;
  if (crypto_secretstream_xchacha20poly1305_pull(&state_, reinterpret_cast<unsigned char*>(piece_.data()), nullptr, &tag, sealed.data(),
                                                 sealed.size(), raw(header_bytes_), header_bytes_.size()) != 0)
    damaged();
  last_ = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  at_ = 0;
  return true;
}

bool SealedReader::next(VaultEntry& entry) {
  while (at_ == piece_.size())
    if (!pull()) return false;
  if (piece_.size() - at_ < 16) damaged();
  std::array<std::size_t, 4> sizes{};
  std::size_t total = 16;
  for (unsigned k = 0; k < 4; ++k) total += sizes[k] = static_cast<std::size_t>(number_at(piece_, at_ + 4 * k, 4));
  if (piece_.size() - at_ < total) damaged();
  std::size_t at = at_ + 16;
  std::array<std::string*, 4> parts{&entry.id, &entry.file_digest, &entry.site, &entry.fields};
  for (unsigned k = 0; k < 4; ++k) {
    parts[k]->assign(piece_, at, sizes[k]);
    at += sizes[k];
  }
  at_ += total;
  return true;
}

}  // namespace homeward::registry
