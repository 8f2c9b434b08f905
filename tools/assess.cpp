#include "assess.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
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

void fill_chance(const ChanceHits& chance, const UndeclaredChance& undeclared, CandidateSelection& selection) {
  std::size_t query = 0;
  for (Candidate& row : selection.rows) {
    if (row.hit.family_b != kNoFamily) {
      row.expected_chance_hits = undeclared.expected.at(row.hit.log10_lr);
      continue;
    }
    row.expected_chance_hits = chance.run.at(row.hit.log10_lr);
    row.p_chance = chance_of_any(chance.in_family[query]);
    row.log10_lr_relative = chance.log10_lr_relative[query++];
  }
}

std::vector<std::pair<double, double>> points_of(const ChanceCurve& curve, double min_log10_lr) {
  std::vector<std::pair<double, double>> points;
  const double last = curve.where(1e-6);
  for (double x = std::ceil(min_log10_lr / kCurveStep) * kCurveStep; x <= last; x += kCurveStep) points.emplace_back(x, curve.at(x));
  return points;
}

void report_undeclared(const UndeclaredChance& undeclared, RunManifest& manifest) {
  RunBelief& belief = manifest.belief;
  belief.undeclared_couples = undeclared.n_couples;
  belief.undeclared_drawn = undeclared.n_drawn;
  belief.undeclared_curve = points_of(undeclared.expected, manifest.min_log10_lr);
}

