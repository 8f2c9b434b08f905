// One file as text: bytes, digest, encoding, delimiter.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "homeward/error.hpp"
#include "homeward/import.hpp"
#include "import/encoding.hpp"
#include "import/workbook.hpp"

namespace homeward::import {

struct TextFile {
  DecodedText decoded;
  std::string sha256;  ///< of the bytes that were read
  char delimiter = 0;
  std::vector<Worksheet> sheets;  ///< of a workbook; `decoded` is then the one that is used
  std::size_t sheet = 0;          ///< which one that is
};

/// Makes another sheet of a workbook the text.
void use_sheet(TextFile& file, std::size_t index);

/// Error(input) that begins with the path.
Error input_error(const std::filesystem::path& path, const std::string& what);

/// Reads a file once. Throws Error(input) when it cannot be opened, is empty, larger than 4 GiB, or by its first bytes of
/// another kind (the message says which); Error(usage) for an unknown encoding. Of a workbook the sheet `options.worksheet` is used, or the
/// first that holds something; Error(input) when there is no such sheet.
TextFile read_text_file(const std::filesystem::path& path, const ImportOptions& options);

/// The same of bytes in memory; `path` names them in messages.
TextFile text_of_bytes(std::string bytes, const std::filesystem::path& path, const ImportOptions& options);

}  // namespace homeward::import
