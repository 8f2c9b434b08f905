// One file as text: bytes, digest, encoding, delimiter.
#pragma once

#include <filesystem>
#include <string>

#include "homeward/error.hpp"
#include "homeward/import.hpp"
#include "import/encoding.hpp"

namespace homeward::import {

struct TextFile {
  DecodedText decoded;
  std::string sha256;  ///< of the bytes that were read
  char delimiter = 0;
};

/// Error(input) that begins with the path.
Error input_error(const std::filesystem::path& path, const std::string& what);

/// Reads a file once. Throws Error(input) when it cannot be opened, is empty, larger than 4 GiB, or by its first bytes of
/// another kind (the message says which); Error(usage) for an unknown encoding.
TextFile read_text_file(const std::filesystem::path& path, const ImportOptions& options);

}  // namespace homeward::import
