// The way in for one file: bytes, text, layout, rows.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "homeward/error.hpp"
#include "homeward/import.hpp"
#include "import/detect.hpp"
#include "import/encoding.hpp"

namespace homeward {

namespace {

using import::Detected;
using import::Format;
using import::TextSource;

constexpr std::uint64_t kMaxFileBytes = std::uint64_t{4} << 30U;

Error input_error(const std::filesystem::path& path, const std::string& what) {
  return {ErrorKind::input, escaped(path.string()) + ": " + what};
}

std::string read_bytes(const std::filesystem::path& path) {
  std::error_code problem;
  if (std::filesystem::is_directory(path, problem)) throw input_error(path, "is a folder; give the files in it");
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw input_error(path, "cannot be opened; check the path and the permissions");
  const std::uintmax_t size = std::filesystem::file_size(path, problem);
  if (!problem && size > kMaxFileBytes) throw input_error(path, "is larger than 4 GiB; split it");
  std::string bytes;
  if (!problem) bytes.reserve(size + 1);
  std::vector<char> block(std::size_t{1} << 20U);
  while (stream.read(block.data(), static_cast<std::streamsize>(block.size())) || stream.gcount() > 0) {
    bytes.append(block.data(), static_cast<std::size_t>(stream.gcount()));
    if (bytes.size() > kMaxFileBytes) throw input_error(path, "is larger than 4 GiB; split it");
  }
  if (stream.bad()) throw input_error(path, "cannot be read to its end");
  return bytes;
}

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
const Format& find_format(const std::filesystem::path& path, const import::DecodedText& decoded, std::string_view table, char delimiter,
                          const ImportOptions& options) {
  if (options.format != "auto" && !options.format.empty()) return format_named(options.format);
  const LocusDictionary loci(options.data_dir);
  const std::string refusal = import::refusal_by_structure(decoded.text, delimiter, loci);
  const Detected detected = import::detect_table(table, delimiter, loci);
  // A table we know wins over a likeness found in its lines, an explicit kind (XML, VCF, ...) never looks like a table.
  if (detected.format != nullptr && refusal.empty()) return *detected.format;
  if (!refusal.empty()) throw input_error(path, "not loaded: this is " + refusal);
  if (!detected.refusal.empty()) throw input_error(path, "not loaded: this is " + detected.refusal);
  const std::vector<std::string_view> first = import::first_lines(decoded.text, 1);
  if (!decoded.valid && !first.empty() && !import::decoded_cleanly(first[0]))
    throw input_error(path, "its first line is no text in UTF-8 or GB18030; give --encoding, for example GB18030, BIG5 or UTF-16LE");
  throw input_error(path, "cannot tell the format: found " + header_shown(table, delimiter) +
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
  std::string bytes = read_bytes(path);
  if (bytes.empty()) throw input_error(path, "is empty");
  ImportedFile file;
  file.path = path.string();
  file.sha256 = sha256_of_file(path);
  if (const std::string refusal = import::refusal_by_magic(bytes); !refusal.empty() && options.encoding.empty())
    throw input_error(path, "not loaded: this is " + refusal);
  const import::DecodedText decoded = import::decode_text(std::move(bytes), options.encoding);
  const std::string_view table = std::string_view(decoded.text).substr(import::table_start(decoded.text));
  const char delimiter = import::detect_delimiter(decoded.text);

  const Format* format = nullptr;
  if (wanted == Wanted::sheet) {
    format = &format_named("sample-sheet");
  } else {
    format = &find_format(path, decoded, table, delimiter, options);
    if (format->read == import::read_sheet)
      throw input_error(path, "this is a sample sheet (no loci): give it with --samples, beside the profiles");
  }
  check_columns(path, *format, table, delimiter);
  file.format = format->name;
  file.encoding = decoded.encoding;
  file.delimiter = delimiter_name(delimiter);
  const TextSource source{file.path, path.stem().string(), table, delimiter, !decoded.valid || decoded.has_nul};
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
