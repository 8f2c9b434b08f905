#include "import/text_file.hpp"

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

}  // namespace

Error input_error(const std::filesystem::path& path, const std::string& what) {
  return {ErrorKind::input, escaped(path.string()) + ": " + what};
}

TextFile read_text_file(const std::filesystem::path& path, const ImportOptions& options) {
  std::string bytes = read_bytes(path);
  if (bytes.empty()) throw input_error(path, "is empty");
  if (const std::string refusal = refusal_by_magic(bytes); !refusal.empty() && options.encoding.empty())
    throw input_error(path, "not loaded: this is " + refusal);
  TextFile file;
  Sha256 digest;
  digest.add_bytes(bytes.data(), bytes.size());
  file.sha256 = digest.hex();
  file.decoded = decode_text(std::move(bytes), options.encoding);
  file.delimiter = detect_delimiter(file.decoded.text);
  return file;
}

}  // namespace homeward::import
