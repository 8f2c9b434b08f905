// `homeward rank`: the candidates of a run, in order, grouped and filtered.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <sstream>
#include <unordered_map>

#include "base/atomic_file.hpp"
#include "base/text.hpp"
#include "candidate_rows.hpp"
#include "command.hpp"
#include "homeward/error.hpp"
#include "homeward/report.hpp"
#include "homeward/store.hpp"
#include "other_tables.hpp"
#include "rank_belief.hpp"
#include "report/cells.hpp"
#include "report/text_table.hpp"
#include "run_compare.hpp"
#include "run_folder.hpp"
#include "run_model.hpp"

namespace homeward::cli {

namespace {

namespace fs = std::filesystem;

enum class Group { none, child, family };
enum class Format { table, tsv, jsonl };

// Columns of candidates.tsv that ranking looks at.
constexpr std::size_t kChild = 1, kFamily = 2, kHypothesis = 3, kLog10Lr = 6, kSupport = 9, kLoci = 12, kInconsistent = 15, kGap = 19,
                      kFlags = 22;

struct RankOptions {
  fs::path run;
  Group by = Group::none;
  std::uint64_t top = 0;
  double min_log10_lr = -std::numeric_limits<double>::infinity();
  Format format = Format::table;
  bool excel = false;
  std::string output;  ///< empty = standard output
  RankBeliefOptions belief;
  OtherTables other_tables;
};

using Row = CandidateRow;

void declare(CommandLine& line) {
  line.hidden.add_options()("run", po::value<std::string>());
  line.positional.add("run", 1);
  line.group("Rows").add_options()                                                                                       //
      ("by", po::value<std::string>()->value_name("WHAT"), "child or family: group the candidates (default: one list)")  //
      ("top", po::value<std::uint64_t>()->value_name("N"),
       "the N best, or the N best of every child or family (default: in a table 50, or 5 of each; else all)")  //
      ("min-log10-lr", po::value<double>()->value_name("X"), "candidates of this log10 LR and above");
  declare_rank_belief(line.group("Belief"));
  declare_other_tables(line.group("Other models"));
  line.group("Output").add_options()                                                                                     //
      ("format", po::value<std::string>()->default_value("table")->value_name("FORMAT"), "table, tsv or jsonl")          //
      ("excel", po::bool_switch(), "with tsv: byte order mark, CRLF, and cells that no spreadsheet takes for formulas")  //
      ("output,o", po::value<std::string>()->value_name("FILE"), "write to a file (default: standard output)");
}

RankOptions parse(const po::variables_map& values) {
  RankOptions options;
  if (values.count("run") == 0) throw Error(ErrorKind::usage, "RUN is missing; see `homeward help rank`");
  options.run = values["run"].as<std::string>();
  if (!is_run_folder(options.run)) throw Error(ErrorKind::input, options.run.string() + " is no run folder: it holds no run.json");
  if (values.count("by") != 0) {
    const std::string by = values["by"].as<std::string>();
    if (by != "child" && by != "family") throw Error(ErrorKind::usage, "--by must be child or family");
    options.by = by == "child" ? Group::child : Group::family;
  }
  const std::string format = values["format"].as<std::string>();
  if (format != "table" && format != "tsv" && format != "jsonl") throw Error(ErrorKind::usage, "--format must be table, tsv or jsonl");
  options.format = format == "table" ? Format::table : format == "tsv" ? Format::tsv : Format::jsonl;
  options.excel = values["excel"].as<bool>();
  if (options.excel && options.format != Format::tsv) throw Error(ErrorKind::usage, "--excel goes with --format tsv");
  if (values.count("top") != 0) {
    options.top = values["top"].as<std::uint64_t>();
    if (options.top == 0) throw Error(ErrorKind::usage, "--top must be at least 1");
  } else {
    options.top = options.format != Format::table ? std::numeric_limits<std::uint64_t>::max() : options.by == Group::none ? 50 : 5;
  }
  if (values.count("min-log10-lr") != 0) options.min_log10_lr = values["min-log10-lr"].as<double>();
  options.belief = parse_rank_belief(values);
  options.other_tables = parse_other_tables(values);
  if (values.count("output") != 0) options.output = values["output"].as<std::string>();
  return options;
}

/// Takes rows in the order of rank; keeps what is asked for.
class Chooser {
 public:
  explicit Chooser(const RankOptions& options) : options_(options) {}
  /// False when no later row can be wanted.
  bool offer(Row&& row) {
    const std::optional<double> log10_lr = parse_double(row[kLog10Lr]);
    if (log10_lr && *log10_lr < options_.min_log10_lr) return false;  // rows come best first
    if (options_.by == Group::none) {
      if (rows_.size() < options_.top) rows_.push_back({rows_.size(), std::move(row)});
      return rows_.size() < options_.top;
    }
    const auto [entry, added] = groups_.try_emplace(row[options_.by == Group::child ? kChild : kFamily], GroupState{groups_.size(), 0});
    if (entry->second.count++ < options_.top) rows_.push_back({entry->second.order, std::move(row)});
    return true;
  }
  /// Groups in the order of their best row, rows within in the order of rank.
  std::vector<Row> take() {
    std::stable_sort(rows_.begin(), rows_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<Row> rows;
    for (auto& [order, row] : rows_) rows.push_back(std::move(row));
    return rows;
  }

 private:
  struct GroupState {
    std::size_t order;
    std::uint64_t count;
  };
  const RankOptions& options_;
  std::unordered_map<std::string, GroupState> groups_;
  std::vector<std::pair<std::size_t, Row>> rows_;
};

/// The rows that the thresholds keep, with posteriors under the prior asked for.
void read_believed(const fs::path& path, const RankOptions& options, const RunBelief& belief, RowThreshold& threshold, Chooser& chooser) {
  const auto adapt = [&](Row&& row) {
    if (options.belief.prior) change_prior(row, belief.phi, *options.belief.prior);
    return std::move(row);
  };
  if (options.belief.fdr) {
    for_each_candidate(path, [&](Row&& row) {
      threshold.see(adapt(std::move(row)));
      return true;
    });
    threshold.decide();
  }
  for_each_candidate(path, [&](Row&& row) {
    Row adapted = adapt(std::move(row));
    return !threshold.keeps(adapted) || chooser.offer(std::move(adapted));
  });
}

/// More than the table lists: every hit, with what hits.h5 knows of it.
void read_hits(const fs::path& path, Chooser& chooser) {
  HitsReader reader(path);
  std::vector<Hit> hits(4096);
  std::uint64_t rank = 0;
  while (const std::size_t n = reader.next(hits.data(), hits.size())) {
    for (std::size_t i = 0; i < n; ++i) {
      const Hit& hit = hits[i];
      Row row(candidate_columns().size(), ".");
      const auto text = [&](std::size_t column, const std::string& value) {
        row[column].clear();
        put_text(row[column], value);
      };
      row[0] = std::to_string(++rank);
      text(kChild, reader.child_ids()[hit.child]);
      const std::string& first = reader.family_ids()[hit.family];
      text(kFamily, hit.family_b == kNoFamily ? first : first + "+" + reader.family_ids()[hit.family_b]);
      row[kHypothesis] = to_string(hit.hypothesis);
      row[kLog10Lr].clear();
      put_log10(row[kLog10Lr], hit.log10_lr);
      row[kLog10Lr + 1].clear();
      put_lr(row[kLog10Lr + 1], hit.log10_lr);
      row[kLoci] = std::to_string(hit.n_loci);
      row[kInconsistent] = std::to_string(hit.n_inconsistent);
      if (!chooser.offer(std::move(row))) return;
    }
  }
}

/// What is printed: the columns of candidates.tsv, and those added by other tables.
struct Listing {
  std::vector<std::string> columns;
  std::vector<Row> rows;
  bool other_tables() const { return columns.size() > candidate_columns().size(); }
};

/// Adds one column per other model and the lowest LR over all of them. @return a warning for people, or nothing
std::string add_other_tables(Listing& listing, const RankOptions& options, const RunManifest& manifest, const fs::path& data_dir) {
  const std::vector<OtherScores> others = score_elsewhere(options.other_tables, manifest, listing.rows, data_dir);
  const std::vector<double> lowest = lowest_log10_lr(others, listing.rows);
  const std::string warning =
      verdict_warning(lowest, listing.rows, read_verbal_scale(data_dir / "scales" / (manifest.verbal_scale + ".json")));
  for (const OtherScores& other : others) listing.columns.push_back(other.column);
  listing.columns.emplace_back("log10_lr_lowest");
  for (std::size_t i = 0; i < listing.rows.size(); ++i) {
    for (const OtherScores& other : others) put_log10(listing.rows[i].emplace_back(), other.log10_lr[i]);
    put_log10(listing.rows[i].emplace_back(), lowest[i]);
  }
  return warning;
}

std::string tsv(const Listing& listing, bool excel) {
  const char* end = excel ? "\r\n" : "\n";
  std::string text = excel ? "\xEF\xBB\xBF" : "";
  text += fmt::format("{}{}", fmt::join(listing.columns, "\t"), end);
  for (const Row& row : listing.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i != 0) text += '\t';
      text += excel ? guarded_for_spreadsheet(row[i]) : row[i];
    }
    text += end;
  }
  return text + fmt::format("#ok {} rows{}", listing.rows.size(), end);
}

/// Numbers as numbers, missing as null; ids stay texts even when they look like numbers.
std::string jsonl(const Listing& listing) {
  const std::vector<std::string>& columns = listing.columns;
  const std::vector<std::string> numbers{
      "rank",          "log10_lr",       "lr",           "posterior",          "n_loci",        "n_loci_child",
      "n_loci_family", "n_inconsistent", "min_steps",    "lr_drop_worst",      "gap_to_next",   "expected_chance_hits",
      "p_chance",      "child_batch",    "family_batch", "posterior_relative", "posterior_none"};
  std::vector<bool> numeric;
  for (const std::string& column : columns)
    numeric.push_back(column.rfind("log10_lr", 0) == 0 || std::find(numbers.begin(), numbers.end(), column) != numbers.end());
  std::string text;
  for (const Row& row : listing.rows) {
    nlohmann::ordered_json object;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::optional<double> number = numeric[i] ? parse_double(row[i]) : std::nullopt;
      const std::optional<long long> whole = numeric[i] ? parse_integer(row[i]) : std::nullopt;
      if (row[i] == ".")
        object[columns[i]] = nullptr;
      else if (whole)
        object[columns[i]] = *whole;
      else if (number)
        object[columns[i]] = *number;
      else
        object[columns[i]] = row[i];
    }
    text += object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  }
  return text;
}

