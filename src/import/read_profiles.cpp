// The way in for one file: bytes, text, layout, rows.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "homeward/error.hpp"
#include "homeward/import.hpp"
#include "import/detect.hpp"
#include "import/issues.hpp"
#include "import/table_start.hpp"
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
const Format& find_format(const std::filesystem::path& path, const TextFile& file, const ImportOptions& options,
                          const LocusDictionary& loci) {
  if (options.format != "auto" && !options.format.empty()) return format_named(options.format);
  const std::string& text = file.decoded.text;
  if (file.sheets.empty())
    if (const Format* structured = import::detect_structure(text); structured != nullptr) return *structured;
  // Kinds with a mark of their own (XML, VCF, Familias, ...) first: none of them has the header of a table of ours.
  const std::string refusal = file.sheets.empty() ? import::refusal_by_structure(text, file.delimiter, loci) : std::string();
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
  if (std::string_view(format.name) == "cnas-trio" || !format.table) return;
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

/// Of a workbook, where no sheet was chosen, the first that is a table of ours becomes the text.
void choose_sheet(TextFile& text, const ImportOptions& options, const LocusDictionary& loci, Wanted wanted) {
  if (text.sheets.empty() || !options.worksheet.empty()) return;
  for (std::size_t k = 0; k < text.sheets.size(); ++k) {
    const Format* format = import::detect_table(text.sheets[k].text, '\t', loci).format;
    if (format == nullptr || (format->read == import::read_sheet) != (wanted == Wanted::sheet)) continue;
    return import::use_sheet(text, k);
  }
}

/// What the workbook has to say of the sheet that was read, and of the others.
void add_workbook_issues(const TextFile& text, ImportedFile& file) {
  if (text.sheets.empty()) return;
  file.sheet = text.sheets[text.sheet].name;
  std::vector<Issue> issues = text.sheets[text.sheet].issues;
  if (text.sheets.size() > 1) {
    Issue others;
    others.severity = Severity::warning;
    others.code = "W_SHEETS_LEFT_OUT";
    others.file = file.path;
    others.action = "not read";
    others.message = fmt::format("the workbook has {} sheets, one of them was read", text.sheets.size());
    others.suggestion = "choose another with --worksheet NAME";
    others.count = text.sheets.size() - 1;
    issues.push_back(others);
  }
  issues.insert(issues.end(), file.issues.begin(), file.issues.end());
  file.issues = std::move(issues);
  for (Issue& issue : file.issues) issue.sheet = file.sheet;
}

Issue no_rows(const std::string& path) {
  Issue issue;
  issue.severity = Severity::warning;
  issue.code = "W_NO_ROWS";
  issue.file = path;
  issue.line = 1;
  issue.action = "nothing loaded";
  issue.message = "the file has a header and no row below it";
  issue.suggestion = "check that the export was complete";
  return issue;
}

/// Rows above the header, and headings of the site's own. Returns what is to be said of them.
std::vector<Issue> settle_header(const std::filesystem::path& path, TextFile& text, const ImportOptions& options,
                                 const LocusDictionary& loci) {
  import::IssueLog log(path.string());
  const bool table = !text.sheets.empty() || import::detect_structure(text.decoded.text) == nullptr;
  if (!options.mapping.columns.empty() && table)
    for (const std::string& heading : import::apply_mapping(text, options.mapping, path.string()))
      log.add(Severity::warning, "W_MAPPING_UNUSED", 1, heading,
              {.action = "ignored", .message = "the table has no column of this heading, which the mapping names"});
  if (options.format == "auto" || options.format.empty())
    if (const std::size_t n = import::blank_title_rows(text, loci); n > 0)
      log.add(Severity::note, "W_TITLE_ROWS", 1, "", {.action = "left out", .message = "rows above the header", .count = n});
  return log.take();
}

ImportedFile read_file(TextFile text, const std::filesystem::path& path, const ImportOptions& options, Wanted wanted) {
  const LocusDictionary loci(options.data_dir);
  choose_sheet(text, options, loci, wanted);
  const std::vector<Issue> of_header = settle_header(path, text, options, loci);
  const import::DecodedText& decoded = text.decoded;
  ImportedFile file;
  file.path = path.string();
  file.sha256 = text.sha256;
  const Format* format = nullptr;
  if (wanted == Wanted::sheet) {
    format = &format_named("sample-sheet");
  } else {
    format = &find_format(path, text, options, loci);
    if (format->read == import::read_sheet)
      throw input_error(path, "this is a sample sheet (no loci): give it with --samples, beside the profiles");
  }
  check_columns(path, *format, decoded.text, text.delimiter);
  file.format = format->name;
  file.encoding = decoded.encoding;
  file.delimiter = format->table ? delimiter_name(text.delimiter) : "none";
  const TextSource source{file.path, path.stem().string(), decoded.text, text.delimiter, !decoded.valid || decoded.has_nul};
  format->read(file, source, options);
  file.issues.insert(file.issues.begin(), of_header.begin(), of_header.end());
  if (file.rows == 0) file.issues.push_back(no_rows(file.path));
  add_workbook_issues(text, file);
  return file;
}

}  // namespace

ImportedFile read_profiles(const std::filesystem::path& path, const ImportOptions& options) {
  return read_file(import::read_text_file(path, options), path, options, Wanted::profiles);
}

ImportedFile import::read_profile_bytes(std::string bytes, const std::filesystem::path& name, const ImportOptions& options) {
  return read_file(import::text_of_bytes(std::move(bytes), name, options), name, options, Wanted::profiles);
}

ImportedFile read_sample_sheet(const std::filesystem::path& path, const ImportOptions& options) {
  return read_file(import::read_text_file(path, options), path, options, Wanted::sheet);
}

std::vector<std::string> profile_formats() {
  std::vector<std::string> names{"auto"};
  for (const Format& format : import::formats())
    if (format.read != import::read_sheet) names.emplace_back(format.name);
  return names;
}

}  // namespace homeward
