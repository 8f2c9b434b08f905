// Hits as bytes, for files and messages that outlive a process: field by field, no padding.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "homeward/results.hpp"

namespace homeward::cli {

inline constexpr std::size_t kHitBytes = 25;

/// Appends kHitBytes per hit, little-endian as the machine's.
void append_hit_bytes(std::string& out, std::span<const Hit> hits);
/// @param bytes a multiple of kHitBytes
std::vector<Hit> hits_of_bytes(std::string_view bytes);

}  // namespace homeward::cli
