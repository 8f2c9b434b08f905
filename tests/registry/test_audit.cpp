// The log: lines that cannot be changed, taken out or put in without a trace.
#include <sys/resource.h>

#include <csignal>

#include "homeward/audit.hpp"
#include "homeward/error.hpp"
#include "registry_fixture.hpp"

using namespace homeward;
using namespace homeward::registry_test;

namespace {

AuditLine line(const std::string& command, const std::string& detail) {
  AuditLine made;
  made.time = "2026-01-31T12:00:00Z";
  made.actor = "steward";
  made.command = command;
  made.detail = detail;
  return made;
}

}  // namespace

TEST_CASE("a log of three acts is sound, and any change of any byte shows") {
  const Folder folder("audit");
  const auto path = folder / "s.audit";
  CHECK(check_audit(path).lines.empty());
  append_audit(path, line("register", "5 files"));
  append_audit(path, line("contact", "1 registrations, case 2026-1"));
  append_audit(path, line("withdraw", "a\ttab and a\nline"));
  const AuditCheck sound = check_audit(path);
  CHECK(sound.defect_line == 0);
  REQUIRE(sound.lines.size() == 3);
  CHECK(sound.lines[2].number == 3);
  CHECK(sound.head == sound.lines[2].hash);
  const std::string bytes = bytes_of(path);
  for (std::size_t at = 0; at < bytes.size(); at += 5) {
    std::string changed = bytes;
    changed[at] = changed[at] == 'x' ? 'y' : 'x';
    INFO("byte " << at);
    CHECK(check_audit(folder.write("t.audit", changed)).defect_line != 0);
  }
}

TEST_CASE("a line taken out, moved or cut off in the middle shows; a cut at a line's end shows by its head") {
  const Folder folder("auditlines");
  const auto path = folder / "s.audit";
  for (const char* command : {"register", "contact", "withdraw"}) append_audit(path, line(command, "x"));
  const std::string bytes = bytes_of(path);
  std::vector<std::size_t> ends;
  for (std::size_t at = bytes.find('\n'); at != std::string::npos; at = bytes.find('\n', at + 1)) ends.push_back(at + 1);
  REQUIRE(ends.size() == 4);
  CHECK(check_audit(folder.write("t.audit", bytes.substr(0, ends[0]) + bytes.substr(ends[1]))).defect_line == 2);
  CHECK(check_audit(folder.write("t.audit", bytes.substr(0, ends[2] + 10))).defect_line == 4);
  const AuditCheck cut = check_audit(folder.write("t.audit", bytes.substr(0, ends[2])));
  CHECK(cut.defect_line == 0);
  CHECK(cut.head != check_audit(path).head);
  CHECK_THROWS_AS(append_audit(folder.write("t.audit", bytes.substr(0, ends[2] + 10)), line("contact", "x")), Error);
}

TEST_CASE("a disk that fills up in the middle of a line leaves the log as it was") {
  const Folder folder("auditfull");
  const auto path = folder / "s.audit";
  append_audit(path, line("register", "1 files"));
  const std::string before = bytes_of(path);
  struct rlimit usual {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &usual) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit full { before.size() + 20, usual.rlim_max };
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &full) == 0);
  CHECK_THROWS_AS(append_audit(path, line("contact", "1 registrations")), Error);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &usual) == 0);
  std::signal(SIGXFSZ, handler);
  CHECK(bytes_of(path) == before);
  append_audit(path, line("contact", "1 registrations"));
  CHECK(check_audit(path).lines.size() == 2);
}

TEST_CASE("an id stands in the log as a digest of its own store") {
  CHECK(audit_subject("u1", "F1") == audit_subject("u1", "F1"));
  CHECK(audit_subject("u1", "F1") != audit_subject("u2", "F1"));
  CHECK(audit_subject("u1", "F1").find("F1") == std::string::npos);
}
