#include "registry/text_folder.hpp"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#include <array>
#include <unordered_map>
#include <vector>

#include "base/text.hpp"
#include "homeward/error.hpp"

namespace homeward::registry {

namespace {

[[noreturn]] void fail(const char* what, UErrorCode code) {
  throw Error(ErrorKind::failure, std::string("the Unicode library cannot ") + what + ": " + u_errorName(code));
}

struct CloseTransliterator {
  void operator()(UTransliterator* t) const { utrans_close(t); }
};
using Transliterator = std::unique_ptr<UTransliterator, CloseTransliterator>;

Transliterator transliterator(const char16_t* id) {
  UErrorCode code = U_ZERO_ERROR;
  Transliterator made(utrans_openU(id, -1, UTRANS_FORWARD, nullptr, 0, nullptr, &code));
  if (U_FAILURE(code) != 0) fail("open a transliteration", code);
  return made;
}

std::string utf8_of(const char16_t* text, std::int32_t length) {
  std::string utf8(static_cast<std::size_t>(length) * 3, '\0');
  std::int32_t written = 0;
  UErrorCode code = U_ZERO_ERROR;
  u_strToUTF8(utf8.data(), static_cast<std::int32_t>(utf8.size()), &written, text, length, &code);
  if (U_FAILURE(code) != 0) fail("write UTF-8", code);
  utf8.resize(static_cast<std::size_t>(written));
  return utf8;
}

/// The character at `i` of valid UTF-8, and `i` behind it; U+FFFD where the bytes are none.
UChar32 next_character(std::string_view text, std::size_t& i) {
  const auto byte = [&](std::size_t k) { return static_cast<UChar32>(static_cast<unsigned char>(text[k])); };
  const UChar32 lead = byte(i);
  const std::size_t n = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (lead >= 0x80 && (lead < 0xC2 || i + n > text.size())) {
    ++i;
    return 0xFFFD;
  }
  UChar32 c = n == 1 ? lead : lead & (0x7F >> n);
  for (std::size_t k = 1; k < n; ++k) c = c << 6 | (byte(i + k) & 0x3F);
  i += n;
  return c;
}

bool plain_ascii(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  return true;
}

}  // namespace

struct TextFolder::Impl {
  Transliterator simplify = transliterator(u"Hant-Hans"), read;  // read: made when first needed
  const UNormalizer2* nfkc = nullptr;
  std::unordered_map<UChar32, std::string> simplified, sounds;

  Impl() {
    UErrorCode code = U_ZERO_ERROR;
    nfkc = unorm2_getNFKCInstance(&code);
    if (U_FAILURE(code) != 0) fail("open its tables", code);
  }

  /// One character through a transliteration, remembered.
  static const std::string& changed(UChar32 c, const Transliterator& by, std::unordered_map<UChar32, std::string>& known) {
    const auto found = known.find(c);
    if (found != known.end()) return found->second;
    constexpr std::int32_t kRoom = 64;
    std::array<char16_t, kRoom> text{};
    std::int32_t length = 0;
    if (c >= 0x10000) text[static_cast<std::size_t>(length++)] = static_cast<char16_t>(0xD800 + ((c - 0x10000) >> 10));
    text[static_cast<std::size_t>(length++)] = static_cast<char16_t>(c >= 0x10000 ? 0xDC00 + (c & 0x3FF) : c);
    std::int32_t limit = length;
    UErrorCode code = U_ZERO_ERROR;
    utrans_transUChars(by.get(), text.data(), &length, kRoom, 0, &limit, &code);
    return known.emplace(c, U_FAILURE(code) != 0 ? std::string() : utf8_of(text.data(), length)).first->second;
  }

  std::string normalised(std::string_view text) const {
    if (plain_ascii(text)) return std::string(text);
    UErrorCode code = U_ZERO_ERROR;
    std::vector<char16_t> wide(text.size() + 1), normal(text.size() * 4 + 16);
    std::int32_t length = 0;
    u_strFromUTF8WithSub(wide.data(), static_cast<std::int32_t>(wide.size()), &length, text.data(), static_cast<std::int32_t>(text.size()),
                         0xFFFD, nullptr, &code);
    length = unorm2_normalize(nfkc, wide.data(), length, normal.data(), static_cast<std::int32_t>(normal.size()), &code);
    if (U_FAILURE(code) != 0) return std::string(text);
    return utf8_of(normal.data(), length);
  }

  std::string key(std::string_view text, bool keep_parentheses) {
    const std::string normal = normalised(text);
    std::string result;
    int depth = 0;
    for (std::size_t i = 0; i < normal.size();) {
      const UChar32 c = next_character(normal, i);
      if (!keep_parentheses && (c == U'(' || c == U'[' || c == 0x3010)) ++depth;
      const bool skipped = depth > 0 || u_isalnum(c) == 0;
      if (!keep_parentheses && depth > 0 && (c == U')' || c == U']' || c == 0x3011)) --depth;
      if (skipped) continue;
      if (c < 0x80)
        result += static_cast<char>(u_tolower(c));
      else
        result += changed(c, simplify, simplified);
    }
    return result;
  }
};

TextFolder::TextFolder() : impl_(std::make_unique<Impl>()) {}
TextFolder::~TextFolder() = default;

std::string TextFolder::name_key(std::string_view name) { return impl_->key(name, false); }
std::string TextFolder::header_key(std::string_view heading) { return impl_->key(heading, true); }

std::string TextFolder::sound(std::string_view key) {
  if (!impl_->read) impl_->read = transliterator(u"Han-Latin/Names; Latin-ASCII; Lower");
  std::string result;
  for (std::size_t i = 0; i < key.size();) {
    const UChar32 c = next_character(key, i);
    result += std::string(trim(Impl::changed(c, impl_->read, impl_->sounds))) + ' ';
  }
  return result;
}

std::string phone_key(std::string_view text) {
  std::string digits;
  for (const char c : text)
    if (c >= '0' && c <= '9') digits += c;
  if (digits.size() > 11 && digits.compare(0, 4, "0086") == 0) digits.erase(0, 4);
  if (digits.size() > 11 && digits.compare(0, 2, "86") == 0) digits.erase(0, 2);
  return digits.size() < 7 || digits.size() > 15 ? std::string() : digits;
}

bool valid_id_number(std::string_view text) {
  constexpr std::array<int, 17> kWeights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  constexpr std::string_view kCheck = "10X98765432";
  if (text.size() != 18) return false;
  int sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    sum += kWeights[i] * (text[i] - '0');
  }
  const long long month = parse_integer(text.substr(10, 2)).value_or(0), day = parse_integer(text.substr(12, 2)).value_or(0);
  if (month < 1 || month > 12 || day < 1 || day > 31) return false;
  const char check = text[17] == 'x' ? 'X' : text[17];
  return check == kCheck[static_cast<std::size_t>(sum % 11)];
}

}  // namespace homeward::registry
