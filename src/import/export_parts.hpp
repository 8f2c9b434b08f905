// What the writers of exports share.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "homeward/export.hpp"

namespace homeward::import {

/// The samples of one file: the k-th appearance of each.
using Round = std::vector<const ImportedSample*>;
std::vector<Round> rounds_of(const ImportedFile& content);

/// `out.csv` for the first round, `out.2.csv` for the second, ...
std::filesystem::path path_of_round(const std::filesystem::path& path, std::size_t round);

/// A call as the words that read back as the same call. `single` is how a homozygote is written: once or twice.
enum class Homozygote { once, twice };
std::vector<std::string> words_of(const ImportedCall& call, Homozygote homozygote, const char* unknown);

/// Pedigree table beside an export; nothing when there are no relatives.
void write_pedigrees(const ImportedFile& content, const std::filesystem::path& path, Exported& exported);

/// Counts by sentence, for warnings: `{} calls ...`.
class Losses {
 public:
  void add(const char* sentence) { ++counts_[sentence]; }
  void report(Exported& exported) const;

 private:
  std::map<std::string, std::uint64_t> counts_;
};

}  // namespace homeward::import
