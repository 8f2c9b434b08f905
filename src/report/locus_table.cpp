#include <algorithm>

#include "base/atomic_file.hpp"
#include "report/batch.hpp"
#include "report/cells.hpp"
#include "report/pair_terms.hpp"
#include "report/parallel.hpp"

namespace homeward {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kBatch = 256;

void put_steps(std::string& out, int steps) {
  if (steps == kStepsNotCounted)
    out += '.';
  else
    put_number(out, steps);
}

bool scored(const LocusLine& line) { return line.status == "consistent" || line.status == "inconsistent"; }
/// It has an LR of its own: a locus, or what two linked loci add together.
bool counted(const LocusLine& line) { return scored(line) || line.status == "linked"; }

void put_pair(std::string& out, const PairName& pair) {
  for (const std::string* cell : {&pair.pair_key, &pair.child_id, &pair.family_id}) {
    put_text(out, *cell);
    out += '\t';
  }
  out += to_string(pair.hypothesis);
  out += '\t';
}

void put_line(std::string& out, const PairName& pair, const LocusLine& line) {
  const auto text = [&](const std::string& value) {
    put_text(out, value);
    out += '\t';
  };
  const auto real = [&](double value) {
    put_real(out, value);
    out += '\t';
  };
  put_pair(out, pair);
  text(line.locus);
  text(line.locus_class);
  text(line.gt_child);
  text(line.gt_father);
  text(line.gt_mother);
  text(line.gt_others);
  real(line.p_h1);
  real(line.p_h2);
  put_lr(out, counted(line) ? line.log10_lr : kNaN);
  out += '\t';
  put_log10(out, counted(line) ? line.log10_lr : kNaN);
  out += '\t';
  put_log10(out, line.cum_log10_lr);
  out += '\t';
  text(line.status);
  if (scored(line))
    put_steps(out, line.min_steps);
  else
    out += '.';
  out += '\t';
  real(line.mut_rate);
  text(line.mut_model);
  real(line.freq_a);
  real(line.freq_b);
  text(line.freq_floor_applied);
  real(line.theta);
  text(line.freq_source);
  text(line.formula);
  put_text(out, line.note);
  out += '\n';
}

void put_total(std::string& out, const PairName& pair, const std::vector<LocusLine>& lines) {
  const double sum = lines.empty() ? 0.0 : lines.back().cum_log10_lr;
  std::size_t n_scored = 0;
  std::size_t n_inconsistent = 0;
  int steps = 0;
  for (const LocusLine& line : lines) {
    n_scored += scored(line);
    n_inconsistent += line.status == "inconsistent";
    // One locus without an explanation leaves the sum without one.
    if (scored(line) && steps >= 0) steps = line.min_steps < 0 ? line.min_steps : steps + line.min_steps;
  }
  put_pair(out, pair);
  out += "TOTAL\t.\t.\t.\t.\t.\t.\t.\t";
  put_lr(out, sum);
  for (int twice = 0; twice < 2; ++twice) {
    out += '\t';
    put_log10(out, sum);
  }
  out += n_inconsistent == 0 ? "\tconsistent\t" : "\tinconsistent\t";
  put_steps(out, steps);
  out += "\t.\t.\t.\t.\t.\t.\t.\t.\tloci=" + std::to_string(n_scored) + ";inconsistent=" + std::to_string(n_inconsistent) + "\n";
}

}  // namespace

const std::vector<std::string>& locus_columns() {
  static const std::vector<std::string> kColumns{
      "pair_key",           "child_id",  "family_id",   "hypothesis", "locus",     "class",  "gt_child",
      "gt_father",          "gt_mother", "gt_others",   "p_h1",       "p_h2",      "lr",     "log10_lr",
      "cum_log10_lr",       "status",    "min_steps",   "mut_rate",   "mut_model", "freq_a", "freq_b",
      "freq_floor_applied", "theta",     "freq_source", "formula",    "note"};
  return kColumns;
}

std::size_t append_locus_rows(std::string& out, const PairName& pair, const std::vector<LocusLine>& lines) {
  for (const LocusLine& line : lines) put_line(out, pair, line);
  put_total(out, pair, lines);
  return lines.size() + 1;
}

namespace {

/// Rows of one candidate under its leading hypothesis.
std::size_t append_candidate(std::string& out, const TableInputs& inputs, const GenotypeBatch& batch, const Compiler& compiler,
                             const Hit& hit) {
  const std::vector<Family>& families = inputs.source.families();
  const Family* other = hit.family_b == kNoFamily ? nullptr : &families[hit.family_b];
  const Family family = other == nullptr ? families[hit.family] : joined_couple(families[hit.family], *other);
  const std::vector<PersonIndex> members = member_indexes(family);
  const std::vector<Genotype> member_calls = batch.member_calls(members);
  const std::vector<Genotype> child_calls = batch.calls(hit.child);
  Hypothesis hypothesis = hit.hypothesis;
  // A mean over both sexes of a parent is no product of loci: the larger half is shown.
  if (hypothesis == Hypothesis::parent_only)
    hypothesis = likelier_parent(compiler.compile(family, member_calls, members.size()), inputs.population, child_calls);
  const std::string& child_id = inputs.source.person(hit.child).id;
  const PairName pair{pair_key(child_id, families[hit.family], other), child_id, family.id, hypothesis};
  std::vector<LocusLine> lines = explain_pair(inputs.population, family, hypothesis, member_calls, members.size(), child_calls);
  const TypedParents parents = typed_parents(family);
  batch.append_unused_loci(lines, hit.child, parents.father, parents.mother);
  return append_locus_rows(out, pair, lines);
}

}  // namespace

RunOutput write_loci(const std::filesystem::path& path, const TableInputs& inputs, const CandidateSelection& selection,
                     std::uint64_t max_rank) {
  AtomicFile file(path);
  std::string header;
  for (const std::string& column : locus_columns()) header += (header.empty() ? "" : "\t") + column;
  file.write(header + "\n");

  const std::size_t n = static_cast<std::size_t>(std::min<std::uint64_t>(max_rank, selection.rows.size()));
  const std::span<const Candidate> rows(selection.rows.data(), n);
  const Compiler compiler(inputs.population, inputs.weights);
  GenotypeBatch batch(inputs.source, inputs.population);
  std::uint64_t n_rows = 0;
  for (std::size_t begin = 0; begin < n; begin += kBatch) {
    const std::span<const Candidate> part = rows.subspan(begin, std::min(kBatch, n - begin));
    batch.load(part);
    std::vector<std::string> texts(part.size());
    std::vector<std::size_t> counts(part.size());
    for_each_chunk(part.size(), inputs.threads,
                   [&](std::size_t i) { counts[i] = append_candidate(texts[i], inputs, batch, compiler, part[i].hit); });
    for (std::size_t i = 0; i < part.size(); ++i) {
      file.write(texts[i]);
      n_rows += counts[i];
    }
  }
  file.write("#ok " + std::to_string(n_rows) + " rows\n");
  return {path.filename().string(), n_rows, file.commit()};
}

}  // namespace homeward
