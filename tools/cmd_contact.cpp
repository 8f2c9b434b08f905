// homeward contact: opens one candidate's contact from the vault. A logged act.
#include <algorithm>
#include <map>
#include <ostream>

#include "base/text.hpp"
#include "command.hpp"
#include "homeward/audit.hpp"
#include "homeward/error.hpp"
#include "homeward/store_registry.hpp"
#include "people_options.hpp"
#include "worklist.hpp"

namespace homeward::cli {

namespace {

void declare(CommandLine& line) {
  declare_vault_options(line.group("Vault"));
  line.group("Log").add_options()  //
      ("case", po::value<std::string>()->default_value("")->value_name("NUMBER"),
       "number of the case this is opened for: letters, digits, . _ - (no names)");
  line.hidden.add_options()("store", po::value<std::string>())("id", po::value<std::string>());
  line.positional.add("store", 1).add("id", 1);
}

/// The log keeps it for ever, so it is a number of a file and no text about people.
std::string case_number(const std::string& text) {
  constexpr std::size_t kLongest = 40;
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
  if (!plain || text.size() > kLongest) throw Error(ErrorKind::usage, "--case takes a case number: at most 40 letters, digits, . _ -");
  return text;
}

int run(const po::variables_map& values, Context& context) {
  if (values.count("store") == 0 || values.count("id") == 0)
    throw Error(ErrorKind::usage,
                "contact needs a STORE and the id of a child, family, sample or registration; see `homeward help contact`");
  const std::string store = values["store"].as<std::string>(), id = values["id"].as<std::string>();
  const std::string number = case_number(values["case"].as<std::string>());
  const StoredRegistry registry = stored_registry(store);
  const std::vector<std::size_t> found = registrations_of(registry, id);
  if (found.empty())
    throw Error(ErrorKind::input, context.say("no registration names a sample of this id; see `homeward register STORE --worklist`"));
  Vault vault = open_vault(parse_vault_options(values, store));
  vault.bind(registry.uuid);
  // The line first: nobody sees a contact that is not in the log.
  log_act(store, "contact", audit_subject(registry.uuid, id),
          fmt::format("{} registrations, case {}", found.size(), number.empty() ? "-" : number));
  std::map<std::string, VaultEntry> entries;
  for (const std::size_t i : found) entries.emplace(registry.registrations[i].id, VaultEntry{});
  vault.for_each([&](const VaultEntry& entry) {
    if (const auto wanted = entries.find(entry.id); wanted != entries.end()) wanted->second = entry;
  });
  context.out << "registration_id\tsite\tfield\tvalue\n";
  for (const std::size_t i : found) {
    const Registration& registration = registry.registrations[i];
    for (const auto& [field, value] : personal_fields(entries[registration.id].fields))
      if (field != RegistrationField::id_number)
        context.out << fmt::format("{}\t{}\t{}\t{}\n", registration.id, escaped(registration.site), to_string(field), escaped(value));
  }
  if (!context.global.quiet)
    context.err << context.say("{} registrations opened; the log {} says so. A candidate is a lead to confirm, never an identification.",
                               found.size(), escaped(audit_path(store).string()))
                << '\n';
  return 0;
}

}  // namespace

const Command kContact{"contact",
                       "open one candidate's contact from the vault; the log says who did",
                       "STORE ID [options]",
                       "  homeward contact db.h5 F00012 --key-file vault.key --case 2026-031\n"
                       "  homeward contact db.h5 RCH7D0S9Y3K2M1N --key-file vault.key\n",
                       declare,
                       run};

}  // namespace homeward::cli
