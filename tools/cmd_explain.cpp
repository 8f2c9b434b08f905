// `homeward explain`: one pair, locus by locus.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <sstream>

#include "base/text.hpp"
#include "command.hpp"
#include "homeward/error.hpp"
#include "homeward/report.hpp"
#include "report/batch.hpp"
#include "report/cells.hpp"
#include "report/close_alternatives.hpp"
#include "report/pair_terms.hpp"
#include "report/text_table.hpp"
#include "run_folder.hpp"
#include "run_model.hpp"

namespace homeward::cli {

namespace {

namespace fs = std::filesystem;

struct ExplainOptions {
  fs::path where;
  std::string child, family, slot;
  std::optional<fs::path> store;
  std::optional<std::string> population;
  std::optional<Hypothesis> hypothesis;
  ModelOptions model;
  bool tsv = false;
};

void declare(CommandLine& line) {
  line.hidden.add_options()("where", po::value<std::string>())("child", po::value<std::string>())("family", po::value<std::string>());
  line.positional.add("where", 1).add("child", 1).add("family", 1);
  line.group("Pair").add_options()  //
      ("hypothesis", po::value<std::string>()->value_name("NAME"),
       "couple, father_only, mother_only, pedigree or undeclared_couple (default: the likeliest of the family)")  //
      ("slot", po::value<std::string>()->value_name("SLOT"), "which missing place, when a family has several")    //
      ("format", po::value<std::string>()->default_value("table")->value_name("FORMAT"), "table or tsv");
  line.group("Where from")
      .add_options()                                                                               //
      ("store", po::value<std::string>()->value_name("STORE"), "for a RUN whose store has moved")  //
      ("population", po::value<std::string>()->value_name("POP"), "for a STORE: path or id of a population (required there)");
  declare_model_options(line.group("Model (for a STORE; a RUN has its own)"));
}

Hypothesis parse_hypothesis(const std::string& text) {
  for (const Hypothesis hypothesis :
       {Hypothesis::couple, Hypothesis::father_only, Hypothesis::mother_only, Hypothesis::pedigree, Hypothesis::undeclared_couple})
    if (text == to_string(hypothesis)) return hypothesis;
  throw Error(ErrorKind::usage, "--hypothesis must be couple, father_only, mother_only, pedigree or undeclared_couple");
}

ExplainOptions parse(const po::variables_map& values) {
  ExplainOptions options;
  for (const char* name : {"where", "child", "family"})
    if (values.count(name) == 0) throw Error(ErrorKind::usage, "RUN_OR_STORE, CHILD and FAMILY are needed; see `homeward help explain`");
  options.where = values["where"].as<std::string>();
  options.child = values["child"].as<std::string>();
  options.family = values["family"].as<std::string>();
  if (values.count("slot") != 0) options.slot = values["slot"].as<std::string>();
  if (values.count("store") != 0) options.store = values["store"].as<std::string>();
  if (values.count("population") != 0) options.population = values["population"].as<std::string>();
  if (values.count("hypothesis") != 0) options.hypothesis = parse_hypothesis(values["hypothesis"].as<std::string>());
  options.model = parse_model_options(values);
  const std::string format = values["format"].as<std::string>();
  if (format != "table" && format != "tsv") throw Error(ErrorKind::usage, "--format must be table or tsv");
  options.tsv = format == "tsv";
  return options;
}

RunModel open_model(const ExplainOptions& options, const Context& context) {
  if (is_run_folder(options.where)) {
    if (options.population || !options.model.chosen.empty())
      throw Error(ErrorKind::usage, "a run has its own population and model; give a STORE instead of the run to explain with others");
    return rebuild_model(read_manifest(options.where), options.store, context.data_dir);
  }
  if (options.store) throw Error(ErrorKind::usage, "--store goes with a RUN");
  if (!options.population) throw Error(ErrorKind::usage, "a STORE needs --population");
  return make_model(options.where, *options.population, options.model, context.data_dir);
}

/// Says that an id is unknown without saying any other: a typo must not list people.
[[noreturn]] void unknown(const char* what, const std::string& id, const std::vector<std::string>& ids) {
  const std::size_t near = nearest(id, ids, ids.size()).size();
  throw Error(ErrorKind::usage, fmt::format("no {} of the store has the id given ({} of {} ids are spelt nearly so; they are not listed)",
                                            what, near, ids.size()));
}

PersonIndex find_child(const ProfileSource& source, const std::string& id) {
  for (const PersonIndex child : source.children())
    if (source.person(child).id == id) return child;
  std::vector<std::string> ids;
  for (const PersonIndex child : source.children()) ids.push_back(source.person(child).id);
  unknown("child", id, ids);
}

/// Families of an id, by slot; `shape` bounds the search to fathers or mothers.
std::vector<std::uint32_t> families_of(const ProfileSource& source, std::string_view id, std::string_view slot,
                                       std::optional<FamilyShape> shape = {}) {
  std::vector<std::uint32_t> found;
  for (std::uint32_t i = 0; i < source.families().size(); ++i) {
    const Family& family = source.families()[i];
    if (family.id == id && (slot.empty() || family.slot == slot) && (!shape || family.shape == *shape)) found.push_back(i);
  }
  return found;
}

/// FAMILY is a family's id, or `A+B`: a father's and a mother's. An id may hold a plus sign, so every split is tried.
Hit find_pair(const ProfileSource& source, const ExplainOptions& options) {
  Hit hit;
  hit.child = find_child(source, options.child);
  const std::vector<std::uint32_t> whole = families_of(source, options.family, options.slot);
  if (whole.size() > 1)
    throw Error(ErrorKind::usage, fmt::format("the family has {} missing places; choose one with --slot", whole.size()));
  if (!whole.empty()) {
    hit.family = whole[0];
    return hit;
  }
  for (std::size_t plus = options.family.find('+'); plus != std::string::npos; plus = options.family.find('+', plus + 1)) {
    const auto fathers = families_of(source, std::string_view(options.family).substr(0, plus), {}, FamilyShape::father);
    const auto mothers = families_of(source, std::string_view(options.family).substr(plus + 1), {}, FamilyShape::mother);
    if (fathers.size() != 1 || mothers.size() != 1) continue;
    hit.family = fathers[0];
    hit.family_b = mothers[0];
    return hit;
  }
  if (!options.slot.empty() && !families_of(source, options.family, {}).empty())
    throw Error(ErrorKind::usage, "the family has no such --slot");
  std::vector<std::string> ids;
  for (const Family& family : source.families())
    if (ids.empty() || ids.back() != family.id) ids.push_back(family.id);
  unknown("family", options.family, ids);
}

/// One pair, computed.
struct Explanation {
  PairName name;
  std::vector<PairTerm> terms;  ///< of the family
  double log10_lr = 0.0;        ///< of the family
  std::vector<LocusLine> lines;
  Alternatives alternatives;  ///< to the hypothesis explained
  Verdict verdict;
};

/// Empty for a pedigree: its other relations are for `lr`.
Alternatives alternatives_of(const RunModel& model, const GenotypeBatch& batch, const Family& family, Hypothesis hypothesis,
                             const std::vector<Genotype>& child) {
  if (hypothesis == Hypothesis::pedigree || hypothesis == Hypothesis::parent_only) return {};
  const RelationScorer scorer(model.effective, CoAncestry::of_model);
  const PersonIndex single = family.father != kNobody ? family.father : family.mother;
  const auto codes = [&](PersonIndex person) { return scorer.codes(batch.calls(person != kNobody ? person : single)); };
  return close_alternatives(scorer, hypothesis, codes(family.father), codes(family.mother), scorer.codes(child));
}

Explanation explain(const RunModel& model, const ExplainOptions& options) {
  const ProfileSource& source = *model.store;
  const Hit hit = find_pair(source, options);
  const Family& first = source.families()[hit.family];
  const Family* other = hit.family_b == kNoFamily ? nullptr : &source.families()[hit.family_b];
  const Family family = other == nullptr ? first : joined_couple(first, *other);
  GenotypeBatch batch(source, model.effective);
  Candidate candidate;
  candidate.hit = hit;
  batch.load({&candidate, 1});
  const std::vector<PersonIndex> members = member_indexes(family);
  const std::vector<Genotype> member_calls = batch.member_calls(members);
  const std::vector<Genotype> child = batch.calls(hit.child);

  Explanation result;
  const Compiler compiler(model.effective, model.couple_weights);
  std::vector<ScoringTerm> terms;
  if (other != nullptr)
    terms.push_back(compiler.compile_undeclared(batch.calls(family.father), batch.calls(family.mother)));
  else
    terms = compiler.compile(family, member_calls, members.size()).terms;
  result.terms = pair_terms(terms, child_codes(model.effective, child));
  result.log10_lr = mixed_log10(result.terms);
  const Hypothesis hypothesis = options.hypothesis.value_or(result.terms[leading_term(result.terms)].hypothesis);
  result.name = {pair_key(source.person(hit.child).id, first, other), source.person(hit.child).id, family.id, hypothesis};
  result.lines = explain_pair(model.effective, family, hypothesis, member_calls, members.size(), child);
  result.alternatives = alternatives_of(model, batch, family, hypothesis, child);
  result.verdict = stand(result.lines.empty() ? 0.0 : result.lines.back().cum_log10_lr, result.alternatives);
  const TypedParents parents = typed_parents(family);
  batch.append_unused_loci(result.lines, hit.child, parents.father, parents.mother);
  return result;
}

const char* in_words(Hypothesis hypothesis) {
  switch (hypothesis) {
    case Hypothesis::couple:
    case Hypothesis::undeclared_couple:
      return "both persons are the child's parents";
    case Hypothesis::father_only:
      return "the person is the child's father, the mother is unknown";
    case Hypothesis::mother_only:
      return "the person is the child's mother, the father is unknown";
    case Hypothesis::parent_only:
      return "the person is a parent of the child";
    case Hypothesis::pedigree:
      return "the child is the missing person of the pedigree";
  }
  return "";
}

std::string log10_text(double value) {
  std::string text;
  put_log10(text, value);
  return text;
}

std::string real_text(double value) {
  std::string text;
  put_real(text, value);
  return text;
}

void print_table(const Explanation& e, const RunModel& model, std::ostream& out) {
  out << fmt::format("child {}   family {}   pair {}\n", escaped(e.name.child_id), escaped(e.name.family_id), e.name.pair_key)
      << fmt::format("H1 ({}): {}\nH2: the child is unrelated to them\n", to_string(e.name.hypothesis), in_words(e.name.hypothesis))
      << fmt::format("population {}, model {}\nmutation {}; theta {:.6g}; untyped parent: {}\n\n", escaped(model.effective.population_id),
                     model.effective.digest.substr(0, 12), describe_mutation(model.effective), model.effective.theta,
                     model.effective.untyped_parent == UntypedParent::half ? "half" : "full");
  const bool others = std::any_of(e.lines.begin(), e.lines.end(), [](const LocusLine& line) { return !line.gt_others.empty(); });
  std::vector<TextColumn> columns{{"locus"},
                                  {"child"},
                                  {"father"},
                                  {"mother"},
                                  {"P(H1)", Align::right},
                                  {"P(H2)", Align::right},
                                  {"log10LR", Align::right},
                                  {"sum", Align::right},
                                  {"steps", Align::right},
                                  {"status"},
                                  {"formula", Align::left, 34}};
  if (others) columns.insert(columns.begin() + 4, {"others", Align::left, 40});
  std::vector<std::vector<std::string>> rows;
  for (const LocusLine& line : e.lines) {
    const bool scored = !std::isnan(line.p_h1);
    std::vector<std::string> row{
        line.locus,
        line.gt_child,
        line.gt_father,
        line.gt_mother,
        real_text(line.p_h1),
        real_text(line.p_h2),
        scored ? log10_text(line.log10_lr) : ".",
        log10_text(line.cum_log10_lr),
        scored && line.status == "inconsistent" && line.min_steps != kStepsNotCounted ? std::to_string(line.min_steps) : ".",
        line.status,
        line.formula};
    if (others) row.insert(row.begin() + 4, escaped(line.gt_others));
    rows.push_back(std::move(row));
  }
  print_text_table(out, columns, rows);
  const double sum = e.lines.empty() ? 0.0 : e.lines.back().cum_log10_lr;
  std::string lr;
  put_lr(lr, sum);
  out << fmt::format("\nTOTAL  log10 LR {}  LR {}\n", log10_text(sum), lr);
  if (e.terms.size() > 1) {
    out << fmt::format("family log10 LR {}: the weighted mean of\n", log10_text(e.log10_lr));
    for (const PairTerm& term : e.terms)
      out << fmt::format("  {:<12} {:>9}  weight {:.6g}\n", to_string(term.hypothesis), log10_text(term.log10_lr),
                         std::pow(10.0, term.log10_weight));
  }
  if (e.alternatives.empty()) return;
  out << "instead, log10 LR against unrelated:\n";
  for (const Alternative& alternative : e.alternatives)
    out << fmt::format("  {:<21} {:>9}\n", alternative.name, log10_text(alternative.log10_lr));
  if (e.verdict.standing != Standing::clear) out << "note: " << flag_text(e.verdict) << '\n';
}

int run(const po::variables_map& values, Context& context) {
  const ExplainOptions options = parse(values);
  const RunModel model = open_model(options, context);
  const Explanation explanation = explain(model, options);
  if (options.tsv) {
    std::string text = fmt::format("{}\n", fmt::join(locus_columns(), "\t"));
    append_locus_rows(text, explanation.name, explanation.lines);
    context.out << text;
  } else {
    print_table(explanation, model, context.out);
  }
  if (!context.global.quiet) {
    for (const std::string& warning : model.warnings) context.err << "warning: " << escaped(warning) << '\n';
    context.err << kLeadBanner << '\n';
  }
  return 0;
}

}  // namespace

const Command kExplain{"explain",
                       "one pair, locus by locus",
                       "RUN_OR_STORE CHILD FAMILY [options]",
                       "  homeward explain run1 C0042 F0017\n"
                       "  homeward explain run1 C0042 F0017+F0933\n"
                       "  homeward explain family.hws C0042 F0017 --population cn --hypothesis mother_only --format tsv\n",
                       declare,
                       run};

}  // namespace homeward::cli