void report_chance(const ChanceHits& chance, const std::vector<ChanceCheck>& checks, double min_log10_lr, RunManifest& manifest) {
  RunBelief& belief = manifest.belief;
  belief.expected_chance_hits = chance.run.at(min_log10_lr);
  belief.lead_log10_lr = chance.run.where(1.0);
  belief.curve = points_of(chance.run, min_log10_lr);
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

/// Families of the store, and which of them are one registration.
struct Registrations {
  const std::vector<Family>& families;
  std::vector<std::uint32_t> group;

  PosteriorRow row_of(const Hit& hit) const {
    PosteriorRow row{hit.child, group[hit.family], hit.family_b == kNoFamily ? kNoFamily : group[hit.family_b], hit.log10_lr};
    row.way = row.family_b != kNoFamily ? Registered::apart : way_of(families[hit.family].shape);
    return row;
  }
};

std::vector<PosteriorRow> posterior_rows(const CandidateSelection& selection, const Registrations& registrations) {
  std::vector<PosteriorRow> rows;
  rows.reserve(selection.rows.size());
  for (const Candidate& c : selection.rows) {
    PosteriorRow row = registrations.row_of(c.hit);
    if (!std::isnan(c.log10_lr_relative)) row.log10_lr_relative = c.log10_lr_relative;
    rows.push_back(row);
  }
  return rows;
}

/// The hits that --top-k cuts are rivals all the same. The selection is in the order of the stream.
void add_cut_hits(HitStream& hits, const CandidateSelection& selection, const Registrations& registrations, PosteriorModel& posterior) {
  std::vector<Hit> buffer(65536);
  std::size_t listed = 0;
  hits.rewind();
  while (const std::size_t n = hits.next(buffer.data(), buffer.size()))
    for (const Hit& hit : std::span<const Hit>(buffer).first(n)) {
      if (listed < selection.rows.size() && hit == selection.rows[listed].hit)
        ++listed;
      else
        posterior.add_unlisted(registrations.row_of(hit));
    }
}

/// Pairs that were not compared say nothing, like those below the threshold: they count as missed.
PosteriorDatabase database_of(const RunModel& model, const Registrations& registrations, const ChildClasses& children,
                              const ChanceHits& chance, const RunManifest& manifest) {
  constexpr auto kApart = static_cast<std::size_t>(Registered::apart);
  PosteriorDatabase database;
  database.n_children = model.store->children().size();
  std::array<std::uint64_t, 6> groups{}, families{};
  for (std::uint32_t f = 0; f < registrations.families.size(); ++f) {
    const auto shape = static_cast<std::size_t>(registrations.families[f].shape);
    ++families[shape];
    groups[shape] += registrations.group[f] == f ? 1 : 0;
  }
  const std::array<double, 6> by_relatives =
      missed_by_relatives(*model.store, model.effective, children, {manifest.min_log10_lr, model.couple_weights, manifest.threads});
  const auto reached_by = [&](std::initializer_list<FamilyShape> shapes, Registered registered) {
    const auto way = static_cast<std::size_t>(registered);
    ChanceCurve curve;
    double n = 0.0, relatives = 0.0;
    for (const FamilyShape each : shapes) {
      const auto shape = static_cast<std::size_t>(each);
      curve.add(chance.by_shape[shape]);
      database.n_families[way] += groups[shape];
      n += static_cast<double>(families[shape]);
      relatives += static_cast<double>(families[shape]) * by_relatives[shape];
    }
    if (!(n > 0.0)) return;
    database.missed[way] = missed_share(curve, manifest.min_log10_lr, n * static_cast<double>(database.n_children));
    database.missed_relative[way] = relatives / n;
  };
  reached_by({FamilyShape::couple}, Registered::couple);
  reached_by({FamilyShape::father, FamilyShape::mother, FamilyShape::parent}, Registered::single_parent);
  reached_by({FamilyShape::pedigree}, Registered::pedigree);
  if (manifest.undeclared_couples)
    database.n_families[kApart] =
        groups[static_cast<std::size_t>(FamilyShape::father)] * groups[static_cast<std::size_t>(FamilyShape::mother)];
  // Both parents' own hits make the couple; where both reach the threshold the couple does.
  const double found = 1.0 - database.missed[static_cast<std::size_t>(Registered::single_parent)];
  database.missed[kApart] = 1.0 - found * found;
  return database;
}

/// The first of the curve's points with at most one expected, or the last.
double lead_of(const std::vector<std::pair<double, double>>& curve) {
  for (const auto& [log10_lr, expected] : curve)
    if (expected <= 1.0) return log10_lr;
  return curve.empty() ? 0.0 : curve.back().first;
}

std::string in_words(const std::string& way, const Context& context) {
  if (way == "couple") return context.say("as a couple");
  if (way == "single_parent") return context.say("by one parent");
  return way == "apart" ? context.say("by both parents, apart") : context.say("as a pedigree");
}

PriorSensitivity sensitivity_at(const PosteriorModel& posterior, const Prior& prior) {
  PriorSensitivity s;
  s.phi = prior.phi;
  for (const PosteriorModel::Row& row : posterior.at(prior)) {
    s.rows_50 += row.own >= 0.5 ? 1 : 0;
    s.rows_95 += row.own >= 0.95 ? 1 : 0;
    s.expected_found += row.alone;
  }
  return s;
}

void note_prior(const PosteriorDatabase& database, const PriorEstimate& estimate, RunBelief& belief) {
  belief.phi = estimate.phi.value;
  if (!belief.phi_given) {
    belief.phi_lower = estimate.phi.lower;
    belief.phi_upper = estimate.phi.upper;
  }
  belief.apart = estimate.prior.share[static_cast<std::size_t>(Registered::apart)];
  for (std::size_t way = 0; way < kRegisteredWays; ++way) {
    if (database.n_families[way] == 0) continue;
    const Estimate& share = estimate.share[way];
    belief.shares.push_back({std::string(to_string(static_cast<Registered>(way))), database.n_families[way], share.value, share.lower,
                             share.upper, database.missed[way]});
  }
}

void fill_posteriors(const RunModel& model, HitStream& hits, const ChildClasses& children, const ChanceHits& chance,
                     CandidateSelection& selection, RunManifest& manifest) {
  RunBelief& belief = manifest.belief;
  const Registrations registrations{model.store->families(), family_groups(*model.store)};
  const PosteriorDatabase database = database_of(model, registrations, children, chance, manifest);
  PosteriorModel posterior(database, belief.close_relative, posterior_rows(selection, registrations));
  if (selection.cut > 0) add_cut_hits(hits, selection, registrations, posterior);
  for (std::size_t f = 0; f < registrations.group.size(); ++f) belief.n_registrations += registrations.group[f] == f ? 1 : 0;
  belief.missed = missed_share(chance.run, manifest.min_log10_lr, static_cast<double>(manifest.counts.pairs_compared));
  PriorChoice choice;
  if (belief.phi_given) choice.phi = belief.phi;
  if (belief.apart_given) choice.apart = belief.apart;
  const PriorEstimate estimate = posterior.estimate(choice);
  note_prior(database, estimate, belief);
  const std::vector<PosteriorModel::Row> rows = posterior.at(estimate.prior);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    selection.rows[i].posterior = rows[i].own;
    selection.rows[i].posterior_relative = rows[i].relative;
    selection.rows[i].posterior_none = rows[i].none;
  }
  for (const double phi : {belief.phi / 10.0, belief.phi, std::min(10.0 * belief.phi, 0.99)})
    belief.sensitivity.push_back(sensitivity_at(posterior, {phi, estimate.prior.share}));
}

}  // namespace

