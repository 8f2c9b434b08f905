// Where the table of registrations is in a file: its text, sheet, delimiter and header row.
#pragma once

#include <cstdint>
#include <filesystem>

#include "import/text_file.hpp"
#include "registry/fields.hpp"

namespace homeward::registry {

struct RegistrationTable {
  import::TextFile text;
  std::size_t header_offset = 0;
  std::uint64_t lines_above = 0;  ///< before the header
  char delimiter = ',';
  RegistrationHeader header;
};

/// Throws Error(input) when the text has no header of registrations in its first rows. `path` names it in messages.
RegistrationTable find_table(import::TextFile text, const std::filesystem::path& path, const RegistrationOptions& options,
                             TextFolder& folder);

/// read_registrations of a text in memory, named `path`.
RegistrationFile read_registration_text(import::TextFile text, const std::filesystem::path& path, const RegistrationOptions& options,
                                        TextFolder& folder);

}  // namespace homeward::registry