/// Three digits are enough for the eye.
std::string short_number(const std::string& cell) {
  const std::optional<double> number = parse_double(cell);
  return number ? fmt::format("{:.3g}", *number) : cell;
}

std::string table(const Listing& listing, const Context& context) {
  std::vector<TextColumn> columns{{"rank", Align::right},          {"child", Align::left, 20}, {"family", Align::left, 22},
                                  {"hypothesis", Align::left, 17}, {"log10LR", Align::right},  {"support", Align::left, 17},
                                  {"loci", Align::right},          {"inc", Align::right},      {"gap", Align::right, 8},
                                  {"posterior", Align::right},     {"chance", Align::right},   {"flags", Align::left, 12}};
  if (listing.other_tables()) columns.push_back({"lowest", Align::right});
  for (TextColumn& column : columns) column.title = context.messages.text(column.title);
  std::vector<std::vector<std::string>> cells;
  for (const Row& row : listing.rows) {
    cells.push_back({row[0], row[kChild], row[kFamily], row[kHypothesis], row[kLog10Lr], row[kSupport], row[kLoci], row[kInconsistent],
                     row[kGap], short_number(row[kPosterior]), short_number(row[kExpectedChanceHits]), row[kFlags]});
    if (listing.other_tables()) cells.back().push_back(row.back());
  }
  std::ostringstream out;
  print_text_table(out, columns, cells);
  return out.str();
}

