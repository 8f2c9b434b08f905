// Personal data of a registration as bytes: what a vault seals.

#include "homeward/error.hpp"
#include "homeward/registry.hpp"

namespace homeward {

namespace {
constexpr std::size_t kHead = 5;  ///< field, length
}

void append_personal_field(std::string& bytes, RegistrationField field, std::string_view text) {
  bytes += static_cast<char>(field);
  for (unsigned shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(text.size() >> shift & 0xFFU);
  bytes += text;
}

PersonalFields personal_fields(std::string_view bytes) {
  PersonalFields fields;
  while (!bytes.empty()) {
    std::uint32_t length = 0;
    if (bytes.size() >= kHead)
      for (unsigned k = 0; k < 4; ++k) length |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[1 + k])) << (8 * k);
    if (bytes.size() < kHead || bytes.size() - kHead < length)
      throw Error(ErrorKind::store, "an entry of the vault cannot be read: its fields do not fit its length");
    fields.emplace_back(static_cast<RegistrationField>(bytes[0]), bytes.substr(kHead, length));
    bytes.remove_prefix(kHead + length);
  }
  return fields;
}

}  // namespace homeward
