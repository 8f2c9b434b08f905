#include "lr_cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <thread>

#include "base/text.hpp"
#include "homeward/case.hpp"
#include "homeward/error.hpp"
#include "lr_rows.hpp"

namespace homeward::cli {

namespace {

namespace fs = std::filesystem;

void add_table(const std::string& id, const fs::path& path, std::map<std::string, FrequencyFile>& tables, Context& context) {
  if (tables.count(id) != 0)
    throw Error(ErrorKind::usage, "--frequencies gives two files the id " + id + "; use ID=FILE.csv with distinct ids");
  tables[id] = read_frequency_file(path);
  if (context.global.quiet) return;
  for (const auto& [locus, table] : tables[id])
    if (table.renormalised())
      context.err << fmt::format("homeward: W_FREQ_SUM {}: locus {}: frequencies sum to {:.6g}, normalised to 1\n", path.string(), locus,
                                 table.stated_sum);
}

/// ID=FILE.csv; FILE.csv, whose id is its stem; or a folder, every csv by its stem.
std::map<std::string, FrequencyFile> read_tables(const std::vector<std::string>& given, Context& context) {
  std::map<std::string, FrequencyFile> tables;
  for (const std::string& item : given) {
    if (fs::is_directory(item)) {
      std::vector<fs::path> files;
      for (const auto& entry : fs::directory_iterator(item))
        if (entry.path().extension() == ".csv") files.push_back(entry.path());
      std::sort(files.begin(), files.end());
      for (const fs::path& file : files) add_table(file.stem().string(), file, tables, context);
      continue;
    }
    const std::size_t equals = item.find('=');
    if (equals == std::string::npos)
      add_table(fs::path(item).stem().string(), item, tables, context);
    else
      add_table(item.substr(0, equals), item.substr(equals + 1), tables, context);
  }
  return tables;
}

std::vector<std::string> read_lines(const std::string& path) {
  std::ifstream file;
  if (path != "-") {
    file.open(path);
    if (!file) throw Error(ErrorKind::input, "cannot read " + path);
  }
  std::istream& in = path == "-" ? std::cin : file;
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(std::move(line));
  return lines;
}

/// Whether the file is a Familias project.
bool names_familias(const std::string& path) {
  if (path == "-") return false;
  std::ifstream file(path);
  std::string line;
  return std::getline(file, line) && line.find("Output from Familias") <= 1;
}

/// What one case prints.
struct Answer {
  std::string rows, messages;
  bool failed = false;
};

void evaluate(const Case& stated, const std::string& prefix, Answer& answer) {
  for (const std::string& warning : stated.warnings) answer.messages += prefix + warning + '\n';
  const CaseResult result = evaluate_case(stated);
  for (const CaseRow& row : result.loci) {
    answer.rows += lr_row(stated.id, row, row.lr());
    if (row.flag == CaseFlag::undefined)
      answer.messages +=
          prefix + "locus " + escaped(row.locus) +
          ": warning: the data are impossible under both hypotheses, the LR is undefined; are the relatives labelled correctly?\n";
  }
  answer.rows += lr_row(stated.id, result.total, result.total.lr());
}

Answer answer(const std::string& line, std::size_t line_number, const std::map<std::string, FrequencyFile>& tables) {
  Answer answer;
  const auto prefix = [&] {
    const std::string name = case_name(line);
    return fmt::format("homeward: line {}, case {}: ", line_number, name.empty() ? "(unnamed)" : escaped(name));
  };
  try {
    evaluate(parse_case(line, tables), prefix(), answer);
  } catch (const std::exception& error) {
    answer = {{}, prefix() + "error: " + error.what() + '\n', true};
  }
  return answer;
}

Answer answer(const Case& stated) {
  Answer answer;
  const std::string prefix = fmt::format("homeward: case {}: ", escaped(stated.id));
  try {
    evaluate(stated, prefix, answer);
  } catch (const std::exception& error) {
    answer = {{}, prefix + "error: " + error.what() + '\n', true};
  }
  return answer;
}

}  // namespace

int run_lr_cases(const LrCasesOptions& options, Context& context) {
  const std::map<std::string, FrequencyFile> tables = read_tables(options.frequencies, context);
  const bool familias = names_familias(options.cases);
  const std::vector<Case> projected = familias ? read_familias_cases(options.cases) : std::vector<Case>{};
  const std::vector<std::string> lines = familias ? std::vector<std::string>{} : read_lines(options.cases);
  const std::size_t n = familias ? projected.size() : lines.size();
  std::vector<Answer> answers(n);
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t k = next++; k < n; k = next++) {
      if (familias)
        answers[k] = answer(projected[k]);
      else if (!trim(lines[k]).empty())
        answers[k] = answer(lines[k], k + 1, tables);
    }
  };
  const int wanted = context.global.threads > 0 ? context.global.threads : static_cast<int>(std::thread::hardware_concurrency());
  const std::size_t n_threads = std::min<std::size_t>(static_cast<std::size_t>(std::max(1, wanted)), n / 16 + 1);
  std::vector<std::thread> threads;
  for (std::size_t k = 1; k < n_threads; ++k) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();

  context.out << lr_header();
  std::size_t failed = 0;
  const auto cases = familias ? static_cast<std::ptrdiff_t>(n)
                              : std::count_if(lines.begin(), lines.end(), [](const std::string& line) { return !trim(line).empty(); });
  for (const Answer& one : answers) {
    context.out << one.rows;
    if (one.failed || !context.global.quiet) context.err << one.messages;
    failed += one.failed ? 1 : 0;
  }
  if (failed == 0) return 0;
  context.err << fmt::format("homeward: {} of {} cases could not be computed\n", failed, cases);
  return static_cast<int>(ErrorKind::input);
}

}  // namespace homeward::cli
