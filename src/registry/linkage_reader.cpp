// Registrations and their people as linkage compares them.
#include "homeward/linkage.hpp"
#include "registry/text_folder.hpp"

namespace homeward {

namespace {

/// FNV-1a with a final mix: hashes of one process, never stored.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  hash ^= hash >> 32U;
  return hash == 0 ? 1 : hash;
}

std::uint32_t two_digits(std::uint32_t region) {
  while (region > 99) region /= 100;
  return region;
}

}  // namespace

struct LinkageReader::Impl {
  registry::TextFolder folder;
};

LinkageReader::LinkageReader() : impl_(std::make_unique<Impl>()) {}
LinkageReader::~LinkageReader() = default;

LinkageRecord LinkageReader::read(const Registration& registration, const PersonalFields& people) {
  LinkageRecord record;
  record.category = registration.category;
  record.sex = registration.sex;
  record.birth = registration.birth;
  record.missing = registration.missing;
  record.region = two_digits(registration.missing_region != 0 ? registration.missing_region : registration.home_region);
  if (!registration.sample_id.empty()) record.sample = hash_of(registration.sample_id);
  for (const auto& [field, text] : people) {
    if (field == RegistrationField::name && record.name == 0) {
      const std::string key = impl_->folder.name_key(text);
      if (key.empty()) continue;
      record.name = hash_of(key);
      const std::string sound = impl_->folder.sound(key);
      record.sound = hash_of(sound);
      std::size_t begin = 0;
      for (std::uint32_t& syllable : record.syllables) {
        const std::size_t end = sound.find(' ', begin);
        if (end == std::string::npos) break;
        syllable = static_cast<std::uint32_t>(hash_of(std::string_view(sound).substr(begin, end - begin))) | 1U;
        begin = end + 1;
      }
    } else if (field == RegistrationField::phone && record.phone == 0) {
      if (const std::string number = registry::phone_key(text); !number.empty()) record.phone = hash_of(number);
    } else if (field == RegistrationField::id_number) {
      record.id_number = hash_of(text);
    }
  }
  return record;
}

}  // namespace homeward
