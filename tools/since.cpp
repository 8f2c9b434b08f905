#include "since.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>
#include <unordered_map>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "genetics/typing_digest.hpp"
#include "homeward/error.hpp"
#include "run_compare.hpp"
#include "run_folder.hpp"

namespace homeward::cli {

namespace {

/// What two runs must share for the hits of one to hold in the other. The store has grown, and lists may be cut elsewhere.
RunDifferences differences(const RunManifest& then, RunManifest now, bool& model_changed) {
  now.store_sha256 = then.store_sha256;
  now.top_k = then.top_k;
  now.loci_for = then.loci_for;
  now.exhaustive = then.exhaustive;
  model_changed = then.model_digest != now.model_digest;
  now.model_digest = then.model_digest;
  return search_differences(then, now);
}

class Additions final : public HitStream {
 public:
  Additions(const EarlierRun& earlier, std::unique_ptr<HitStream> joined) : earlier_(earlier), joined_(std::move(joined)) {
    rewind();
    std::vector<Hit> hits(4096);
    while (const std::size_t n = next(hits.data(), hits.size())) size_ += n;
    rewind();
  }
  std::uint64_t size() const override { return size_; }
  void rewind() override { joined_->rewind(); }
  std::size_t next(Hit* out, std::size_t capacity) override {
    std::size_t kept = 0;
    while (kept == 0) {
      const std::size_t n = joined_->next(out, capacity);
      if (n == 0) break;
      for (std::size_t i = 0; i < n; ++i)
        if (!earlier_.knows(out[i])) out[kept++] = out[i];
    }
    return kept;
  }

