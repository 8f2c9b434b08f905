// Samples of formats that are no tables (CODIS, Familias): the reader of the format says sample by sample what it found.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "import/profile_collector.hpp"
#include "import/sample_rows.hpp"

namespace homeward::import {

struct ReportedLocus {
  std::string name, kit{};  ///< `kit` empty = the sample's
  std::vector<std::string> alleles{};
  std::uint64_t line = 0;
};

/// What the format says of one sample, in its own words; empty = not said.
struct ReportedSample {
  std::string id{}, role{}, family{}, sex{}, kit{}, person{}, slot{};
  bool partial = false;
  std::uint64_t line = 0;
  std::vector<ReportedLocus> loci{};
};

/// Takes samples one by one with the rules of the tables: issues, duplicates, mixtures. A call that cannot be read costs its
/// locus, a sample that cannot be described all of its loci; what is rejected becomes rows of a native long table, which
/// loads again. Loci that no list of ours knows are taken under their printed names: the format says that they are loci.
class ReportedSamples {
 public:
  ReportedSamples(ImportedFile& file, const TextSource& source, const ImportOptions& options);
  IssueLog& issues() { return collector_.issues(); }
  void take(const ReportedSample& reported);
  void finish();

 private:
  bool take_locus(const ReportedSample& reported, const ReportedLocus& at, ImportedSample& sample, std::uint32_t index);
  void keep(ImportedSample&& sample, const ReportedSample& reported, std::size_t many_mark);
  void reject_sample(const ReportedSample& reported, std::string_view code, const std::string& reason);

  ImportedFile& file_;
  ProfileCollector collector_;
  std::unordered_map<std::string, std::uint32_t> index_of_;
};

/// The rows that `rejects.csv` holds of a sample of such a file: its calls as they stand in memory. Used for mixtures, and
/// for samples that the store refuses.
std::vector<Reject> rows_of_reported(const ImportedFile& file, const RefusedSamples& refused);

}  // namespace homeward::import
