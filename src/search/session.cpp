// The search as a whole: slices in batches, hits in order, then the parents who registered apart.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <tuple>

#include "homeward/error.hpp"
#include "homeward/search_session.hpp"
#include "search/external_sort.hpp"
#include "search/family_scan.hpp"
#include "search/restricted_source.hpp"
#include "search/undeclared_stage.hpp"

namespace homeward {

namespace {

using HitSort = ExternalSort<Hit, HitOrder>;

class SortedHits final : public HitStream {
 public:
  explicit SortedHits(HitSort sort) : sort_(std::move(sort)) { sort_.rewind(); }
  std::uint64_t size() const override { return sort_.size(); }
  std::size_t next(Hit* out, std::size_t capacity) override { return sort_.next(out, capacity); }
  void rewind() override { sort_.rewind(); }

 private:
  HitSort sort_;
};

/// In the order of families, each once, as sentences.
std::vector<std::string> sentences(std::vector<FamilyWarning> warnings, const ProfileSource& source) {
  const auto key = [](const FamilyWarning& w) { return std::tie(w.family, w.text); };
  std::stable_sort(warnings.begin(), warnings.end(), [](const auto& a, const auto& b) { return a.family < b.family; });
  warnings.erase(std::unique(warnings.begin(), warnings.end(), [&](const auto& a, const auto& b) { return key(a) == key(b); }),
                 warnings.end());
  std::vector<std::string> out;
  for (const FamilyWarning& warning : warnings) {
    if (out.size() == kMostFamilyWarnings) {
      out.emplace_back(kFurtherWarnings);
      break;
    }
    out.push_back("family " + source.families()[warning.family].id + ": " + warning.text);
  }
  return out;
}

/// How much is scanned in one go: at first what takes a fraction of a second on any machine, more as long as that is quick.
/// Every batch prepares its families and children anew, so few long ones are faster; a stop or a kill loses one batch.
class BatchSize {
 public:
  std::uint64_t cost() const { return cost_; }
  void took(std::chrono::steady_clock::duration time) {
    if (time < std::chrono::seconds(2) && cost_ < (std::uint64_t{1} << 50U)) cost_ *= 8;
    if (time > std::chrono::seconds(8) && cost_ > kLeast) cost_ /= 2;
  }

 private:
  static constexpr std::uint64_t kLeast = std::uint64_t{1} << 28U;  ///< look-ups
  std::uint64_t cost_ = kLeast;
};

}  // namespace

ScanCounts& operator+=(ScanCounts& sum, const ScanCounts& part) {
  sum.counts += part.counts;
  sum.warnings.insert(sum.warnings.end(), part.warnings.begin(), part.warnings.end());
  return sum;
}

struct SearchSession::Impl {
  Impl(const ProfileSource& source_in, const EffectivePopulation& population_in, const SearchOptions& options_in,
       std::vector<SearchArea> areas_in)
      : source(source_in),
        population(population_in),
        options(options_in),
        areas(std::move(areas_in)),
        slices(cut_slices(source, areas)),
        hits(HitOrder(source), options.memory_bytes / 2 / sizeof(Hit), options.spill_folder),
        undeclared(source, population, options) {
    for (const SearchArea& area : areas) pairs_total += static_cast<std::uint64_t>(area.children.size()) * area.families.size();
  }

  /// The scan of an area; the last one's blocks of children stay in memory.
  FamilyScan& scan_of(std::uint32_t area) {
    if (scanned_area == area && scanner) return *scanner;
    scanner.reset();
    view = std::make_unique<RestrictedSource>(source, areas[area].children, areas[area].families);
    scanner = std::make_unique<FamilyScan>(*view, population, options);
    scanned_area = area;
    return *scanner;
  }

  void add_found(std::span<const Hit> found) {
    hits.add(found.data(), found.size());
    if (options.undeclared_couples) undeclared.add(found, false);
  }

  void add_counts(const ScanCounts& part) {
    counts += part;
    pairs_done = std::max(pairs_done, counts.counts.pairs_total);
    if (options.progress) options.progress(pairs_done, pairs_total);
  }

