#include "run_outputs.hpp"

#include <fmt/format.h>

#include <ostream>

#include "assess.hpp"
#include "base/sha256.hpp"
#include "homeward/store.hpp"
#include "progress.hpp"
#include "report/family_check_table.hpp"
#include "report/joint_table.hpp"
#include "report/lineage_table.hpp"

namespace homeward::cli {

Scales read_scales(const RunManifest& manifest, const std::filesystem::path& data_dir) {
  return {read_verbal_scale(data_dir / "scales" / (manifest.verbal_scale + ".json")),
          read_cpi_scale(data_dir / "scales" / (manifest.cpi_scale + ".json"))};
}

void write_outputs(const std::filesystem::path& out, const RunModel& model, const Scales& scales, SearchResult& result, RunManifest& m) {
  m.counts = result.counts;
  m.warnings.insert(m.warnings.end(), result.warnings.begin(), result.warnings.end());
  const HitsMeta meta{m.run_id, m.model_digest, m.store_uuid, m.store_generation, m.min_log10_lr};
  write_hits(out / "hits.h5", meta, *model.store, *result.hits);
  m.outputs.push_back({"hits.h5", result.hits->size(), sha256_of_file(out / "hits.h5")});
  if (m.shard.of != 0) return;  // the best of a child are known when all shards are
  CandidateSelection selection = select_candidates(*result.hits, model.store->n_persons(), model.store->families().size(), m.top_k);
  m.candidates = selection.rows.size();
  m.counts.cut_by_top_k = selection.cut;
  assess(model, *result.hits, selection, m);
  const TableInputs tables{*model.store, model.effective, m.couple_weights, scales.verbal, scales.cpi, m.threads};
  m.outputs.push_back(write_candidates(out / "candidates.tsv", tables, selection));
  m.outputs.push_back(write_loci(out / "loci.tsv", tables, selection, m.loci_for));
  m.outputs.push_back(write_joint(out / "joint.tsv", tables, selection));
  m.outputs.push_back(write_lineage(out / "lineage.tsv", tables, selection, m.loci_for));
  FamilyCheckCounts families;
  m.outputs.push_back(write_family_check(out / "family_check.tsv", *model.store, model.effective, m.threads, families));
  if (families.rows > 0) m.warnings.push_back(family_check_summary(families) + " (family_check.tsv)");
}

void print_summary(const RunManifest& m, const Context& context) {
  std::ostream& err = context.err;
  const SearchCounts& c = m.counts;
  err << context.say("pairs           {} compared of {}", grouped(c.pairs_compared), grouped(c.pairs_total));
  for (std::size_t reason = 0; reason < c.pairs_skipped.size(); ++reason)
    err << context.say(", {} skipped ({})", grouped(c.pairs_skipped[reason]), to_string(static_cast<SkipReason>(reason)));
  const double per_million = c.pairs_compared == 0 ? 0.0 : static_cast<double>(c.survivors) * 1e6 / static_cast<double>(c.pairs_compared);
  const double speed = m.search_seconds > 0.0 ? static_cast<double>(c.pairs_compared) / m.search_seconds / 1e6 : 0.0;
  err << '\n' << context.say("survivors       {} ({:.1f} per million pairs)", grouped(c.survivors), per_million) << '\n';
  err << context.say("hits            {} at log10 LR >= {:.6g}", grouped(c.hits), m.min_log10_lr);
  if (m.undeclared_couples)
    err << context.say("; {} undeclared couples of {} scored", grouped(c.undeclared_hits), grouped(c.undeclared_scored));
  err << '\n'
      << context.say("candidates      {} listed, {} cut by --top-k {}", grouped(m.candidates), grouped(c.cut_by_top_k), m.top_k) << '\n';
  print_belief(m.belief, context);
  err << context.say("time            {:.2f} s search ({:.2f} M pairs/s), {:.2f} s in all, {} threads, kernel {}", m.search_seconds, speed,
                     m.total_seconds, m.threads, m.kernel)
      << '\n';
  if (!m.warnings.empty()) err << context.say("warnings        {} (listed in run.json)", m.warnings.size()) << '\n';
  err << context.say(kLeadBanner) << '\n';
}

}  // namespace homeward::cli
