#include "assess.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <span>

#include "base/text.hpp"
#include "homeward/chance.hpp"
#include "homeward/error.hpp"
#include "progress.hpp"

namespace homeward::cli {

namespace {

constexpr double kCurveStep = 0.5;  // log10 LR, of the curve in run.json

std::vector<ChanceQuery> queries_of(const CandidateSelection& selection) {
  std::vector<ChanceQuery> queries;
  for (const Candidate& row : selection.rows)
    if (row.hit.family_b == kNoFamily) queries.push_back({row.hit.family, row.hit.log10_lr, row.hit.child});
  return queries;
}

void fill_chance(const ChanceHits& chance, CandidateSelection& selection) {
  std::size_t query = 0;
  for (Candidate& row : selection.rows) {
    if (row.hit.family_b != kNoFamily) continue;
    row.expected_chance_hits = chance.run.at(row.hit.log10_lr);
    row.p_chance = chance_of_any(chance.in_family[query]);
    row.log10_lr_relative = chance.log10_lr_relative[query++];
  }
}

void report_chance(const ChanceHits& chance, const std::vector<ChanceCheck>& checks, double min_log10_lr, RunManifest& manifest) {
  RunBelief& belief = manifest.belief;
  belief.expected_chance_hits = chance.run.at(min_log10_lr);
  belief.lead_log10_lr = chance.run.where(1.0);
  const double last = chance.run.where(1e-6);
  for (double x = std::ceil(min_log10_lr / kCurveStep) * kCurveStep; x <= last; x += kCurveStep)
    belief.curve.emplace_back(x, chance.run.at(x));
  for (const ChanceCheck& check : checks) {
    ChanceRow row{escaped(check.class_name), check.n_children, check.observed, check.leads, check.expected, check.ratio, false};
    for (std::size_t level = 0; level < kCheckedLog10.size(); ++level) {
      if (!check.alarming(level)) continue;
      row.alarming = true;
      manifest.warnings.push_back(
          fmt::format("W_CHANCE_HITS: children of {}: {} pairs at LR >= {:.0f} below the leads, {:.1f} expected by chance (ratio {:.2f}): "
                      "the frequency table does not fit "
                      "these people, or many relatives or duplicates are among them; treat every expected number of chance hits as too low",
                      row.children, check.observed[level] - check.leads[level], std::pow(10.0, kCheckedLog10[level]), check.expected[level],
                      check.ratio[level]));
      break;
    }
    belief.classes.push_back(std::move(row));
  }
}

PosteriorRow posterior_row(const Hit& hit, const std::vector<std::uint32_t>& group) {
  return {hit.child, group[hit.family], hit.family_b == kNoFamily ? kNoFamily : group[hit.family_b], hit.log10_lr};
}

std::vector<PosteriorRow> posterior_rows(const CandidateSelection& selection, const std::vector<std::uint32_t>& group) {
  std::vector<PosteriorRow> rows;
  rows.reserve(selection.rows.size());
  for (const Candidate& c : selection.rows) {
    PosteriorRow row = posterior_row(c.hit, group);
    if (!std::isnan(c.log10_lr_relative)) row.log10_lr_relative = c.log10_lr_relative;
    rows.push_back(row);
  }
  return rows;
}

/// The hits that --top-k cuts are rivals all the same. The selection is in the order of the stream.
void add_cut_hits(HitStream& hits, const CandidateSelection& selection, const std::vector<std::uint32_t>& group,
                  PosteriorModel& posterior) {
  std::vector<Hit> buffer(65536);
  std::size_t listed = 0;
  hits.rewind();
  while (const std::size_t n = hits.next(buffer.data(), buffer.size()))
    for (const Hit& hit : std::span<const Hit>(buffer).first(n)) {
      if (listed < selection.rows.size() && hit == selection.rows[listed].hit)
        ++listed;
      else
        posterior.add_unlisted(posterior_row(hit, group));
    }
}

PosteriorDatabase database_of(const RunModel& model, const std::vector<std::uint32_t>& group, const ChanceHits& chance,
                              const RunManifest& manifest) {
  PosteriorDatabase database;
  database.n_children = model.store->children().size();
  const std::vector<Family>& families = model.store->families();
  for (std::uint32_t f = 0; f < families.size(); ++f) {
    if (group[f] != f) continue;
    ++database.n_families;
    database.n_fathers += families[f].shape == FamilyShape::father ? 1 : 0;
    database.n_mothers += families[f].shape == FamilyShape::mother ? 1 : 0;
  }
  if (!manifest.undeclared_couples) database.n_fathers = database.n_mothers = 0;
  database.missed = missed_share(chance.run, manifest.min_log10_lr, static_cast<double>(manifest.counts.pairs_compared));
  return database;
}

PriorSensitivity sensitivity_at(const PosteriorModel& posterior, double phi) {
  PriorSensitivity s;
  s.phi = phi;
  for (const PosteriorModel::Row& row : posterior.at(phi)) {
    s.rows_50 += row.own >= 0.5 ? 1 : 0;
    s.rows_95 += row.own >= 0.95 ? 1 : 0;
  }
  s.expected_found = posterior.expected_found(phi);
  return s;
}

void fill_posteriors(const RunModel& model, HitStream& hits, const ChanceHits& chance, CandidateSelection& selection,
                     RunManifest& manifest) {
  RunBelief& belief = manifest.belief;
  const std::vector<std::uint32_t> group = family_groups(*model.store);
  const PosteriorDatabase database = database_of(model, group, chance, manifest);
  PosteriorModel posterior(database, {belief.close_relative, belief.apart}, posterior_rows(selection, group));
  if (selection.cut > 0) add_cut_hits(hits, selection, group, posterior);
  belief.n_registrations = database.n_families;
  belief.missed = database.missed;
  if (!belief.phi_given) {
    const PriorEstimate estimate = posterior.estimate();
    belief.phi = estimate.phi;
    belief.phi_lower = estimate.lower;
    belief.phi_upper = estimate.upper;
  }
  const std::vector<PosteriorModel::Row> rows = posterior.at(belief.phi);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    selection.rows[i].posterior = rows[i].own;
    selection.rows[i].posterior_relative = rows[i].relative;
    selection.rows[i].posterior_none = rows[i].none;
  }
  for (const double phi : {belief.phi / 10.0, belief.phi, std::min(10.0 * belief.phi, 0.99)})
    belief.sensitivity.push_back(sensitivity_at(posterior, phi));
}

}  // namespace

