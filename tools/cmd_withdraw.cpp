// homeward withdraw: a person leaves; what is left is searched, and a certificate says what was found.
#include <algorithm>
#include <optional>
#include <ostream>
#include <unordered_set>

#include "base/atomic_file.hpp"
#include "base/text.hpp"
#include "command.hpp"
#include "homeward/audit.hpp"
#include "homeward/error.hpp"
#include "homeward/store_registry.hpp"
#include "homeward/version.hpp"
#include "people_options.hpp"
#include "residue.hpp"
#include "run_folder.hpp"

namespace homeward::cli {

namespace {

void declare(CommandLine& line) {
  declare_vault_options(line.group("Vault (needed when the person is registered)"));
  line.group("What to do")
      .add_options()                                                       //
      ("dry-run", po::bool_switch(), "say what would go; change nothing")  //
      ("runs", po::value<std::string>()->value_name("FOLDER"),
       "where run folders are, searched for the person's ids (default: the store's folder)")  //
      ("output,o", po::value<std::string>()->value_name("FILE"), "write the certificate to a file (default: standard output)");
  line.hidden.add_options()("store", po::value<std::string>())("id", po::value<std::string>());
  line.positional.add("store", 1).add("id", 1);
}

std::vector<std::string> all_ids(const Withdrawal& w) {
  std::vector<std::string> ids;
  for (const auto* list : {&w.samples, &w.persons, &w.registrations}) ids.insert(ids.end(), list->begin(), list->end());
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

/// Ids so short that they stand in bytes by chance prove nothing there; in the tables they are compared whole.
std::vector<std::string> telling(const std::vector<std::string>& ids) {
  constexpr std::size_t kShortest = 6;
  std::vector<std::string> result;
  for (const std::string& id : ids)
    if (id.size() >= kShortest) result.push_back(id);
  return result;
}

/// What the proof found: nothing, or the place where something is left.
struct Proof {
  std::uint64_t tables = 0, bytes = 0, vault_entries = 0;
  bool clean() const { return tables == 0 && bytes == 0 && vault_entries == 0; }
};

Proof prove(const std::string& store, const std::vector<std::string>& ids, const Withdrawal& w, const std::optional<Vault>& vault) {
  Proof proof;
  for (const std::string& id : ids) proof.tables += find_text_in_store(store, id).size();
  if (const std::vector<std::string> bytes = telling(ids); !bytes.empty() && file_holds(store, bytes)) ++proof.bytes;
  if (!vault) return proof;
  const std::unordered_set<std::string_view> gone(w.registrations.begin(), w.registrations.end());
  vault->for_each([&](const VaultEntry& entry) { proof.vault_entries += gone.count(entry.id); });
  return proof;
}

std::string certificate(const std::string& store, const std::string& id, const Withdrawal& w, const Proof& proof, const Residue& residue,
                        bool with_vault, const Context& context) {
  std::string text = context.say("homeward: certificate of withdrawal") + '\n';
  const auto line = [&](std::string_view key, const std::string& value) { text += fmt::format("{}\t{}\n", key, value); };
  line("time", utc_now());
  line("version", std::string(version()));
  line("store", escaped(store));
  line("generation", std::to_string(w.generation));
  line("id", escaped(id));
  line("tombstone", w.tombstone);
  line("samples", std::to_string(w.samples.size()));
  line("typings", std::to_string(w.typings));
  line("family_rows", std::to_string(w.family_rows));
  line("registrations", std::to_string(w.registrations.size()));
  line("vault", with_vault ? "written anew" : "nothing there");
  line("ids_left_in_store_tables", std::to_string(proof.tables));
  line("ids_left_in_store_bytes", std::to_string(proof.bytes));
  line("entries_left_in_vault", std::to_string(proof.vault_entries));
  for (const std::string& file : w.batches) line("came_from_file", escaped(file));
  for (const std::string& file : residue.files) line("file_names_the_id", escaped(file));
  for (const std::string& run : residue.runs) line("run_names_the_id", escaped(run));
  return text + context.say("Not covered: backups, copies, the files listed above, and blocks that the disk has not overwritten yet.") +
         '\n';
}

int run(const po::variables_map& values, Context& context) {
  if (values.count("store") == 0 || values.count("id") == 0)
    throw Error(ErrorKind::usage, "withdraw needs a STORE and the id of a sample, person or registration; see `homeward help withdraw`");
  const std::string store = values["store"].as<std::string>(), id = values["id"].as<std::string>();
  const VaultOptions vault_options = parse_vault_options(values, store);
  std::optional<Vault> vault;
  const Withdrawal rehearsed = withdraw_from_store(store, id, true, {}, {});
  if (values["dry-run"].as<bool>()) {
    context.out << fmt::format("samples\t{}\ntypings\t{}\nfamily_rows\t{}\nregistrations\t{}\n", rehearsed.samples.size(),
                               rehearsed.typings, rehearsed.family_rows, rehearsed.registrations.size());
    context.err << context.say("dry run: store and vault were not touched") << '\n';
    return 0;
  }
  if (!rehearsed.registrations.empty()) vault.emplace(open_vault(vault_options));
  const Withdrawal w = withdraw_from_store(store, id, false, utc_now(), [&](const std::string& uuid, const Withdrawal& leaving) {
    log_act(store, "withdraw", leaving.tombstone,
            fmt::format("{} samples, {} registrations", leaving.samples.size(), leaving.registrations.size()));
    if (!vault) return;
    vault->bind(uuid);
    const std::unordered_set<std::string_view> gone(leaving.registrations.begin(), leaving.registrations.end());
    vault->rewrite([&](const VaultEntry& entry) { return gone.count(entry.id) == 0; }, [](const VaultSink&) {});
  });
  const std::vector<std::string> ids = all_ids(w);
  const Proof proof = prove(store, ids, w, vault);
  const std::filesystem::path at(store);
  const std::filesystem::path runs = values.count("runs") != 0 ? std::filesystem::path(values["runs"].as<std::string>())
                                     : at.has_parent_path()    ? at.parent_path()
                                                               : ".";
  const Residue residue = find_residue(at, runs, telling(ids));
  const std::string text = certificate(store, id, w, proof, residue, vault.has_value(), context);
  if (values.count("output") != 0)
    write_atomic_file(values["output"].as<std::string>(), text);
  else
    context.out << text;
  if (!proof.clean())
    throw Error(ErrorKind::failure, "the withdrawal is incomplete: an id is still in the store or the vault; see the certificate");
  if (!context.global.quiet && !(residue.files.empty() && residue.runs.empty()))
    context.err << context.say("{} files and {} run folders still name the id: delete them, or make them anew", residue.files.size(),
                               residue.runs.size())
                << '\n';
  return 0;
}

}  // namespace

const Command kWithdraw{"withdraw",
                        "erase a person: profile, registration, vault entry; prove it and print a certificate",
                        "STORE ID [options]",
                        "  homeward withdraw db.h5 F00012-1 --dry-run\n"
                        "  homeward withdraw db.h5 F00012-1 --key-file vault.key -o certificate.txt\n",
                        declare,
                        run};

}  // namespace homeward::cli
