// The two lists a load leaves behind: issues.tsv and rejects.csv.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "homeward/import.hpp"

namespace homeward::import {

/// Collects the issues of one file. Alike issues (same code, same column) are listed one by one up to kListed, the rest
/// share one row with their number, so a file of a million equal defects costs a thousand rows and counts all of them.
class IssueLog {
 public:
  static constexpr std::uint64_t kListed = 1000;
  explicit IssueLog(std::string file) : file_(std::move(file)) {}

  /// What is said beside code, line and column. All texts free of personal data.
  struct Detail {
    std::string value{}, action{}, repaired_to{}, message{}, suggestion{}, field{};
    std::uint64_t record = 0;
    std::uint64_t count = 1;
  };
  void add(Severity severity, std::string_view code, std::uint64_t line, std::string_view column, Detail detail);
  /// In order of line, then of report.
  std::vector<Issue> take();

 private:
  struct Group {
    std::uint64_t listed = 0;
    std::size_t overflow = 0;  ///< index into issues_, once there is one
  };
  std::string file_;
  std::vector<Issue> issues_;
  std::unordered_map<std::string, Group> groups_;
};

std::string_view to_string(Severity severity);  ///< "note", "warning", "error"

/// Writes issues.tsv (0600, replaced when there): header, one row an issue, every text escaped. Throws Error(failure).
void write_issues(const std::filesystem::path& path, const std::string& batch_id, const std::vector<Issue>& issues);

/// Writes the rejects of files that share one header as CSV that loads again (0600). Throws Error(failure).
void write_rejects(const std::filesystem::path& path, const std::vector<std::string>& header, const std::vector<Reject>& rejects);

}  // namespace homeward::import
