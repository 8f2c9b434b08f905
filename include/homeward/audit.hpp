// The log of who touched people's data: one line a command, each sealed with the one before.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace homeward {

/// One line. No ids, names or free text: `subject` is a digest (audit_subject), `detail` counts and words of ours.
struct AuditLine {
  std::uint64_t number = 0;  ///< from 1
  std::string time, actor, command, subject, detail;
  std::string hash;  ///< SHA-256 over the previous line's hash and this line's other fields
};

/// A digest under which an id stands in the log: whoever knows the id finds its lines, nobody reads an id off the log.
std::string audit_subject(std::string_view store_uuid, std::string_view id);

/// The name of the log of a store: STORE.audit.
std::filesystem::path audit_path(const std::filesystem::path& store);

/// Appends a line (0600, locked, flushed to disk before it returns); number and hash are filled in. Throws Error(failure), also when
/// the log's last line is not whole: then nothing is done that would have to be logged.
void append_audit(const std::filesystem::path& log, AuditLine line);

/// What a check of a log found.
struct AuditCheck {
  std::vector<AuditLine> lines;   ///< up to the first defect
  std::string head;               ///< hash of the last sound line; empty = none
  std::uint64_t defect_line = 0;  ///< 0 = sound
  std::string defect;
};

/// Verifies numbers and hashes. A log that was rewritten as a whole is sound in itself: compare its head, or one written down
/// earlier (AuditLine::hash of any line), with a copy kept elsewhere. A missing log is an empty one. Throws Error(input) when it cannot be
/// read.
AuditCheck check_audit(const std::filesystem::path& log);

}  // namespace homeward
