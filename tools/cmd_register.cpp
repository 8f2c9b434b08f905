// homeward register: registrations of families and children into a store, their people into its vault.
#include <array>
#include <filesystem>
#include <functional>
#include <optional>
#include <ostream>
#include <unordered_set>

#include "base/text.hpp"
#include "command.hpp"
#include "homeward/error.hpp"
#include "homeward/store.hpp"
#include "homeward/store_registry.hpp"
#include "people_options.hpp"
#include "register_input.hpp"
#include "run_folder.hpp"
#include "worklist.hpp"

namespace homeward::cli {

namespace {

struct Options {
  RegisterOptions registering;
  VaultOptions vault;
};

void declare(CommandLine& line) {
  line.group("What the files hold")
      .add_options()                                                                                                                 //
      ("site", po::value<std::string>()->value_name("NAME"), "where they come from (default: the file's name up to its first dot)")  //
      ("mapping", po::value<std::string>()->value_name("FILE"),
       "what headings and words of this site mean, as --save-mapping wrote it (default: SITE.mapping.tsv beside the file)")  //
      ("save-mapping", po::value<std::string>()->value_name("FILE"),
       "write what the headings of the first file were taken for, also with --dry-run")                                   //
      ("encoding", po::value<std::string>()->default_value("")->value_name("NAME"), "text encoding (default: detected)")  //
      ("worksheet", po::value<std::string>()->default_value("")->value_name("NAME"),
       "sheet of a workbook (default: the first that is a table of registrations)")  //
      ("century", po::value<int>()->default_value(0)->value_name("YEAR"),
       "1900 or 2000: what years of two digits mean (default: they are not read)");
  declare_vault_options(line.group("Vault"));
  line.group("What to do")
      .add_options()                                                                                                                  //
      ("dry-run", po::bool_switch(), "read, check and report; write no store and no vault")                                           //
      ("max-rejects", po::value<std::uint64_t>()->default_value(0)->value_name("N"), "with more rejected rows nothing is committed")  //
      ("issues", po::value<std::string>()->value_name("FILE"), "list of issues (default: STORE.<batch>.issues.tsv)")                  //
      ("rejects", po::value<std::string>()->value_name("FILE"),
       "rejected rows, to mend and register again (default: STORE.<batch>.rejects.csv)")  //
      ("worklist", po::bool_switch(), "print families without DNA and samples without registration; no key needed");
  line.hidden.add_options()("store", po::value<std::string>())("file", po::value<std::vector<std::string>>());
  line.positional.add("store", 1).add("file", -1);
}

Options parse(const po::variables_map& values) {
  Options options;
  RegisterOptions& r = options.registering;
  r.worklist = values["worklist"].as<bool>();
  if (values.count("store") == 0 || (values.count("file") == 0 && !r.worklist))
    throw Error(ErrorKind::usage, "register needs a STORE and at least one FILE, or --worklist; see `homeward help register`");
  const auto text = [&](const char* name) { return values.count(name) != 0 ? values[name].as<std::string>() : std::string(); };
  r.store = text("store");
  if (values.count("file") != 0) r.files = values["file"].as<std::vector<std::string>>();
  r.reading.site = text("site");
  if (!r.reading.site.empty() && r.files.size() > 1) throw Error(ErrorKind::usage, "--site names one site: give its file alone");
  r.reading.encoding = text("encoding");
  r.reading.worksheet = text("worksheet");
  r.reading.century = values["century"].as<int>();
  if (r.reading.century != 0 && r.reading.century != 1900 && r.reading.century != 2000)
    throw Error(ErrorKind::usage, "--century must be 1900 or 2000");
  r.mapping = text("mapping");
  r.save_mapping = text("save-mapping");
  r.issues = text("issues");
  r.rejects = text("rejects");
  r.max_rejects = values["max-rejects"].as<std::uint64_t>();
  r.dry_run = values["dry-run"].as<bool>();
  options.vault = parse_vault_options(values, r.store);
  return options;
}

void print_worklist_of(const std::string& store, const Context& context) {
  const StoredRegistry registry = stored_registry(store);
  const WorklistCounts counts = print_worklist(registry, context.out);
  if (!context.global.quiet)
    context.err << context.say("{} registrations; with DNA {}, without DNA {}; {} samples without registration",
                               registry.registrations.size(), counts.linked, counts.without_dna, counts.samples_unregistered)
                << '\n';
}

std::vector<RegistrationBatch> batches_of(std::vector<RegisterInput>& inputs) {
  std::vector<RegistrationBatch> batches;
  for (RegisterInput& input : inputs) {
    RegistrationBatch batch;
    batch.file = std::filesystem::path(input.file.path).filename().string();
    batch.sha256 = input.file.sha256;
    batch.format = "registrations";
    batch.rows = input.file.rows;
    batch.rejects = input.file.rejects.size();
    batch.records = std::move(input.file.records);
    for (Registration& record : batch.records) record.id = random_registration_id();
    batches.push_back(std::move(batch));
  }
  return batches;
}

constexpr std::size_t kDigestDigits = 16;

/// Seals the people of added and renewed registrations. What an import of the same file that never reached the store left behind goes.
void seal_people(Vault& vault, const std::vector<RegistrationBatch>& batches, const std::vector<RegisterInput>& inputs,
                 const std::function<bool(std::string_view)>& known) {
  std::unordered_set<std::string_view> renewed, digests;
  for (const RegistrationBatch& batch : batches) {
    if (batch.known_file) continue;
    digests.insert(std::string_view(batch.sha256).substr(0, kDigestDigits));
    for (std::size_t i = 0; i < batch.records.size(); ++i)
      if (batch.outcomes[i] == RegistrationOutcome::updated) renewed.insert(batch.records[i].id);
  }
  const auto keep = [&](const VaultEntry& entry) {
    return renewed.count(entry.id) == 0 && (digests.count(entry.file_digest) == 0 || known(entry.id));
  };
  vault.rewrite(keep, [&](const VaultSink& add) {
    VaultEntry entry;
    for (std::size_t b = 0; b < batches.size(); ++b) {
      const RegistrationBatch& batch = batches[b];
      entry.file_digest = batch.sha256.substr(0, kDigestDigits);
      for (std::size_t i = 0; i < batch.outcomes.size(); ++i) {
        if (batch.outcomes[i] == RegistrationOutcome::unchanged) continue;
        entry.id = batch.records[i].id;
        entry.site = batch.records[i].site;
        entry.fields = inputs[b].file.people[i];
        add(entry);
      }
    }
  });
}

void print_rows(const std::vector<RegistrationBatch>& batches, const std::vector<RegisterInput>& inputs, std::ostream& out) {
  out << "file\tencoding\trows\tregistrations\tadded\tupdated\tunchanged\trejects\tissues\n";
  for (std::size_t b = 0; b < batches.size(); ++b) {
    std::array<std::uint64_t, 4> n{};
    for (const RegistrationOutcome outcome : batches[b].outcomes) ++n[static_cast<std::size_t>(outcome)];
    std::uint64_t issues = 0;
    for (const Issue& issue : inputs[b].file.issues) issues += issue.count;
    out << fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", escaped(inputs[b].file.path), inputs[b].file.encoding, batches[b].rows,
                       batches[b].records.size(), n[1], n[2], n[3], batches[b].rejects, issues);
  }
}

void print_totals(const Options& options, const std::vector<RegistrationBatch>& batches, const RegisterSummary& summary,
                  const Context& context) {
  for (const RegistrationBatch& batch : batches)
    if (batch.known_file)
      context.err << context.say("{}: a file with the same content is in the store already: nothing of it was added again",
                                 escaped(batch.file))
                  << '\n';
  const char* said = options.registering.dry_run ? "would add {} registrations, renew {}, leave {} as they are"
                                                 : "added {} registrations, renewed {}, left {} as they were";
  context.err << context.say(said, summary.added, summary.updated, summary.unchanged) << '\n';
  if (options.registering.dry_run) {
    context.err << context.say("dry run: store and vault were not touched") << '\n';
  } else if (summary.generation != 0) {
    context.err << context.say("names, telephones, places and free text are sealed in {}; the store {} has none of them",
                               escaped(options.vault.path.string()), escaped(options.registering.store))
                << '\n';
  }
}

int run(const po::variables_map& values, Context& context) {
  Options options = parse(values);
  RegisterOptions& registering = options.registering;
  if (registering.files.empty()) {
    print_worklist_of(registering.store, context);
    return 0;
  }
  // A rehearsal without a key cannot tell what is known already: then everything counts as new.
  std::optional<Vault> vault;
  if (!registering.dry_run)
    vault.emplace(open_or_create_vault(options.vault, context));
  else if (options.vault.key_given() && std::filesystem::exists(options.vault.path))
    vault.emplace(open_vault(options.vault));
  if (vault) registering.reading.hash = [&](std::string_view text) { return vault->hash(text); };
  std::vector<RegisterInput> inputs = read_register_input(registering, context);
  if (!context.global.quiet) print_register_input(inputs, registering.dry_run || context.global.verbose, context);
  if (!registering.save_mapping.empty()) {
    ImportedFile shell;
    shell.columns = inputs.front().file.columns;
    write_mapping(registering.save_mapping, shell, inputs.front().mapping);
    context.err << context.say("mapping: {} (look it over; the next file of this site takes it with --mapping)",
                               escaped(registering.save_mapping))
                << '\n';
  }
  std::uint64_t rejects = 0;
  for (const RegisterInput& input : inputs) rejects += input.file.rejects.size();
  const bool refused = rejects > registering.max_rejects;
  std::vector<RegistrationBatch> batches = batches_of(inputs);
  RegisterSummary summary;
  const auto before_commit = [&](const std::string& store_uuid, const std::function<bool(std::string_view)>& known) {
    vault->bind(store_uuid);
    log_act(registering.store, "register", "", fmt::format("{} files", batches.size()));
    seal_people(*vault, batches, inputs, known);
  };
  if (!refused) summary = register_in_store(registering.store, batches, registering.dry_run, utc_now(), before_commit);
  write_register_lists(registering, inputs, summary.batch_id, context);
  if (refused)
    throw Error(ErrorKind::input,
                context.say("{} rejects, at most {} accepted (--max-rejects): nothing was committed", rejects, registering.max_rejects));
  print_rows(batches, inputs, context.out);
  if (!context.global.quiet) print_totals(options, batches, summary, context);
  if (registering.worklist && !registering.dry_run) print_worklist_of(registering.store, context);
  return 0;
}

}  // namespace

const Command kRegister{"register",
                        "import registrations of searching families and rescued children; people go to a sealed vault",
                        "STORE FILE... [options]",
                        "  homeward register db.h5 site1.csv site2.xlsx --dry-run\n"
                        "  homeward register db.h5 site1.csv site2.xlsx --key-file vault.key\n"
                        "  homeward register db.h5 site4.txt --mapping site4.mapping.tsv --key-file vault.key\n"
                        "  homeward register db.h5 --worklist > worklist.tsv\n",
                        declare,
                        run};

}  // namespace homeward::cli
