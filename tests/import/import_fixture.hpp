// Little files for the tests of the readers, in a folder of their own that goes when the test ends.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "homeward/error.hpp"
#include "homeward/import.hpp"

namespace homeward::testing {

class Folder {
 public:
  Folder()
      : path_(std::filesystem::temp_directory_path() /
              ("homeward-import-" + std::to_string(::getpid()) + "-" + std::to_string(counter()++))) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path write(const std::string& name, std::string_view bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return path_ / name;
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  static int& counter() {
    static int n = 0;
    return n;
  }
  std::filesystem::path path_;
};

inline ImportOptions options() {
  ImportOptions result;
  result.data_dir = std::filesystem::path(HOMEWARD_SOURCE_DIR) / "data";
  return result;
}

inline ImportedFile read_text(std::string_view text, const ImportOptions& with = options(), const std::string& name = "case7.txt") {
  const Folder folder;
  return read_profiles(folder.write(name, text), with);
}

/// Why a text is not loaded; empty when it is.
inline std::string refusal_of(std::string_view text, const ImportOptions& with = options()) {
  try {
    read_text(text, with);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

inline std::uint64_t count(const ImportedFile& file, std::string_view code) {
  std::uint64_t n = 0;
  for (const Issue& issue : file.issues)
    if (issue.code == code) n += issue.count;
  return n;
}

inline const Issue* find_issue(const ImportedFile& file, std::string_view code) {
  const auto it = std::find_if(file.issues.begin(), file.issues.end(), [&](const Issue& issue) { return issue.code == code; });
  return it == file.issues.end() ? nullptr : &*it;
}

inline const ImportedSample* find_sample(const ImportedFile& file, std::string_view id) {
  const auto it =
      std::find_if(file.samples.begin(), file.samples.end(), [&](const ImportedSample& sample) { return sample.sample_id == id; });
  return it == file.samples.end() ? nullptr : &*it;
}

/// The call as text: "15/17", "15/?", "raw OL", "" when untyped or absent, "no sample".
inline std::string call(const ImportedFile& file, std::string_view sample_id, std::string_view locus) {
  const ImportedSample* sample = find_sample(file, sample_id);
  if (sample == nullptr) return "no sample";
  for (const ImportedCall& c : sample->calls)
    if (file.loci[c.locus].name == locus) return c.genotype.typed() ? to_string(c.genotype) : "raw " + c.raw.str();
  return {};
}

/// All that a file says of its samples, independent of the order of rows and columns.
inline std::string substance(const ImportedFile& file) {
  std::vector<std::string> lines;
  for (const ImportedSample& s : file.samples) {
    std::vector<std::string> calls;
    for (const ImportedCall& c : s.calls) calls.push_back(file.loci[c.locus].name + "=" + to_string(c.genotype) + c.raw.str());
    std::sort(calls.begin(), calls.end());
    std::string line = s.sample_id + '|' + s.person_id + '|' + std::string(to_string(s.role)) + '|' + std::string(to_string(s.sex)) + '|' +
                       s.family_id + '|' + s.kit + '|' + (s.partial ? "p" : "");
    for (const std::string& c : calls) line += ' ' + c;
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  std::string all;
  for (const std::string& line : lines) all += line + '\n';
  return all;
}

}  // namespace homeward::testing