void declare_belief_options(po::options_description& group) {
  group.add_options()  //
      ("prior", po::value<double>()->value_name("PHI"),
       "probability that a child's family is registered (default: estimated from the run)")  //
      ("close-relative", po::value<double>()->default_value(0.02, "0.02")->value_name("W"),
       "share of a family's prior for: the tested person is a full sib of the true parent")  //
      ("apart", po::value<double>()->value_name("W"),
       "of the registered children, the share whose parents are registered as two families (default: estimated from the run)");
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
  if (values.count("prior") != 0) options.prior.phi = share("prior");
  options.prior.close_relative = share("close-relative");
  if (values.count("apart") != 0) options.prior.apart = share("apart");
  return options;
}

void note_belief(const BeliefOptions& options, bool undeclared_couples, RunBelief& belief) {
  belief.phi_given = options.prior.phi.has_value();
  if (options.prior.phi) belief.phi = *options.prior.phi;
  belief.close_relative = options.prior.close_relative;
  // Without undeclared couples there is nothing to have a share.
  belief.apart_given = options.prior.apart.has_value() || !undeclared_couples;
  if (belief.apart_given) belief.apart = undeclared_couples ? *options.prior.apart : 0.0;
}

void assess(const RunModel& model, HitStream& hits, CandidateSelection& selection, RunManifest& manifest) {
  const ChildClasses children = child_classes(*model.store, model.effective);
  const std::vector<ChanceQuery> queries = queries_of(selection);
  const ChanceHits chance = expected_chance_hits(*model.store, model.effective, children,
                                                 {manifest.min_log10_lr, model.couple_weights, manifest.threads}, queries);
  const UndeclaredChance undeclared = manifest.undeclared_couples
                                          ? expected_undeclared_couples(*model.store, model.effective, children,
                                                                        {manifest.min_log10_lr, model.couple_weights, manifest.threads})
                                          : UndeclaredChance{};
  fill_chance(chance, undeclared, selection);
  report_undeclared(undeclared, manifest);
  // A part of a search has the database's chance hits, but neither all of its hits nor all of a child's families to weigh.
  const bool whole = manifest.counts.pairs_total == std::uint64_t{model.store->children().size()} * model.store->families().size();
  std::vector<ChanceCheck> checks;
  if (whole) checks = check_chance_hits(hits, *model.store, children, chance, manifest.min_log10_lr);
  report_chance(chance, checks, manifest.min_log10_lr, manifest);
  if (whole) fill_posteriors(model, hits, children, chance, selection, manifest);
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
  if (belief.undeclared_drawn > 0)
    err << context.say("                undeclared couples by chance: fewer than one at log10 LR >= {:.1f}",
                       lead_of(belief.undeclared_curve))
        << '\n';
  if (std::isnan(belief.phi)) {
    err << context.say("prior           not estimated: a part of a search has no posteriors; join the parts (merge, --merge-into)") << '\n';
    return;
  }
  const std::string interval = belief.phi_given
                                   ? context.say("given")
                                   : context.say("estimated from this run, 95 % {:.3g} to {:.3g}", belief.phi_lower, belief.phi_upper);
  err << context.say("prior           {:.4g} that a child's family is registered [{}]; close relative {:.3g}", belief.phi, interval,
                     belief.close_relative)
      << '\n';
  for (const PriorShare& s : belief.shares)
    err << context.say("                of these {:.3g} {} [{}]", s.share, in_words(s.way, context),
                       s.lower < s.upper                        ? context.say("95 % {:.3g} to {:.3g}", s.lower, s.upper)
                       : s.way == "apart" && belief.apart_given ? context.say("given")
                                                                : context.say("what is left"))
        << '\n';
  for (const PriorSensitivity& s : belief.sensitivity)
    err << context.say("posterior       at prior {:.4g}: {} candidates >= 0.95, {} >= 0.5, {:.1f} children expected found", s.phi,
                       grouped(s.rows_95), grouped(s.rows_50), s.expected_found)
        << '\n';
}

}  // namespace homeward::cli
