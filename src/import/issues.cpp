#include "import/issues.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/atomic_file.hpp"
#include "base/text.hpp"
#include "import/text_table.hpp"

namespace homeward::import {

std::string_view to_string(Severity severity) {
  return severity == Severity::error ? "error" : severity == Severity::warning ? "warning" : "note";
}

void IssueLog::add(Severity severity, std::string_view code, std::uint64_t line, std::string_view column, Detail detail) {
  std::string key(code);
  key += '\t';
  key += column;
  Group& group = groups_[key];
  if (group.listed >= kListed) {
    if (group.listed > kListed) {
      issues_[group.overflow].count += detail.count;
      return;
    }
    group.overflow = issues_.size();
    detail.value.clear();
    detail.repaired_to.clear();
    detail.record = 0;
    detail.message = "this and further cells or rows alike; see `count`";
  }
  ++group.listed;
  issues_.push_back({severity,
                     std::string(code),
                     file_,
                     {},
                     line,
                     detail.record,
                     std::string(column),
                     std::move(detail.field),
                     std::move(detail.value),
                     std::move(detail.action),
                     std::move(detail.repaired_to),
                     std::move(detail.message),
                     std::move(detail.suggestion),
                     detail.count});
}

std::vector<Issue> IssueLog::take() {
  std::stable_sort(issues_.begin(), issues_.end(), [](const Issue& a, const Issue& b) { return a.line < b.line; });
  groups_.clear();
  return std::move(issues_);
}

void write_issues(const std::filesystem::path& path, const std::string& batch_id, const std::vector<Issue>& issues) {
  std::string text =
      "batch_id\tseverity\tcode\tfile\tsheet\tline\trecord\tcolumn\tfield\tvalue\taction\trepaired_to\tmessage\tsuggestion\tcount\n";
  const auto number = [](std::uint64_t n) { return n == 0 ? std::string(".") : std::to_string(n); };
  const auto word = [](const std::string& s) { return s.empty() ? std::string(".") : escaped(s); };
  for (const Issue& issue : issues) {
    text += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", word(batch_id), to_string(issue.severity),
                        word(issue.code), word(issue.file), word(issue.sheet), number(issue.line), number(issue.record), word(issue.column),
                        word(issue.field), word(issue.value), word(issue.action), word(issue.repaired_to), word(issue.message),
                        word(issue.suggestion), issue.count);
  }
  write_atomic_file(path, text);
}

void write_rejects(const std::filesystem::path& path, const std::vector<std::string>& header, const std::vector<Reject>& rejects) {
  std::string text = "_code,_reason,_line";
  for (const std::string& name : header) text += ',' + csv_cell(name);
  text += '\n';
  for (const Reject& reject : rejects) {
    text += csv_cell(reject.code) + ',' + csv_cell(reject.reason) + ',' + std::to_string(reject.line);
    for (const std::string& cell : reject.cells) text += ',' + csv_cell(cell);
    // A row with missing cells is refused again until it is mended: it is not padded.
    text += '\n';
  }
  write_atomic_file(path, text);
}

}  // namespace homeward::import
