// What kind of file is this? By content, never by extension.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "homeward/import.hpp"
#include "import/profile_collector.hpp"

namespace homeward::import {

/// A layout we read.
struct Format {
  const char* name;
  const char* what;  ///< a few words for messages and help
  void (*read)(ImportedFile&, const TextSource&, const ImportOptions&);
  bool table = true;  ///< rows and columns; false for formats with a structure of their own
};

const std::vector<Format>& formats();

/// Result of looking: a format, or the sentence that says what the file is and why it is not loaded (empty: nobody knows).
struct Detected {
  const Format* format = nullptr;
  std::string refusal;
};

/// The format of a text that is no table (Familias), by its mark; nullptr if it has none.
const Format* detect_structure(std::string_view text);

/// Whether a text is Genepop's: a line POP, then individuals with codes of digits.
bool is_genepop(std::string_view text);

/// Name of the root element, without namespace prefix; empty if the text is no XML.
std::string xml_root(std::string_view text);

/// Names a file of another kind by its first bytes (workbooks, archives, instrument files, PLINK, ...); empty if none.
std::string refusal_by_magic(std::string_view bytes);

/// Names a text of another kind by its structure (XML, Familias, VCF, frequency tables, reads, ...); empty if none.
std::string refusal_by_structure(std::string_view text, char delimiter, const LocusDictionary& loci);

/// read_profiles of bytes in memory, named `name` in messages.
ImportedFile read_profile_bytes(std::string bytes, const std::filesystem::path& name, const ImportOptions& options);

/// The layout of a table, by its header words.
Detected detect_table(std::string_view text, char delimiter, const LocusDictionary& loci);

}  // namespace homeward::import
