#include "import/text_file.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <fstream>
#include <vector>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "import/detect.hpp"
#include "import/text_table.hpp"

namespace homeward::import {

namespace {

constexpr std::uint64_t kMaxFileBytes = std::uint64_t{4} << 30U;

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

std::size_t sheet_named(const std::filesystem::path& path, const std::vector<Worksheet>& sheets, const std::string& name) {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < sheets.size(); ++k) {
    if (sheets[k].name == name) return k;
    names.push_back("'" + escaped(sheets[k].name) + "'");
  }
  throw input_error(path, fmt::format("has no sheet '{}' that holds something; it has {}", escaped(name), fmt::join(names, ", ")));
}

TextFile read_sheets(const std::filesystem::path& path, const std::string& bytes, const ImportOptions& options) {
  TextFile file;
  try {
    file.sheets = read_workbook(bytes, path.string());
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::input) throw;
    throw input_error(path, error.what());
  }
  use_sheet(file, options.worksheet.empty() ? 0 : sheet_named(path, file.sheets, options.worksheet));
  return file;
}

}  // namespace

Error input_error(const std::filesystem::path& path, const std::string& what) {
  return {ErrorKind::input, escaped(path.string()) + ": " + what};
}

void use_sheet(TextFile& file, std::size_t index) {
  file.sheet = index;
  file.decoded.text = file.sheets[index].text;
  file.decoded.encoding = "xlsx";
  file.decoded.has_nul = file.decoded.text.find('\0') != std::string::npos;
  file.delimiter = '\t';
}

TextFile read_text_file(const std::filesystem::path& path, const ImportOptions& options) {
  return text_of_bytes(read_bytes(path), path, options);
}

TextFile text_of_bytes(std::string bytes, const std::filesystem::path& path, const ImportOptions& options) {
  if (bytes.empty()) throw input_error(path, "is empty");
  Sha256 digest;
  digest.add_bytes(bytes.data(), bytes.size());
  if (is_zip(bytes)) {
    TextFile workbook = read_sheets(path, bytes, options);
    workbook.sha256 = digest.hex();
    return workbook;
  }
  if (const std::string refusal = refusal_by_magic(bytes); !refusal.empty() && options.encoding.empty())
    throw input_error(path, "not loaded: this is " + refusal);
  TextFile file;
  file.sha256 = digest.hex();
  file.decoded = decode_text(std::move(bytes), options.encoding);
  file.delimiter = detect_delimiter(file.decoded.text);
  return file;
}

}  // namespace homeward::import
