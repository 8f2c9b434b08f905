// homeward load: files of DNA profiles into a store, in one commit or not at all.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <iostream>
#include <iterator>
#include <map>
#include <set>

#include "base/text.hpp"
#include "command.hpp"
#include "homeward/error.hpp"
#include "homeward/import.hpp"
#include "homeward/store.hpp"
#include "import/issues.hpp"
#include "import/sample_rows.hpp"
#include "people_options.hpp"

namespace homeward::cli {

namespace {

struct LoadOptions {
  std::string store;
  std::vector<std::string> files;
  ImportOptions import;
  std::string samples, issues, rejects;
  std::vector<std::string> elimination;
  std::string save_mapping;
  std::uint64_t max_rejects = 0;
  bool dry_run = false;
};

void declare(CommandLine& line) {
  line.group("What the files hold")
      .add_options()                                                                                                                 //
      ("role", po::value<std::string>()->value_name("ROLE"), "role of samples that do not say: child, father, mother, parent, ...")  //
      ("kit", po::value<std::string>()->value_name("KIT"), "kit of samples that do not say")                                         //
      ("samples", po::value<std::string>()->value_name("SHEET"),
       "sample sheet: sample_id, role, family_id, sex, person_id, kit, slot, partial")  //
      ("elimination", po::value<std::vector<std::string>>()->multitoken()->composing()->value_name("FILE"),
       "profiles of the laboratory's people: samples with one of them get role control")  //
      ("format", po::value<std::string>()->default_value("auto")->value_name("NAME"),
       fmt::format("{}", fmt::join(profile_formats(), ", ")).c_str())  //
      ("encoding", po::value<std::string>()->default_value("")->value_name("NAME"),
       "text encoding, such as GB18030 or BIG5 (default: detected)")                                                                //
      ("mapping", po::value<std::string>()->value_name("FILE"), "what the headings of this site mean, as --save-mapping wrote it")  //
      ("save-mapping", po::value<std::string>()->value_name("FILE"),
       "write what the headings of the first file were taken for, also with --dry-run")  //
      ("worksheet", po::value<std::string>()->default_value("")->value_name("NAME"),
       "sheet of a workbook (default: the first that is a table of profiles)")  //
      ("sample-regex", po::value<std::string>()->default_value("")->value_name("REGEX"),
       "the first group is the sample id inside a longer sample name");
  line.group("What to do with defects")
      .add_options()                                                                                                                  //
      ("dry-run", po::bool_switch(), "read, check and report; write no store")                                                        //
      ("max-rejects", po::value<std::uint64_t>()->default_value(0)->value_name("N"), "with more rejected rows nothing is committed")  //
      ("issues", po::value<std::string>()->value_name("FILE"), "list of issues (default: STORE.<batch>.issues.tsv)")                  //
      ("rejects", po::value<std::string>()->value_name("FILE"),
       "rejected rows, to mend and load again (default: STORE.<batch>.rejects.csv)");
  line.hidden.add_options()("store", po::value<std::string>())("file", po::value<std::vector<std::string>>());
  line.positional.add("store", 1).add("file", -1);
}

LoadOptions parse(const po::variables_map& values, const Context& context) {
  if (values.count("store") == 0 || values.count("file") == 0)
    throw Error(ErrorKind::usage, "load needs a STORE and at least one FILE; see `homeward help load`");
  LoadOptions options;
  options.store = values["store"].as<std::string>();
  options.files = values["file"].as<std::vector<std::string>>();
  options.import.format = values["format"].as<std::string>();
  options.import.encoding = values["encoding"].as<std::string>();
  options.import.worksheet = values["worksheet"].as<std::string>();
  options.import.sample_regex = values["sample-regex"].as<std::string>();
  options.import.data_dir = context.data_dir;
  if (values.count("kit") != 0) options.import.kit = find_kit(values["kit"].as<std::string>(), context.data_dir).name;
  if (values.count("role") != 0) {
    const std::string word = values["role"].as<std::string>();
    options.import.role = parse_role(word);
    if (!options.import.role || word.empty())
      throw Error(
          ErrorKind::usage,
          "unknown role '" + escaped(word) +
              "'; expected child, father, mother, parent, sibling, grandparent, avuncular, half-sibling, spouse, relative or control");
  }
  const std::vector<std::string> formats = profile_formats();
  if (std::find(formats.begin(), formats.end(), options.import.format) == formats.end()) {
    const std::vector<std::string> near = nearest(options.import.format, formats, 1);
    throw Error(ErrorKind::usage,
                "unknown format '" + escaped(options.import.format) + "'" +
                    (near.empty() ? fmt::format("; expected one of {}", fmt::join(formats, ", ")) : ": did you mean '" + near[0] + "'?"));
  }
  const auto text = [&](const char* name) { return values.count(name) != 0 ? values[name].as<std::string>() : std::string(); };
  options.samples = text("samples");
  options.save_mapping = text("save-mapping");
  if (values.count("mapping") != 0) options.import.mapping = read_mapping(values["mapping"].as<std::string>());
  if (values.count("elimination") != 0) options.elimination = values["elimination"].as<std::vector<std::string>>();
  options.issues = text("issues");
  options.rejects = text("rejects");
  options.max_rejects = values["max-rejects"].as<std::uint64_t>();
  options.dry_run = values["dry-run"].as<bool>();
  return options;
}

std::string now_utc() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

/// Everything read, with the sheet beside the files: its defects count like theirs.
struct Input {
  std::vector<ImportedFile> files;
  std::optional<ImportedFile> sheet;
  std::vector<Issue> other_issues;    ///< of the sheet against the files
  std::vector<std::string> failures;  ///< of files that cannot be read at all
};

/// Control DNA and people of the laboratory among the samples become controls.
template <class Attempt>
void eliminate(const LoadOptions& options, Input& input, const Attempt& attempt) {
  ImportOptions plain;
  plain.data_dir = options.import.data_dir;
  const ImportedFile controls = read_profiles(plain.data_dir / "panels" / "control_dna.csv", plain);
  for (ImportedFile& file : input.files) mark_eliminated(file, controls, Elimination::control_dna);
  for (const std::string& path : options.elimination) {
    attempt([&] {
      const ImportedFile list = read_profiles(path, plain);
      for (ImportedFile& file : input.files) mark_eliminated(file, list, Elimination::staff);
    });
  }
}

/// Reads all files; one that cannot be read does not hide what is wrong with the next.
Input read_all(LoadOptions& options) {
  Input input;
  const auto attempt = [&](const auto& read) {
    try {
      read();
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::input) throw;
      input.failures.emplace_back(error.what());
    }
  };
  if (!options.samples.empty()) {
    attempt([&] {
      input.sheet = read_sample_sheet(options.samples, options.import);
      for (const ImportedSample& sample : input.sheet->samples) options.import.sheet.emplace(sample.sample_id, sample);
    });
  }
  for (const std::string& file : options.files) attempt([&] { input.files.push_back(read_profiles(file, options.import)); });
  eliminate(options, input, attempt);
  return input;
}

/// Rows of the sheet that no file asked for: perhaps a misspelt id.
void check_sheet_use(Input& input) {
  if (!input.sheet) return;
  std::set<std::string> loaded;
  for (const ImportedFile& file : input.files)
    for (const ImportedSample& sample : file.samples) loaded.insert(sample.sample_id);
  import::IssueLog log(input.sheet->path);
  for (const ImportedSample& sample : input.sheet->samples)
    if (loaded.count(sample.sample_id) == 0)
      log.add(Severity::warning, "W_SHEET_UNUSED", sample.line, "sample_id",
              {.action = "ignored", .message = "no file has this sample", .suggestion = "check its spelling"});
  input.other_issues = log.take();
}

std::uint64_t count_rejects(const Input& input) {
  std::uint64_t n = input.sheet ? input.sheet->rejects.size() : 0;
  for (const ImportedFile& file : input.files) n += file.rejects.size();
  return n;
}

std::uint64_t count_issues(const std::vector<Issue>& issues) {
  std::uint64_t n = 0;
  for (const Issue& issue : issues) n += issue.count;
  return n;
}

void print_codes(const std::vector<Issue>& issues, const Context& context) {
  std::map<std::string, std::pair<Severity, std::uint64_t>> of_code;
  for (const Issue& issue : issues) {
    auto& [severity, n] = of_code.try_emplace(issue.code, issue.severity, 0).first->second;
    severity = std::max(severity, issue.severity);
    n += issue.count;
  }
  for (const auto& [code, what] : of_code)
    context.err << fmt::format("  {:<8} {:<22} {}\n", import::to_string(what.first), code, what.second);
}

void print_file(const ImportedFile& file, bool with_columns, const Context& context) {
  std::ostream& err = context.err;
  err << context.say("{}: {}, {}, delimiter {}: {} rows, {} samples, {} loci", escaped(file.path), file.format, file.encoding,
                     file.delimiter, file.rows, file.samples.size(), file.loci.size());
  if (!file.relatives.empty()) err << context.say(", {} relatives", file.relatives.size());
  if (!file.rejects.empty()) err << context.say(", {} rows REJECTED", file.rejects.size());
  err << '\n';
  if (with_columns)
    for (const ColumnMeaning& column : file.columns)
      err << context.say("  column {:<24} -> {}", escaped(column.header.substr(0, 64)), escaped(column.meaning)) << '\n';
  print_codes(file.issues, context);
}

/// Files with the same header share one list of rejects; others get a list of their own, numbered.
std::vector<std::string> write_all_rejects(const std::string& path, const Input& input) {
  std::vector<const ImportedFile*> sources;
  if (input.sheet) sources.push_back(&*input.sheet);
  for (const ImportedFile& file : input.files) sources.push_back(&file);
  std::vector<std::pair<std::vector<std::string>, std::vector<Reject>>> lists;
  for (const ImportedFile* file : sources) {
    if (file->rejects.empty()) continue;
    auto list = std::find_if(lists.begin(), lists.end(), [&](const auto& known) { return known.first == file->reject_header; });
    if (list == lists.end()) list = lists.insert(lists.end(), {file->reject_header, {}});
    list->second.insert(list->second.end(), file->rejects.begin(), file->rejects.end());
  }
  std::vector<std::string> written;
  for (std::size_t k = 0; k < lists.size(); ++k) {
    std::filesystem::path target(path);
    if (k > 0) target.replace_filename(fmt::format("{}.{}{}", target.stem().string(), k + 1, target.extension().string()));
    import::write_rejects(target, lists[k].first, lists[k].second);
    written.push_back(target.string());
  }
  return written;
}

void write_lists(const LoadOptions& options, const Input& input, const LoadSummary& summary, const Context& context) {
  std::ostream& err = context.err;
  const std::string batch = std::to_string(summary.batch_id);
  const std::string issues_path = options.issues.empty() ? options.store + "." + batch + ".issues.tsv" : options.issues;
  const std::string rejects_path = options.rejects.empty() ? options.store + "." + batch + ".rejects.csv" : options.rejects;
  std::vector<Issue> issues;
  const auto append = [&](const std::vector<Issue>& more) { issues.insert(issues.end(), more.begin(), more.end()); };
  if (input.sheet) append(input.sheet->issues);
  append(input.other_issues);
  for (const ImportedFile& file : input.files) append(file.issues);
  append(summary.issues);
  // A dry run leaves nothing behind unless a file was asked for.
  if (!options.dry_run || !options.issues.empty()) {
    import::write_issues(issues_path, batch, issues);
    if (!issues.empty()) err << context.say("issues: {}", escaped(issues_path)) << '\n';
  }
  if (!options.dry_run || !options.rejects.empty())
    for (const std::string& path : write_all_rejects(rejects_path, input))
      err << context.say("rejected rows: {} (mend them and load that file)", escaped(path)) << '\n';
}

/// What each file added: of one file the summary says it, of several the batches of the store do.
std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> added_by_file(const LoadOptions& options, const Input& input,
                                                                             const LoadSummary& summary, bool committed) {
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> added;
  if (input.files.size() == 1) {
    added[input.files[0].sha256] = {summary.new_persons, summary.new_typings};
  } else if (committed) {
    for (const Batch& batch : Store::open(options.store)->info().batches)
      if (batch.id >= summary.batch_id) added[batch.sha256] = {batch.new_persons, batch.new_typings};
  }
  return added;
}

void print_rows(const LoadOptions& options, const Input& input, const LoadSummary& summary, bool committed, std::ostream& out) {
  const auto added = added_by_file(options, input, summary, committed);
  out << "file\tformat\trows\tsamples\tloci\tnew_persons\tnew_typings\trejects\tissues\n";
  for (const ImportedFile& file : input.files) {
    const auto found = added.find(file.sha256);
    const auto figure = [&](std::uint64_t n) { return found == added.end() ? std::string(".") : std::to_string(n); };
    const std::uint64_t persons = found == added.end() ? 0 : found->second.first;
    const std::uint64_t typings = found == added.end() ? 0 : found->second.second;
    out << fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", escaped(file.path), file.format, file.rows, file.samples.size(),
                       file.loci.size(), figure(persons), figure(typings), file.rejects.size(), count_issues(file.issues));
  }
}

