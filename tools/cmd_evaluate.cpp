// `homeward evaluate`: what a run found of what is true.
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/atomic_file.hpp"
#include "base/text.hpp"
#include "calibration.hpp"
#include "chance_by_kit.hpp"
#include "command.hpp"
#include "homeward/error.hpp"
#include "homeward/report.hpp"
#include "homeward/simulate.hpp"
#include "homeward/store.hpp"
#include "homeward/version.hpp"
#include "run_compare.hpp"
#include "run_model.hpp"

namespace homeward::cli {

namespace {

using nlohmann::ordered_json;

constexpr const char* kSchema = "homeward-evaluation/1";

struct EvaluateOptions {
  std::filesystem::path run, truth;
  std::optional<std::filesystem::path> store, out;
};

void declare(CommandLine& line) {
  line.hidden.add_options()("run", po::value<std::string>());
  line.positional.add("run", 1);
  line.group("Evaluation")
      .add_options()                                                                                                       //
      ("truth", po::value<std::string>()->value_name("TRUTH"), "child_id, family_id, relation, tab-separated (required)")  //
      ("store", po::value<std::string>()->value_name("STORE"), "the run's store, if it has moved")                         //
      ("out", po::value<std::string>()->value_name("FILE.json"), "write every figure as JSON, too");
}

EvaluateOptions parse(const po::variables_map& values) {
  const auto path = [&](const char* name) {
    return values.count(name) != 0 ? std::optional<std::filesystem::path>(values[name].as<std::string>()) : std::nullopt;
  };
  if (!path("run")) throw Error(ErrorKind::usage, "which run? usage: homeward evaluate RUN --truth TRUTH");
  if (!path("truth")) throw Error(ErrorKind::usage, "--truth is missing: a table of child_id, family_id, relation");
  return {*path("run"), *path("truth"), path("store"), path("out")};
}

/// Expected chance hits at a level of the run's curve; NaN where the curve does not reach down.
double expected_at(const std::vector<std::pair<double, double>>& curve, double log10_lr) {
  for (const auto& [x, expected] : curve)
    if (std::abs(x - log10_lr) < 1e-9) return expected;
  return curve.empty() || log10_lr < curve.front().first ? std::nan("") : 0.0;
}

/// Recall and chance hits by LR.
void add_levels(ordered_json& f, const RunManifest& manifest, const Evaluation& e) {
  for (std::size_t i = 0; i < kEvaluatedLog10.size(); ++i) {
    const std::string level = fmt::format("lr_1e{:.0f}", kEvaluatedLog10[i]);
    const double expected = expected_at(manifest.belief.curve, kEvaluatedLog10[i]);
    const bool counted = kEvaluatedLog10[i] >= manifest.min_log10_lr;
    f["true_pairs." + level] = e.true_pairs_at[i];
    f["chance_hits." + level] = counted ? ordered_json(e.chance_hits_at[i]) : ordered_json(nullptr);
    f["expected_chance_hits." + level] = std::isnan(expected) ? ordered_json(nullptr) : ordered_json(expected);
  }
}

/// P(H1 | posterior bin): what the posteriors promised and what was true.
void add_calibration(ordered_json& f, const RunManifest& manifest, const Calibration& c) {
  if (std::isnan(manifest.belief.phi)) return;
  f["prior"] = manifest.belief.phi;
  f["posterior_expected_true"] = c.expected_true;
  f["posterior_true"] = c.true_rows;
  f["posterior_expected_relatives"] = c.expected_relatives;
  f["posterior_relatives"] = c.relative_rows;
  for (const PosteriorBin& bin : c.bins) {
    const std::string name = fmt::format("posterior_{:g}_{:g}", bin.low, bin.high);
    f[name + ".rows"] = bin.rows;
    f[name + ".expected_true"] = bin.expected;
    f[name + ".true"] = bin.true_rows;
    f[name + ".sd"] = std::sqrt(bin.variance);
  }
  for (const FdrLevel& level : c.fdr) {
    const std::string name = fmt::format("fdr_{:g}", level.fdr);
    f[name + ".rows"] = level.rows;
    f[name + ".false"] = level.false_rows;
    f[name + ".expected_false"] = level.expected_false;
    f[name + ".sd"] = level.sd;
  }
}

/// The same of undeclared couples.
void add_joint_chance(ordered_json& f, const RunBelief& belief, const std::array<std::uint64_t, 4>& found) {
  if (belief.undeclared_drawn == 0) return;
  for (std::size_t level = 0; level < kJointLog10.size(); ++level) {
    const std::string name = fmt::format("joint_chance.lr_1e{:.0f}", kJointLog10[level]);
    const double expected = expected_at(belief.undeclared_curve, kJointLog10[level]);
    f[name] = found[level];
    f["expected_" + name] = std::isnan(expected) ? ordered_json(nullptr) : ordered_json(expected);
  }
}

/// Found beside expected chance hits of every kit.
void add_kits(ordered_json& f, const std::vector<KitChance>& kits) {
  for (const KitChance& kit : kits)
    for (std::size_t level = 0; level < kCheckedLog10.size(); ++level) {
      const std::string name = fmt::format("kit.{}.lr_1e{:.0f}", kit.children, kCheckedLog10[level]);
      const bool counted = !std::isnan(kit.expected[level]);
      f[name + ".chance_hits"] = counted ? ordered_json(kit.found[level]) : ordered_json(nullptr);
      f[name + ".expected"] = counted ? ordered_json(kit.expected[level]) : ordered_json(nullptr);
      f[name + ".sd"] = counted ? ordered_json(kit.sd[level]) : ordered_json(nullptr);
    }
}

/// Every figure in the order it is printed; null = not computed or undefined.
ordered_json figures(const RunManifest& manifest, const Evaluation& e) {
  const auto or_null = [](double value) { return std::isnan(value) ? ordered_json(nullptr) : ordered_json(value); };
  ordered_json f{{"pairs_total", manifest.counts.pairs_total},
                 {"pairs_compared", manifest.counts.pairs_compared},
                 {"min_log10_lr", manifest.min_log10_lr},
                 {"children", manifest.n_children},
                 {"families", manifest.n_families},
                 {"true_pairs", e.true_pairs},
                 {"true_pairs_not_in_store", e.true_pairs_not_in_store},
                 {"true_pairs_no_shared_locus", e.true_pairs_no_shared_locus},
                 {"true_pairs_same_person", e.true_pairs_same_person},
                 {"true_pairs_at_threshold", e.true_pairs_at_threshold},
                 {"true_pairs_reported", e.true_pairs_reported},
                 {"true_pairs_reported_below", e.true_pairs_reported_below},
                 {"recall_at_threshold", or_null(e.recall_at_threshold())},
                 {"recall_all", or_null(e.recall_all())},
                 {"max_log10_lr_difference", e.max_log10_lr_difference},
                 {"true_children", e.true_children},
                 {"true_families", e.true_families}};
  for (std::size_t i = 0; i < kRankLimits.size(); ++i) f[fmt::format("true_family_rank_{}", kRankLimits[i])] = e.family_rank_at_most[i];
  for (std::size_t i = 0; i < kRankLimits.size(); ++i) f[fmt::format("true_child_rank_{}", kRankLimits[i])] = e.child_rank_at_most[i];
  f["chance_hits"] = e.chance_hits;
  f["expected_chance_hits"] = or_null(manifest.belief.expected_chance_hits);
  add_levels(f, manifest, e);
  f["joint_hits"] = e.joint_hits;
  f["joint_both_true"] = e.joint_both_true;
  f["joint_one_true"] = e.joint_one_true;
  f["joint_chance"] = e.joint_chance;
  for (const auto& [relation, rows] : e.related_rows) {
    f["related_pairs." + relation] = rows;
    f["related_hits." + relation] = e.related_hits.at(relation);
  }
  return f;
}

std::string cell(const ordered_json& value) {
  if (value.is_null()) return ".";
  if (value.is_number_float()) return fmt::format("{:.10g}", value.get<double>());
  return value.dump();
}

int run(const po::variables_map& values, Context& context) {
  const EvaluateOptions options = parse(values);
  const RunManifest manifest = read_manifest(options.run);
  refuse_shard(manifest);
  const std::vector<TruthRow> truth = read_truth(options.truth);
  HitsReader hits(options.run / "hits.h5");
  if (hits.meta().model_digest != manifest.model_digest)
    throw Error(ErrorKind::input,
                "hits.h5 and run.json of " + options.run.string() + " have different model digests: they are not of one run");
  const RunModel model = rebuild_model(manifest, options.store, context.data_dir);
  for (const std::string& warning : model.warnings) context.err << "homeward: warning: " << warning << '\n';
  const std::vector<PairScore> scores = score_truth(truth, *model.store, model.effective, model.couple_weights);
  const Evaluation evaluation = evaluate(truth, scores, manifest.min_log10_lr, hits, hits.child_ids(), hits.family_ids());

  ordered_json all = figures(manifest, evaluation);
  add_joint_chance(all, manifest.belief, joint_chance(hits, truth));
  add_kits(all, chance_by_kit(hits, truth, *model.store, model.effective, manifest.belief));
  add_calibration(all, manifest, calibrate(options.run / "candidates.tsv", truth));
  for (const auto& [key, value] : all.items()) context.out << escaped(key) << '\t' << cell(value) << '\n';
  if (options.out) {
    const ordered_json document{{"schema", kSchema},
                                {"version", version()},
                                {"run_id", manifest.run_id},
                                {"model_digest", manifest.model_digest},
                                {"figures", all}};
    write_atomic_file(*options.out, document.dump(2) + "\n");
  }
  if (evaluation.true_pairs_reported < evaluation.true_pairs_at_threshold)
    context.err << fmt::format(
        "homeward: warning: {} true pairs reach the threshold and are not among the hits; this must not happen, please report it\n",
        evaluation.true_pairs_at_threshold - evaluation.true_pairs_reported);
  return 0;
}

}  // namespace

const Command kEvaluate{"evaluate",
                        "compare a run with the truth: recall, ranks, chance hits",
                        "RUN --truth TRUTH [--store STORE] [--out FILE.json]",
                        "  homeward evaluate run1 --truth sim/truth.tsv\n"
                        "  homeward evaluate run1 --truth sim/truth.tsv --out run1.evaluation.json\n",
                        declare,
                        run};

}  // namespace homeward::cli
