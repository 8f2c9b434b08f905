#include "register_input.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <ostream>

#include "base/text.hpp"
#include "homeward/error.hpp"
#include "import/issues.hpp"

namespace homeward::cli {

namespace {

/// SITE.mapping.tsv beside SITE.csv, when it is there.
std::filesystem::path mapping_beside(const std::string& file) {
  const std::filesystem::path path(file);
  const std::string name = path.filename().string();
  const std::filesystem::path beside = path.parent_path() / (name.substr(0, name.find('.')) + ".mapping.tsv");
  return std::filesystem::exists(beside) ? beside : std::filesystem::path();
}

void print_codes(const std::vector<Issue>& issues, const Context& context) {
  std::map<std::string, std::pair<Severity, std::uint64_t>> of_code;
  std::map<std::string, std::string> meaning;
  for (const Issue& issue : issues) {
    auto& [severity, n] = of_code.try_emplace(issue.code, issue.severity, 0).first->second;
    severity = std::max(severity, issue.severity);
    n += issue.count;
    meaning.emplace(issue.code, issue.message);
  }
  for (const auto& [code, what] : of_code)
    context.err << fmt::format("  {:<8} {:<22} {:>8}  {}\n", import::to_string(what.first), code, what.second,
                               context.messages.text(meaning.at(code)));
}

}  // namespace

std::vector<RegisterInput> read_register_input(const RegisterOptions& options, Context& context) {
  std::vector<RegisterInput> inputs;
  std::vector<std::string> failures;
  for (const std::string& file : options.files) {
    RegistrationOptions reading = options.reading;
    const std::filesystem::path beside = options.mapping.empty() ? mapping_beside(file) : std::filesystem::path();
    try {
      if (!options.mapping.empty()) reading.mapping = read_mapping(options.mapping);
      if (!beside.empty()) {
        reading.mapping = read_mapping(beside);
        if (!context.global.quiet)
          context.err << context.say("{}: read by the mapping beside it, {}", escaped(file), escaped(beside.filename().string())) << '\n';
      }
      inputs.push_back({read_registrations(file, reading), reading.mapping});
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::input) throw;
      failures.emplace_back(error.what());
    }
  }
  if (!failures.empty()) throw Error(ErrorKind::input, fmt::format("{}", fmt::join(failures, "\nhomeward: ")));
  return inputs;
}

void print_register_input(const std::vector<RegisterInput>& inputs, bool with_columns, const Context& context) {
  for (const RegisterInput& input : inputs) {
    const RegistrationFile& file = input.file;
    context.err << context.say("{}: {}, delimiter {}: {} rows, {} registrations, {} rows rejected", escaped(file.path), file.encoding,
                               file.delimiter, file.rows, file.records.size(), file.rejects.size())
                << '\n';
    if (with_columns)
      for (const ColumnMeaning& column : file.columns)
        context.err << "  " << context.say("column {} -> {}", escaped(column.header.substr(0, 64)), column.meaning) << '\n';
    print_codes(file.issues, context);
  }
}

void write_register_lists(const RegisterOptions& options, const std::vector<RegisterInput>& inputs, std::uint32_t batch,
                          const Context& context) {
  const std::string stem = options.store + "." + std::to_string(batch);
  if (!options.dry_run || !options.issues.empty()) {
    std::vector<Issue> issues;
    for (const RegisterInput& input : inputs) issues.insert(issues.end(), input.file.issues.begin(), input.file.issues.end());
    const std::string path = options.issues.empty() ? stem + ".issues.tsv" : options.issues;
    import::write_issues(path, std::to_string(batch), issues);
    if (!issues.empty() && !context.global.quiet) context.err << context.say("issues: {}", escaped(path)) << '\n';
  }
  if (options.dry_run && options.rejects.empty()) return;
  std::size_t n = 0;
  for (const RegisterInput& input : inputs) {
    if (input.file.rejects.empty()) continue;
    std::filesystem::path target(options.rejects.empty() ? stem + ".rejects.csv" : options.rejects);
    if (++n > 1) target.replace_filename(fmt::format("{}.{}{}", target.stem().string(), n, target.extension().string()));
    import::write_rejects(target, input.file.reject_header, input.file.rejects);
    context.err << context.say("rejected rows: {} (they hold personal data: mend and register them, then delete the file)",
                               escaped(target.string()))
                << '\n';
  }
}

}  // namespace homeward::cli