  bool scan_batch(SliceRange batch, Finds finds, ScanObserver* observer) {
    const SearchArea& area = areas[slices[batch.first].area];
    std::vector<Hit> found;
    const ScanSink sink{[&](std::span<const Hit> part) {
                          found.assign(part.begin(), part.end());
                          for (Hit& hit : found) hit.family = area.families[hit.family];
                          if (finds == Finds::kept) add_found(found);
                          if (observer != nullptr) observer->found(found);
                        },
                        [&](std::uint64_t pairs) {
                          pairs_done += pairs;
                          if (options.progress) options.progress(pairs_done, pairs_total);
                        }};
    ScanCounts part;
    if (!scan_of(slices[batch.first].area).scan(slices[batch.first].first, slices[batch.end - 1].end, sink, part)) return false;
    for (FamilyWarning& warning : part.warnings) warning.family = area.families[warning.family];
    if (finds == Finds::kept) add_counts(part);
    if (observer != nullptr) observer->finished(batch, part);
    return true;
  }

  const ProfileSource& source;
  const EffectivePopulation& population;
  const SearchOptions options;
  const std::vector<SearchArea> areas;
  const std::vector<Slice> slices;
  HitSort hits;
  UndeclaredStage undeclared;
  ScanCounts counts;
  BatchSize batch_size;
  std::uint64_t pairs_total = 0, pairs_done = 0;
  SearchCounts known;
  bool keep_known = false;
  bool stopped = false;
  std::unique_ptr<RestrictedSource> view;
  std::unique_ptr<FamilyScan> scanner;
  std::uint32_t scanned_area = 0;
};

SearchSession::SearchSession(const ProfileSource& source, const EffectivePopulation& population, const SearchOptions& options,
                             std::vector<SearchArea> areas) {
  if (std::isnan(options.min_log10_lr)) throw Error(ErrorKind::usage, "the threshold log10 LR is not a number");
  impl_ = std::make_unique<Impl>(source, population, options, std::move(areas));
}

SearchSession::~SearchSession() = default;
const std::vector<Slice>& SearchSession::slices() const { return impl_->slices; }
void SearchSession::add_found(std::span<const Hit> hits) { impl_->add_found(hits); }
void SearchSession::add_counts(const ScanCounts& counts) { impl_->add_counts(counts); }

void SearchSession::add_known(std::span<const Hit> hits, bool keep) {
  Impl& my = *impl_;
  if (my.options.undeclared_couples) my.undeclared.add(hits, true);
  if (!keep) return;
  my.keep_known = true;
  my.hits.add(hits.data(), hits.size());
  for (const Hit& hit : hits) ++(hit.family_b == kNoFamily ? my.known.hits : my.known.undeclared_hits);
}

bool SearchSession::scan(SliceRange range, Finds finds, ScanObserver* observer) {
  Impl& my = *impl_;
  while (range.first < range.end && !my.stopped) {
    std::uint32_t end = range.first + 1;
    std::uint64_t cost = my.slices[range.first].cost;
    while (end < range.end && my.slices[end].area == my.slices[range.first].area && cost + my.slices[end].cost <= my.batch_size.cost())
      cost += my.slices[end++].cost;
    const auto start = std::chrono::steady_clock::now();
    if (!my.scan_batch({range.first, end}, finds, observer)) my.stopped = true;
    my.batch_size.took(std::chrono::steady_clock::now() - start);
    range.first = end;
  }
  return !my.stopped;
}

SearchCounts SearchSession::count_pairs() {
  Impl& my = *impl_;
  ScanCounts all;
  for (std::uint32_t area = 0; area < my.areas.size(); ++area)
    my.scan_of(area).count(0, static_cast<std::uint32_t>(my.areas[area].families.size()), all);
  return all.counts;
}

SearchResult SearchSession::finish() {
  Impl& my = *impl_;
  my.scanner.reset();
  SearchResult result;
  result.counts = my.counts.counts;
  const auto take = [&](std::span<const Hit> couples) { my.hits.add(couples.data(), couples.size()); };
  if (!my.stopped && my.options.undeclared_couples)
    my.stopped = !my.undeclared.run(my.keep_known ? &my.known : nullptr, result.counts, take);
  result.counts += my.known;
  result.known = my.known;
  result.warnings = sentences(std::move(my.counts.warnings), my.source);
  result.stopped = my.stopped;
  result.hits = std::make_unique<SortedHits>(std::move(my.hits));
  return result;
}

SearchResult search(const ProfileSource& source, const EffectivePopulation& population, const SearchOptions& options) {
  SearchSession session(source, population, options, whole_area(source));
  session.scan({0, static_cast<std::uint32_t>(session.slices().size())}, SearchSession::Finds::kept);
  return session.finish();
}

}  // namespace homeward