void print_totals(const LoadOptions& options, const LoadSummary& summary, const Context& context) {
  std::ostream& err = context.err;
  if (summary.already_loaded)
    err << context.say("a file with the same content is in the store already: nothing of it was added again") << '\n';
  err << context.say(
             "{}: {} new persons, {} new samples, {} new typings, {} persons extended, {} typings already known, {} conflicts, {} samples "
             "refused",
             context.say(options.dry_run ? "would add" : "added"), summary.new_persons, summary.new_samples, summary.new_typings,
             summary.extended_persons, summary.identical_typings, summary.conflicts, summary.refused_samples)
      << '\n';
  print_codes(summary.issues, context);
  if (options.dry_run) {
    err << context.say("dry run: the store was not touched") << '\n';
    return;
  }
  const StoreInfo info = Store::open(options.store)->info();
  err << context.say("the store {} now holds {} persons ({} children), {} families, {} samples, {} typings at {} loci",
                     escaped(options.store), info.n_persons, info.n_children, info.n_families, info.n_samples, info.n_typings,
                     info.loci.size())
      << '\n';
}

/// Samples the store refuses (an id it knows with another role, sex, family or person) are rejected rows like others.
void add_refused_by_store(const LoadOptions& options, const LoadSummary& summary, Input& input) {
  for (ImportedFile& file : input.files) {
    const std::string name = std::filesystem::path(file.path).filename().string();
    std::map<std::uint64_t, std::pair<std::string, std::string>> of_line;
    for (const Issue& issue : summary.issues)
      if (issue.severity == Severity::error && issue.file == name && issue.code == "E_DUP_ID_CONFLICT")
        of_line.emplace(issue.line, std::make_pair(issue.code, issue.message));
    import::RefusedSamples refused;
    for (const ImportedSample& sample : file.samples)
      if (const auto found = of_line.find(sample.line); found != of_line.end()) refused.emplace(sample.sample_id, found->second);
    if (refused.empty()) continue;
    std::vector<Reject> rows = import::rows_of_samples(file, options.import, refused);
    std::vector<Reject> merged;
    std::merge(file.rejects.begin(), file.rejects.end(), rows.begin(), rows.end(), std::back_inserter(merged),
               [](const Reject& a, const Reject& b) { return a.line < b.line; });
    merged.erase(std::unique(merged.begin(), merged.end(), [](const Reject& a, const Reject& b) { return a.line == b.line; }),
                 merged.end());
    file.rejects = std::move(merged);
  }
}

