// Bytes of a file to UTF-8 text.
#pragma once

#include <string>
#include <string_view>

namespace homeward::import {

/// The text of a file. Where bytes could not be decoded (`valid` is false) the rows that hold them are refused one by one.
struct DecodedText {
  std::string text;      ///< UTF-8 without byte order mark
  std::string encoding;  ///< "UTF-8", "UTF-16LE", "UTF-16BE", "GB18030", "BIG5" or what was asked for
  bool valid = true;     ///< every byte decoded; else `text` holds the raw bytes (UTF-8) or U+FFFD marks (others)
  bool has_nul = false;
};

/// Order of decision: `forced` (an iconv name), byte order mark, UTF-16 by its pattern of NUL bytes, strict UTF-8, then
/// whichever of GB18030, Big5 and UTF-16 shows most words that tables of samples and registrations have near the top (they decode
/// nearly anything, so decoding alone proves nothing); else broken UTF-8. Throws Error(usage) for an encoding iconv does not know.
/// O(bytes).
DecodedText decode_text(std::string bytes, const std::string& forced);

/// Strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool valid_utf8(std::string_view text);

/// Holds nothing that decoding had to give up (invalid UTF-8 or a U+FFFD mark).
bool decoded_cleanly(std::string_view text);

}  // namespace homeward::import
