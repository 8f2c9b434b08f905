// What the program says to people, in their language: English is in the code, other languages are files of data/messages.
#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>

namespace homeward::cli {

/// A catalogue of one language. Keys are the English texts with fmt's places {0} {} {:>8}; what is not in it is said in English.
class Messages {
 public:
  /// Reads DATA/messages/LANG.tsv, lines `english<tab>translation`, \n and \t written so. English needs no file. Throws Error(failure) when
  /// the file is missing or a translation has other places than its key.
  void use(const std::string& language, const std::filesystem::path& data_dir);

  /// The text to print; the English itself where there is no translation.
  std::string_view text(std::string_view english) const;

  template <class... Values>
  std::string say(std::string_view english, const Values&... values) const {
    return fmt::vformat(text(english), fmt::make_format_args(values...));
  }

 private:
  std::unordered_map<std::string, std::string> translations_;
};

/// The places of a format text, sorted, such as "{}{:.1f}": a translation must have the same.
std::string places_of(std::string_view format);

}  // namespace homeward::cli
