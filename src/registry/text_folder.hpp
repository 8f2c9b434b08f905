// How texts of people are compared: width, script and sound put aside. The only door to ICU.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace homeward::registry {

/// Unicode NFKC, traditional characters to simplified (character by character), and pinyin without tones, by ICU. Holds
/// tables and a cache, so not thread-safe. Making one takes 0.1 s.
class TextFolder {
 public:
  TextFolder();
  ~TextFolder();
  TextFolder(const TextFolder&) = delete;
  TextFolder& operator=(const TextFolder&) = delete;

  /// NFKC, simplified, lower case; without blanks, punctuation and what stands in parentheses (`(化名)`).
  std::string name_key(std::string_view name);
  /// The same with parentheses' contents kept: how headings are compared.
  std::string header_key(std::string_view heading);
  /// Sound of a name_key: syllables without tones, each followed by a blank; characters without a reading stay. One reading a character.
  std::string sound(std::string_view name_key);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Digits of a telephone number without the prefix of China (+86, 0086); empty when fewer than 7 or more than 15 remain.
std::string phone_key(std::string_view text);

/// A resident identity number as GB 11643 has it: 17 digits, check digit or X, and a date of birth that exists.
bool valid_id_number(std::string_view text);

}  // namespace homeward::registry