void report_reading(const LoadOptions& options, const Context& context, const Input& input) {
  if (context.global.quiet) return;
  const bool with_columns = options.dry_run || context.global.verbose;
  if (input.sheet) print_file(*input.sheet, with_columns, context);
  print_codes(input.other_issues, context);
  for (const ImportedFile& file : input.files) print_file(file, with_columns, context);
}

int run(const po::variables_map& values, Context& context) {
  LoadOptions options = parse(values, context);
  Input input = read_all(options);
  check_sheet_use(input);
  report_reading(options, context, input);
  if (!options.save_mapping.empty() && !input.files.empty()) {
    write_mapping(options.save_mapping, input.files.front(), options.import.mapping);
    context.err << context.say("mapping: {} (look it over; the next file of this site takes it with --mapping)",
                               escaped(options.save_mapping))
                << '\n';
  }
  if (!input.failures.empty()) throw Error(ErrorKind::input, fmt::format("{}", fmt::join(input.failures, "\nhomeward: ")));
  // Rehearsed first: what the store refuses counts before anything is committed, and all defects are seen in one go.
  const std::string time = now_utc();
  LoadSummary summary = load_into_store(options.store, input.files, true, time);
  const std::uint64_t rejects = count_rejects(input) + summary.refused_samples;
  const bool refused = rejects > options.max_rejects;
  const bool committed = !options.dry_run && !refused;
  if (committed && summary.batch_id != 0) {
    log_act(options.store, "load", "", fmt::format("{} files", input.files.size()));
    summary = load_into_store(options.store, input.files, false, time);
  }
  add_refused_by_store(options, summary, input);
  write_lists(options, input, summary, context);
  if (refused) {
    if (!context.global.quiet) print_codes(summary.issues, context);
    throw Error(ErrorKind::input,
                context.say("{} rejects, at most {} accepted (--max-rejects): nothing was committed", rejects, options.max_rejects));
  }
  print_rows(options, input, summary, committed, context.out);
  if (!context.global.quiet) print_totals(options, summary, context);
  return 0;
}

}  // namespace

const Command kLoad{"load",
                    "import DNA profiles, pedigrees and sample sheets into a store",
                    "STORE FILE... [options]",
                    "  homeward load db.h5 children.csv families.csv\n"
                    "  homeward load db.h5 genemapper.txt --role child --samples sheet.csv --sample-regex '^[^_]+_([0-9]+)_'\n"
                    "  homeward load db.h5 batch7.csv --dry-run\n"
                    "  homeward load db.h5 batch7.csv --max-rejects 5\n",
                    declare,
                    run};

}  // namespace homeward::cli
