// homeward audit: verifies and prints the log of who touched people's data.
#include <algorithm>
#include <filesystem>
#include <ostream>

#include "base/text.hpp"
#include "command.hpp"
#include "homeward/audit.hpp"
#include "homeward/error.hpp"
#include "homeward/store.hpp"

namespace homeward::cli {

namespace {

void declare(CommandLine& line) {
  line.group("Lines").add_options()                                                                                      //
      ("id", po::value<std::string>()->value_name("ID"), "only lines about this child, family, sample or registration")  //
      ("expect", po::value<std::string>()->value_name("HASH"),
       "fail unless the log still holds the line of this hash, written down earlier");
  line.hidden.add_options()("store", po::value<std::string>());
  line.positional.add("store", 1);
}

int run(const po::variables_map& values, Context& context) {
  if (values.count("store") == 0) throw Error(ErrorKind::usage, "audit needs a STORE; see `homeward help audit`");
  const std::string store = values["store"].as<std::string>();
  if (!std::filesystem::exists(audit_path(store)))
    throw Error(ErrorKind::store,
                context.say("there is no log {}: the store was never loaded into by this program, or its log was taken away",
                            escaped(audit_path(store).string())));
  const AuditCheck check = check_audit(audit_path(store));
  std::string subject;
  if (values.count("id") != 0) subject = audit_subject(Store::open(store)->info().uuid, values["id"].as<std::string>());
  context.out << "number\ttime\tactor\tcommand\tsubject\tdetail\thash\n";
  for (const AuditLine& line : check.lines)
    if (subject.empty() || line.subject == subject)
      context.out << fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\n", line.number, line.time, line.actor, line.command, line.subject,
                                 line.detail, line.hash);
  if (check.defect_line != 0) {
    context.err << "homeward: "
                << context.say("{}: line {} is not what was written: {}", escaped(audit_path(store).string()), check.defect_line,
                               context.messages.text(check.defect))
                << '\n';
    return static_cast<int>(ErrorKind::store);
  }
  if (values.count("expect") != 0) {
    const std::string expected = values["expect"].as<std::string>();
    if (std::none_of(check.lines.begin(), check.lines.end(), [&](const AuditLine& line) { return line.hash == expected; }))
      throw Error(ErrorKind::store, context.say("the log does not hold the expected line: it was written anew, or its end was cut off"));
  }
  if (!context.global.quiet)
    context.err << context.say("{} lines, sound; head {}: write it down in another place, and a log that is written anew will show",
                               check.lines.size(), check.head.empty() ? "-" : check.head)
                << '\n';
  return 0;
}

}  // namespace

const Command kAudit{"audit",
                     "verify and print the tamper-evident log",
                     "STORE [options]",
                     "  homeward audit db.h5\n"
                     "  homeward audit db.h5 --id F00012\n",
                     declare,
                     run};

}  // namespace homeward::cli