 private:
  const EarlierRun& earlier_;
  std::unique_ptr<HitStream> joined_;
  std::uint64_t size_ = 0;
};

}  // namespace

EarlierRun::EarlierRun(const std::filesystem::path& folder, const RunManifest& today, const Store& store) : folder_(folder), store_(store) {
  const std::string where = "--since " + escaped(folder.string());
  if (!is_run_folder(folder)) throw Error(ErrorKind::input, where + " is no run folder: it holds no run.json");
  manifest_ = read_manifest(folder);
  if (manifest_.status != "complete")
    throw Error(ErrorKind::input, where + " is not complete, its status is '" + escaped(manifest_.status) + "'");
  if (manifest_.shard.of != 0) throw Error(ErrorKind::input, where + " is a shard; join the shards with `homeward merge` first");
  if (!manifest_.since.empty() && !manifest_.joined)
    throw Error(ErrorKind::input, where + " holds additions to an earlier run only; name the run they were joined into (--merge-into)");
  if (manifest_.store_uuid != today.store_uuid) throw Error(ErrorKind::input, where + " searched another store");
  refuse_differences(differences(manifest_, today, model_changed_), where + " asked another question");
  if (model_changed_) return;
  for (const RunOutput& output : manifest_.outputs)
    if (output.file == "hits.h5" && sha256_of_file(folder / output.file) != output.sha256)
      throw Error(ErrorKind::input, "hits.h5 of " + where + " is not the file its run.json names");
  hits_ = std::make_unique<HitsReader>(folder / "hits.h5");
  const std::vector<std::uint64_t> typings = typing_digests(store);
  compare_children(typings);
  compare_families(family_digests(store, typings));
}

void EarlierRun::compare_children(const std::vector<std::uint64_t>& typings) {
  std::unordered_map<std::string_view, std::uint32_t> row_of;
  for (std::uint32_t row = 0; row < hits_->child_ids().size(); ++row) row_of.emplace(hits_->child_ids()[row], row);
  new_child_.assign(store_.n_persons(), true);
  child_now_.assign(hits_->child_ids().size(), kNoFamily);
  for (const PersonIndex child : store_.children()) {
    const auto found = row_of.find(store_.person(child).id);
    const bool same = found != row_of.end() && hits_->child_typings()[found->second] == typings[child];
    if (same) child_now_[found->second] = child;
    new_child_[child] = !same;
    if (!same) ++n_new_children_;
  }
  data_changed_ = data_changed_ || std::count(child_now_.begin(), child_now_.end(), kNoFamily) > 0;
}

void EarlierRun::compare_families(const std::vector<std::uint64_t>& digests) {
  std::map<std::pair<std::string_view, std::string_view>, std::uint32_t> row_of;
  for (std::uint32_t row = 0; row < hits_->family_ids().size(); ++row)
    row_of.emplace_hint(row_of.end(), std::pair<std::string_view, std::string_view>(hits_->family_ids()[row], hits_->family_slots()[row]),
                        row);
  new_family_.assign(store_.families().size(), true);
  family_now_.assign(hits_->family_ids().size(), kNoFamily);
  for (std::uint32_t family = 0; family < store_.families().size(); ++family) {
    const auto found = row_of.find({store_.families()[family].id, store_.families()[family].slot});
    const bool same = found != row_of.end() && hits_->family_typings()[found->second] == digests[family];
    if (same) family_now_[found->second] = family;
    new_family_[family] = !same;
    if (!same) ++n_new_families_;
  }
  data_changed_ = data_changed_ || std::count(family_now_.begin(), family_now_.end(), kNoFamily) > 0;
}

std::vector<SearchArea> EarlierRun::areas() const {
  if (model_changed_) return whole_area(store_);
  SearchArea added = whole_area(store_).front(), others;
  added.children.clear();
  for (const PersonIndex child : store_.children()) (new_child_[child] ? added : others).children.push_back(child);
  for (const std::uint32_t family : added.families)
    if (new_family_[family]) others.families.push_back(family);
  return {added, others};
}

void EarlierRun::add_known(SearchSession& session, bool keep) const {
  if (model_changed_) return;
  std::vector<Hit> hits(1U << 16U);
  hits_->rewind();
  while (const std::size_t n = hits_->next(hits.data(), hits.size())) {
    std::size_t held = 0;
    for (std::size_t i = 0; i < n; ++i) {
      Hit hit = hits[i];
      hit.child = child_now_[hit.child];
      hit.family = family_now_[hit.family];
      const bool whole = hit.family_b == kNoFamily || (hit.family_b = family_now_[hit.family_b]) != kNoFamily;
      if (whole && hit.child != kNoFamily && hit.family != kNoFamily) hits[held++] = hit;
    }
    session.add_known({hits.data(), held}, keep);
  }
}

SearchCounts additions_of(const SearchResult& joined) {
  SearchCounts added = joined.counts;
  added.hits -= joined.known.hits;
  added.undeclared_scored -= joined.known.undeclared_scored;
  added.undeclared_hits -= joined.known.undeclared_hits;
  return added;
}

void join_counts(const EarlierRun& earlier, const RunModel& model, SearchResult& joined) {
  const SearchCounts& before = earlier.manifest().counts;
  SearchCounts& counts = joined.counts;
  if (earlier.data_changed()) {
    SearchOptions how;
    how.couple_weights = model.couple_weights;
    how.exhaustive = true;  // no shadow is needed to count
    SearchSession everything(*model.store, model.effective, how, whole_area(*model.store));
    const SearchCounts all = everything.count_pairs();
    counts.pairs_total = all.pairs_total;
    counts.pairs_compared = all.pairs_compared;
    counts.pairs_skipped = all.pairs_skipped;
    counts.lookups = all.lookups;
  } else {
    counts.pairs_total += before.pairs_total;
    counts.pairs_compared += before.pairs_compared;
    for (std::size_t reason = 0; reason < counts.pairs_skipped.size(); ++reason)
      counts.pairs_skipped[reason] += before.pairs_skipped[reason];
    counts.lookups += before.lookups;
  }
  counts.survivors += before.survivors;
  // With a new child every family was compiled today and has warned; else the earlier run's families have not.
  if (earlier.n_new_children() > 0) return;
  std::vector<std::string> warnings;
  for (const std::string& warning : earlier.manifest().warnings)
    if (warning.starts_with("family ") && !warning.ends_with("(family_check.tsv)")) warnings.push_back(warning);
  joined.warnings.insert(joined.warnings.begin(), warnings.begin(), warnings.end());
}

std::unique_ptr<HitStream> only_additions(const EarlierRun& earlier, std::unique_ptr<HitStream> joined) {
  return std::make_unique<Additions>(earlier, std::move(joined));
}

}  // namespace homeward::cli
