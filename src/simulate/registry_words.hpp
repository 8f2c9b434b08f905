// The words that invented people and places are made of, in simplified and traditional characters.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace homeward::simulation {

/// A character as an index into the words below; characters of one sound are neighbours, so that a typist can mistake them.
std::size_t n_surnames();
std::size_t n_given();
std::string_view surname(std::size_t index);
std::string_view given(std::size_t index);
/// Another character with the sound of given(index), or the same where there is none.
std::size_t homophone(std::size_t index, std::uint64_t choice);

struct Place {
  std::string_view province, city;
  unsigned code;  ///< GB/T 2260 of the province, two digits
};
std::size_t n_places();
const Place& place(std::size_t index);

/// Every character that has a traditional form among the words of this file replaced by it; a character that Big5 lacks by its
/// common variant.
std::string traditional(std::string_view simplified);

/// UTF-8 to another encoding of iconv. Throws Error(internal) for a character it does not have.
std::string encoded(std::string_view utf8, const char* encoding);

}  // namespace homeward::simulation
