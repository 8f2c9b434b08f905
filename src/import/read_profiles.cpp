// The way in for one file: bytes, text, layout, rows.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "homeward/error.hpp"
#include "homeward/import.hpp"
#include "import/detect.hpp"
#include "import/text_file.hpp"

namespace homeward {

namespace {

using import::Detected;
using import::Format;
using import::input_error;
using import::TextFile;
using import::TextSource;

const char* delimiter_name(char delimiter) {
  switch (delimiter) {
    case '\t':
      return "tab";
    case ',':
      return "comma";
    case ';':
      return "semicolon";
    case '|':
      return "|";
    default:
      return "none";
  }
}

const Format& format_named(const std::string& name) {
  std::vector<std::string> names = profile_formats();
  for (const Format& format : import::formats())
    if (name == format.name) return format;
  const std::vector<std::string> near = nearest(name, names, 1);
  throw Error(ErrorKind::usage,
              "unknown format '" + escaped(name) + "'" +
                  (near.empty() ? "; expected one of " + fmt::format("{}", fmt::join(names, ", ")) : ": did you mean '" + near[0] + "'?"));
}

/// The first line as a list of columns, for the message about a table nobody knows. Names of columns only.
std::string header_shown(std::string_view text, char delimiter) {
  import::Row row;
  import::RowReader reader(text, delimiter);
  if (!reader.next(row)) return {};
  std::vector<std::string> names;
  for (std::size_t c = 0; c < std::min<std::size_t>(row.cells.size(), 6); ++c)
    names.push_back("'" + import::masked_token(import::trim_cell(row.cells[c])) + "'");
  return fmt::format("{} columns, the first {}", row.cells.size(), fmt::join(names, ", "));
}

/// The layout of the text; throws Error(input) with a sentence of what the file is when it is none of ours.
const Format& find_format(const std::filesystem::path& path, const TextFile& file, const ImportOptions& options) {
  if (options.format != "auto" && !options.format.empty()) return format_named(options.format);
  const std::string& text = file.decoded.text;
  const LocusDictionary loci(options.data_dir);
  // Kinds with a mark of their own (XML, VCF, Familias, ...) first: none of them has the header of a table of ours.
  const std::string refusal = import::refusal_by_structure(text, file.delimiter, loci);
  if (!refusal.empty()) throw input_error(path, "not loaded: this is " + refusal);
  const Detected detected = import::detect_table(text, file.delimiter, loci);
  if (detected.format != nullptr) return *detected.format;
  if (!detected.refusal.empty()) throw input_error(path, "not loaded: this is " + detected.refusal);
  const std::vector<std::string_view> first = import::first_lines(text, 1);
  if (!file.decoded.valid && !first.empty() && !import::decoded_cleanly(first[0]))
    throw input_error(path, "its first line is no text in UTF-8 or GB18030; give --encoding, for example GB18030, BIG5 or UTF-16LE");
  throw input_error(path, "cannot tell the format: found " + header_shown(text, file.delimiter) +
                              "; expected a header with sample_id and loci, or Sample Name and Marker; see --format");
}

/// A forced layout must find the columns it lives on.
void check_columns(const std::filesystem::path& path, const Format& format, std::string_view table, char delimiter) {
  if (std::string_view(format.name) == "cnas-trio") return;
  import::Row row;
  import::RowReader reader(table, delimiter);
  if (!reader.next(row) || row.defect == import::RowDefect::line_too_long || row.defect == import::RowDefect::too_many_columns)
    throw input_error(path, "its first line is no header of a table");
  const import::Header header(row.cells);
  const auto need = [&](bool there, const char* what) {
    if (!there)
      throw input_error(path, fmt::format("read as {}, but the header has no column for {}; found {}", format.name, what,
                                          header_shown(table, delimiter)));
  };
  using import::Field;
  if (format.read == import::read_long) {
    need(header.has(Field::locus), "the locus (locus or Marker)");
    need(!header.all(Field::allele).empty(), "alleles (Allele 1, ...)");
    need(header.sample_column() || std::string_view(format.name) == "strmix-reference", "the sample (sample_id or Sample Name)");
  } else if (format.read == import::read_wide || format.read == import::read_sheet) {
    need(header.sample_column().has_value(), "the sample (sample_id or Sample Name)");
  } else if (format.read == import::read_pedigree) {
    need(header.has(Field::family_id) && header.has(Field::person_id) && header.has(Field::father_id) && header.has(Field::mother_id),
         "each of family_id, person_id, father_id, mother_id");
  } else {
    need(header.has(Field::locus) && header.has(Field::mother) && header.has(Field::child) && header.has(Field::father),
         "each of locus, mother, child, father");
  }
}

enum class Wanted : std::uint8_t { profiles, sheet };

ImportedFile read_file(const std::filesystem::path& path, const ImportOptions& options, Wanted wanted) {
  const TextFile text = import::read_text_file(path, options);
  const import::DecodedText& decoded = text.decoded;
  ImportedFile file;
  file.path = path.string();
  file.sha256 = text.sha256;
  const Format* format = nullptr;
  if (wanted == Wanted::sheet) {
    format = &format_named("sample-sheet");
  } else {
    format = &find_format(path, text, options);
    if (format->read == import::read_sheet)
      throw input_error(path, "this is a sample sheet (no loci): give it with --samples, beside the profiles");
  }
  check_columns(path, *format, decoded.text, text.delimiter);
  file.format = format->name;
  file.encoding = decoded.encoding;
  file.delimiter = delimiter_name(text.delimiter);
  const TextSource source{file.path, path.stem().string(), decoded.text, text.delimiter, !decoded.valid || decoded.has_nul};
  format->read(file, source, options);
  return file;
}

}  // namespace

ImportedFile read_profiles(const std::filesystem::path& path, const ImportOptions& options) {
  return read_file(path, options, Wanted::profiles);
}

ImportedFile read_sample_sheet(const std::filesystem::path& path, const ImportOptions& options) {
  return read_file(path, options, Wanted::sheet);
}

std::vector<std::string> profile_formats() {
  std::vector<std::string> names{"auto"};
  for (const Format& format : import::formats())
    if (format.read != import::read_sheet) names.emplace_back(format.name);
  return names;
}

}  // namespace homeward