void declare_belief_options(po::options_description& group) {
  group.add_options()  //
      ("prior", po::value<double>()->value_name("PHI"),
       "probability that a child's family is registered (default: estimated from the run)")  //
      ("close-relative", po::value<double>()->default_value(0.02, "0.02")->value_name("W"),
       "share of a family's prior for: the tested person is a full sib of the true parent")  //
      ("apart", po::value<double>()->default_value(0.05, "0.05")->value_name("W"),
       "share of the prior for: both parents are registered, as two families");
}

BeliefOptions parse_belief_options(const po::variables_map& values, std::vector<std::string>& chosen) {
  BeliefOptions options;
  const auto share = [&](const char* name) {
    const double value = values[name].as<double>();
    if (!(value >= 0.0 && value < 1.0))
      throw Error(ErrorKind::usage, fmt::format("--{} must lie between 0 and 1 (1 excluded), not {}", name, value));
    if (!values[name].defaulted()) chosen.emplace_back(name);
    return value;
  };
  if (values.count("prior") != 0) options.phi = share("prior");
  options.weights.close_relative = share("close-relative");
  options.weights.apart = share("apart");
  return options;
}

void note_belief(const BeliefOptions& options, bool undeclared_couples, RunBelief& belief) {
  belief.phi_given = options.phi.has_value();
  if (options.phi) belief.phi = *options.phi;
  belief.close_relative = options.weights.close_relative;
  belief.apart = undeclared_couples ? options.weights.apart : 0.0;
}

void assess(const RunModel& model, HitStream& hits, CandidateSelection& selection, RunManifest& manifest) {
  const ChildClasses children = child_classes(*model.store, model.effective);
  const std::vector<ChanceQuery> queries = queries_of(selection);
  const ChanceHits chance = expected_chance_hits(*model.store, model.effective, children,
                                                 {manifest.min_log10_lr, model.couple_weights, manifest.threads}, queries);
  fill_chance(chance, selection);
  // A part of a search has the database's chance hits, but neither all of its hits nor all of a child's families to weigh.
  const bool whole = manifest.counts.pairs_total == std::uint64_t{model.store->children().size()} * model.store->families().size();
  std::vector<ChanceCheck> checks;
  if (whole) checks = check_chance_hits(hits, *model.store, children, chance, manifest.min_log10_lr);
  report_chance(chance, checks, manifest.min_log10_lr, manifest);
  if (whole) fill_posteriors(model, hits, chance, selection, manifest);
}

void print_belief(const RunBelief& belief, const Context& context) {
  if (std::isnan(belief.expected_chance_hits)) return;
  std::ostream& err = context.err;
  err << context.say("chance hits     {:.4g} expected at the run's threshold; fewer than one at log10 LR >= {:.2f}",
                     belief.expected_chance_hits, belief.lead_log10_lr)
      << '\n';
  if (!belief.classes.empty())
    err << context.say("                observed / expected by chance (ratio without the leads)") << '\n'
        << fmt::format("                {:<28} {:>22} {:>22} {:>22} {:>22}\n", "children", "LR >= 1", "LR >= 10", "LR >= 100",
                       "LR >= 1,000");
  for (const ChanceRow& row : belief.classes) {
    err << fmt::format("                {:<28}", fmt::format("{} ({})", row.children, grouped(row.n_children)));
    for (std::size_t k = 0; k < row.observed.size(); ++k)
      err << fmt::format(" {:>22}", std::isnan(row.expected[k])
                                        ? std::string(".")
                                        : fmt::format("{} / {:.1f} ({:.2f})", grouped(row.observed[k]), row.expected[k], row.ratio[k]));
    err << (row.alarming ? "  " + context.say("too many") + "\n" : "\n");
  }
  const std::string interval = belief.phi_given
                                   ? context.say("given")
                                   : context.say("estimated from this run, 95 % {:.3g} to {:.3g}", belief.phi_lower, belief.phi_upper);
  err << context.say("prior           {:.4g} that a child's family is registered [{}]; close relative {:.3g}, parents apart {:.3g}",
                     belief.phi, interval, belief.close_relative, belief.apart)
      << '\n';
  for (const PriorSensitivity& s : belief.sensitivity)
    err << context.say("posterior       at prior {:.4g}: {} candidates >= 0.95, {} >= 0.5, {:.1f} children expected found", s.phi,
                       grouped(s.rows_95), grouped(s.rows_50), s.expected_found)
        << '\n';
}

}  // namespace homeward::cli
