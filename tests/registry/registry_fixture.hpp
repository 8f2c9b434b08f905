// A folder of a test's own, and small tables in it.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "catch_compat.hpp"
#include "homeward/registry.hpp"

namespace homeward::registry_test {

class Folder {
 public:
  explicit Folder(const std::string& name) : path_(std::filesystem::temp_directory_path() / ("homeward-registry-" + name)) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path write(const std::string& name, std::string_view bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// How often an issue code occurs.
inline std::uint64_t count_of(const RegistrationFile& file, std::string_view code) {
  std::uint64_t n = 0;
  for (const Issue& issue : file.issues)
    if (issue.code == code) n += issue.count;
  return n;
}

/// The first text of a field among the people of a record; empty = none.
inline std::string person_text(const RegistrationFile& file, std::size_t record, RegistrationField field) {
  for (const auto& [known, text] : personal_fields(file.people[record]))
    if (known == field) return text;
  return {};
}

}  // namespace homeward::registry_test