int run(const po::variables_map& values, Context& context) {
  const RankOptions options = parse(values);
  const RunManifest manifest = read_manifest(options.run);
  refuse_shard(manifest);
  if (manifest.status != "complete")
    throw Error(ErrorKind::input, "the run's status is '" + escaped(manifest.status) + "', not 'complete': it has no candidates to rank");
  // Beyond the top-k of the run the table is not the whole list: the hits are.
  const bool beyond_table = !options.belief.prior && !options.belief.any_threshold() && options.by != Group::none &&
                            values.count("top") != 0 && options.top > manifest.top_k && manifest.counts.cut_by_top_k > 0;
  Chooser chooser(options);
  RowThreshold threshold(options.belief, manifest.belief);
  if (beyond_table)
    read_hits(options.run / "hits.h5", chooser);
  else
    read_believed(options.run / "candidates.tsv", options, manifest.belief, threshold, chooser);
  Listing listing{candidate_columns(), chooser.take()};
  const std::string other_tables =
      options.other_tables.empty() ? std::string() : add_other_tables(listing, options, manifest, context.data_dir);
  const std::string text = options.format == Format::table ? table(listing, context)
                           : options.format == Format::tsv ? tsv(listing, options.excel)
                                                           : jsonl(listing);
  if (options.output.empty() || options.output == "-") {
    context.out << text;
  } else {
    if (fs::exists(options.output) && !context.global.force)
      throw Error(ErrorKind::usage, "the file of -o exists; overwrite it with --force");
    AtomicFile file(options.output);
    file.write(text);
    file.commit();
  }
  if (!other_tables.empty()) context.err << "homeward: warning: " << other_tables << '\n';
  if (!context.global.quiet) {
    if (options.min_log10_lr < manifest.min_log10_lr && values.count("min-log10-lr") != 0)
      context.err << context.say("the run kept hits at log10 LR >= {:.6g} only: for a lower threshold search again", manifest.min_log10_lr)
                  << '\n';
    if (beyond_table) context.err << context.say("from hits.h5: columns that only candidates.tsv has are empty") << '\n';
    if (!beyond_table && manifest.counts.cut_by_top_k > 0)
      context.err << context.say("{} further hits lie beyond the {} best of their child and family", manifest.counts.cut_by_top_k,
                                 manifest.top_k)
                  << '\n';
    if (!beyond_table && !std::isnan(manifest.belief.phi)) context.err << threshold.summary(context) << '\n';
    context.err << context.say(kLeadBanner) << '\n';
  }
  return 0;
}

}  // namespace

const Command kRank{"rank",
                    "ranked candidates of a run",
                    "RUN [options]",
                    "  homeward rank run1 --top 20\n"
                    "  homeward rank run1 --by child --top 3\n"
                    "  homeward rank run1 --fdr 0.05\n"
                    "  homeward rank run1 --prior 0.001 --max-expected-chance-hits 1\n"
                    "  homeward rank run1 --top 20 --also-population us-asian,cn-kinsimu --also-theta 0.01,0.03\n"
                    "  homeward rank run1 --min-log10-lr 4 --format tsv -o leads.tsv\n",
                    declare,
                    run};

}  // namespace homeward::cli
