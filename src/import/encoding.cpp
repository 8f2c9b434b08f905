#include "import/encoding.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>

#include "base/text.hpp"
#include "homeward/error.hpp"

namespace homeward::import {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

/// iconv(3), closed on every path.
class Converter {
 public:
  explicit Converter(const std::string& from) : handle_(iconv_open("UTF-8", from.c_str())) {}
  ~Converter() {
    if (known()) iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  bool known() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

  /// Decodes everything; undecodable units become U+FFFD and clear `clean`.
  std::string convert(std::string& bytes, std::size_t unit, bool& clean) const {
    std::string text;
    text.reserve(bytes.size() + bytes.size() / 2);
    std::array<char, 65536> out{};
    char* from = bytes.data();
    std::size_t left = bytes.size();
    while (left > 0) {
      char* to = out.data();
      std::size_t room = out.size();
      const std::size_t result = iconv(handle_, &from, &left, &to, &room);
      const int problem = errno;
      text.append(out.data(), static_cast<std::size_t>(to - out.data()));
      if (result != static_cast<std::size_t>(-1) || problem == E2BIG) continue;
      clean = false;
      text += kReplacement;
      const std::size_t skip = std::min(unit, left);
      from += skip;
      left -= skip;
    }
    return text;
  }

 private:
  iconv_t handle_;
};

/// Words of a Chinese table of samples or registrations, in both scripts; how many of them stand near the top says whether
/// the decoding was right.
std::size_t known_words(std::string_view text) {
  constexpr std::array<std::string_view, 39> kWords{"样本", "样品", "检材", "编号", "姓名", "性别", "位点", "基因座", "等位", "角色",
                                                    "关系", "家庭", "家系", "父亲", "母亲", "孩子", "儿子", "试剂盒", "备注", "序号",
                                                    "失踪", "寻亲", "登记", "联系", "出生", "地点", "樣本", "樣品",   "編號", "性別",
                                                    "關係", "家長", "失蹤", "尋親", "登記", "聯系", ",男,", ",女,",   "電話"};
  const std::string_view top = text.substr(0, 4096);
  return static_cast<std::size_t>(
      std::count_if(kWords.begin(), kWords.end(), [&](std::string_view word) { return top.find(word) != std::string_view::npos; }));
}

/// Latin text in UTF-16 has a NUL in every second byte.
std::optional<std::string> utf16_by_pattern(std::string_view bytes) {
  const std::size_t pairs = std::min<std::size_t>(bytes.size(), 4096) / 2;
  if (pairs < 4) return std::nullopt;
  std::size_t even = 0, odd = 0;
  for (std::size_t i = 0; i < pairs; ++i) {
    even += bytes[2 * i] == '\0' ? 1U : 0U;
    odd += bytes[2 * i + 1] == '\0' ? 1U : 0U;
  }
  if (odd * 10 > pairs * 3 && even * 20 < pairs) return "UTF-16LE";
  if (even * 10 > pairs * 3 && odd * 20 < pairs) return "UTF-16BE";
  return std::nullopt;
}

std::optional<std::string> by_mark(std::string_view bytes) {
  if (bytes.substr(0, 3) == "\xEF\xBB\xBF") return "UTF-8";
  if (bytes.substr(0, 2) == "\xFF\xFE") return "UTF-16LE";
  if (bytes.substr(0, 2) == "\xFE\xFF") return "UTF-16BE";
  return std::nullopt;
}

bool is_utf8_name(const std::string& name) {
  const std::string key = lower_ascii(name);
  return key == "utf-8" || key == "utf8" || key == "utf-8-bom" || key == "utf-8-sig" || key == "ascii" || key == "us-ascii";
}

DecodedText finished(DecodedText result) {
  if (result.text.compare(0, 3, "\xEF\xBB\xBF") == 0) result.text.erase(0, 3);
  result.has_nul = std::memchr(result.text.data(), 0, result.text.size()) != nullptr;
  return result;
}

DecodedText converted(std::string& bytes, const std::string& from) {
  const Converter converter(from);
  if (!converter.known())
    throw Error(ErrorKind::usage,
                "unknown encoding '" + escaped(from) + "'; expected a name such as UTF-8, GB18030, GBK, BIG5 or UTF-16LE");
  DecodedText result;
  result.encoding = from;
  const bool wide = lower_ascii(from).find("utf-16") == 0;
  result.text = converter.convert(bytes, wide ? 2 : 1, result.valid);
  return finished(std::move(result));
}

DecodedText as_utf8(std::string bytes) {
  DecodedText result;
  result.encoding = "UTF-8";
  result.valid = valid_utf8(bytes);
  result.text = std::move(bytes);
  return finished(std::move(result));
}

}  // namespace

bool valid_utf8(std::string_view text) {
  const auto* p = reinterpret_cast<const unsigned char*>(text.data());
  const unsigned char* const end = p + text.size();
  const auto follows = [&](std::ptrdiff_t k) { return p + k < end && (p[k] & 0xC0U) == 0x80U; };
  while (p < end) {
    if (end - p >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, p, 8);
      if ((word & 0x8080808080808080ULL) == 0) {
        p += 8;
        continue;
      }
    }
    const unsigned lead = *p;
    if (lead < 0x80) {
      ++p;
    } else if (lead >= 0xC2 && lead < 0xE0) {
      if (!follows(1)) return false;
      p += 2;
    } else if (lead >= 0xE0 && lead < 0xF0) {
      if (!follows(1) || !follows(2) || (lead == 0xE0 && p[1] < 0xA0) || (lead == 0xED && p[1] >= 0xA0)) return false;
      p += 3;
    } else if (lead >= 0xF0 && lead < 0xF5) {
      if (!follows(1) || !follows(2) || !follows(3) || (lead == 0xF0 && p[1] < 0x90) || (lead == 0xF4 && p[1] >= 0x90)) return false;
      p += 4;
    } else {
      return false;
    }
  }
  return true;
}

bool decoded_cleanly(std::string_view text) { return text.find(kReplacement) == std::string_view::npos && valid_utf8(text); }

DecodedText decode_text(std::string bytes, const std::string& forced) {
  if (!forced.empty()) return is_utf8_name(forced) ? as_utf8(std::move(bytes)) : converted(bytes, forced);
  if (const auto mark = by_mark(bytes)) return *mark == "UTF-8" ? as_utf8(std::move(bytes)) : converted(bytes, *mark);
  if (const auto pattern = utf16_by_pattern(bytes)) return converted(bytes, *pattern);
  if (valid_utf8(bytes)) return as_utf8(std::move(bytes));
  // Several encodings decode nearly anything: the one in which most words make sense near the top is the file's.
  std::string best;
  std::size_t most = 0;
  for (const char* encoding : {"GB18030", "BIG5", "UTF-16LE", "UTF-16BE"}) {
    const Converter converter(encoding);
    if (!converter.known()) continue;
    std::string top = bytes.substr(0, 8192);
    bool clean = true;
    const std::size_t n = known_words(converter.convert(top, 1, clean));
    if (n > most) {
      most = n;
      best = encoding;
    }
  }
  if (most > 0) return converted(bytes, best);
  return as_utf8(std::move(bytes));
}

}  // namespace homeward::import
