// A column of texts as the store keeps it: offsets and bytes, because variable-length HDF5 strings do not compress.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace homeward::storage {

/// Text i is bytes[offsets[i] .. offsets[i + 1]); offsets has one entry more than there are texts.
struct TextColumn {
  std::vector<std::uint64_t> offsets{0};
  std::vector<char> bytes;

  std::size_t size() const { return offsets.empty() ? 0 : offsets.size() - 1; }
  std::string_view operator[](std::size_t i) const {
    return {bytes.data() + offsets[i], static_cast<std::size_t>(offsets[i + 1] - offsets[i])};
  }
  void push_back(std::string_view text) {
    bytes.insert(bytes.end(), text.begin(), text.end());
    offsets.push_back(bytes.size());
  }
  bool sound() const {
    if (offsets.empty() || offsets.front() != 0 || offsets.back() != bytes.size()) return false;
    for (std::size_t i = 1; i < offsets.size(); ++i)
      if (offsets[i] < offsets[i - 1]) return false;
    return true;
  }
};

}  // namespace homeward::storage
