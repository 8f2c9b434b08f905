// Small text helpers that depend on no locale.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace homeward {

std::string_view trim(std::string_view text);  ///< spaces, tabs, CR, LF at both ends
std::string lower_ascii(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);  ///< keeps empty fields

/// The whole text as a number, '.' as decimal point in every locale; nullopt otherwise (also for "nan", "inf", "0x1").
std::optional<double> parse_double(std::string_view text);
std::optional<long long> parse_integer(std::string_view text);

/// Safe to print on a terminal and in a table: control characters, terminal escapes, bidirectional marks and invalid
/// UTF-8 become \xNN or \uNNNN escapes; tab and newline too.
std::string escaped(std::string_view text);

/// Number of single-character edits (insert, delete, replace) between two words; for "did you mean".
std::size_t edit_distance(std::string_view a, std::string_view b);
/// The candidates nearest to a word, at most `most`, distance <= 1 + length / 3; empty if none is near.
std::vector<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates, std::size_t most = 3);

}  // namespace homeward
