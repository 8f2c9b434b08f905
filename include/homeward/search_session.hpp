// A search in pieces: slices of work, done in any order, here or elsewhere, and joined into one result.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "homeward/search.hpp"

namespace homeward {

/// Children and families that are compared with each other, all with all.
struct SearchArea {
  std::vector<PersonIndex> children;    ///< ascending, out of source.children()
  std::vector<std::uint32_t> families;  ///< ascending indexes into source.families()
};

/// The whole of a source: one area.
std::vector<SearchArea> whole_area(const ProfileSource& source);

/// Consecutive families of one area, compared with all its children: the unit of shards and checkpoints.
struct Slice {
  std::uint32_t area = 0;
  std::uint32_t first = 0, end = 0;  ///< positions in the area's families
  std::uint64_t cost = 0;            ///< in table look-ups: scanning and compiling
};

/// Slices by number, [first, end).
struct SliceRange {
  std::uint32_t first = 0, end = 0;
  friend bool operator==(const SliceRange&, const SliceRange&) = default;
};

/// Cuts the areas into slices of about equal cost: a function of the families' shapes and the number of children alone,
/// never of threads, kernel, memory or machine. About a thousand slices, more when there is more than a day's work.
std::vector<Slice> cut_slices(const ProfileSource& source, const std::vector<SearchArea>& areas);

/// Part `part` (from 0) of `parts`: consecutive slices, the parts balanced by cost. May be empty.
SliceRange part_of(const std::vector<Slice>& slices, std::uint32_t part, std::uint32_t parts);

/// Something a family's data made impossible, by index into source.families().
struct FamilyWarning {
  std::uint32_t family = 0;
  std::string text;
};

/// A result lists the warnings of so many, the first in the order of the families, and says when there are more.
inline constexpr std::size_t kMostFamilyWarnings = 1000;
inline constexpr const char* kFurtherWarnings = "further family warnings are not listed";

/// What comparing some slices gave, besides the hits. Counters of the second stage are 0 here.
struct ScanCounts {
  SearchCounts counts;
  std::vector<FamilyWarning> warnings;  ///< of a stretch of families at most the first kMostFamilyWarnings + 1
};

/// Adds up what was found in different slices.
ScanCounts& operator+=(ScanCounts& sum, const ScanCounts& part);

/// Hears what a session finds. Never called by two threads at once.
class ScanObserver {
 public:
  virtual ~ScanObserver() = default;
  /// Hits of the slices that are being scanned, in no order.
  virtual void found(std::span<const Hit> hits) = 0;
  /// The slices are whole: everything found since the last call is theirs.
  virtual void finished(SliceRange range, const ScanCounts& counts) = 0;
};

/// One search in two stages. First every slice is scanned, here (scan) or elsewhere (add_found, add_counts). Then finish()
/// joins fathers and mothers who registered apart, from the single-parent hits of all slices together: that is why
/// shards and checkpoints keep first-stage hits only. The result is that of search() whatever the order and the place.
/// Not thread-safe; uses threads itself.
class SearchSession {
 public:
  SearchSession(const ProfileSource& source, const EffectivePopulation& population, const SearchOptions& options,
                std::vector<SearchArea> areas);
  ~SearchSession();
  const std::vector<Slice>& slices() const;
  /// Are the finds of a scan part of this session's result, or only the observer's, who takes them to another session?
  enum class Finds { kept, handed_over };
  /// Compares the slices, in growing batches; a batch that was not finished counts for nothing. False when stopped.
  bool scan(SliceRange range, Finds finds, ScanObserver* observer = nullptr);
  /// First-stage hits of this search that were found elsewhere, and the counters that belong to them.
  void add_found(std::span<const Hit> hits);
  void add_counts(const ScanCounts& counts);
  /// Hits of an earlier search over other areas, `undeclared_couple` among them or not: its single parents are joined with those
  /// of this search, never with each other. With `keep` they are part of the result and its counts.
  void add_known(std::span<const Hit> hits, bool keep);
  /// Pairs skipped and looked up in all areas, without comparing: for a result whose counters cannot be added up.
  SearchCounts count_pairs();
  /// The second stage. The session is empty afterwards.
  SearchResult finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace homeward
