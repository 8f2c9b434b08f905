// Appending typings to the call matrices of both panels.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "homeward/import.hpp"
#include "store/store_data.hpp"

namespace homeward::storage {

enum class Appended { nothing_typed, identical, added };

/// Stages one imported sample's calls, compares them with the sample's earlier typings and appends them as a new typing.
/// A typing has a row in a panel when it has a call there.
class TypingRows {
 public:
  explicit TypingRows(StoreData& data);
  /// Finds the file's loci in the panels, appending new ones (their earlier rows are untyped).
  void begin_file(const ImportedFile& file);
  /// @returns loci of the file that the sample states twice and differently; the first statement is staged
  std::vector<std::uint32_t> stage(const ImportedSample& sample);
  /// Appends what is staged, unless nothing is typed or the sample has a typing of the same kit and the same calls already.
  Appended append(std::uint32_t sample, std::uint32_t batch, std::uint64_t line, std::uint32_t kit, std::uint8_t error_class);
  std::string locus_name(std::uint32_t file_locus) const;

 private:
  struct StagedBeside {
    std::uint32_t locus;
    std::uint16_t a, b;
    std::string text;
    friend bool operator==(const StagedBeside&, const StagedBeside&) = default;
  };
  struct Place {
    PanelId panel;
    std::uint32_t locus;
  };

  Place place_of(const Locus& locus);
  unsigned snp_code(std::uint32_t locus, Genotype genotype) const;  ///< 0 = not expressible with ref and alt
  void stage_call(const ImportedCall& call, std::vector<std::uint32_t>& contradictory);
  bool same_as_staged(std::uint32_t typing) const;
  bool same_beside(const Beside& beside, const std::unordered_multimap<std::uint32_t, std::uint32_t>& of_row, std::uint32_t row,
                   const std::vector<StagedBeside>& staged) const;
  static void append_beside(Beside& beside, std::unordered_multimap<std::uint32_t, std::uint32_t>& of_row, std::uint32_t row,
                            const std::vector<StagedBeside>& staged);
  void append_str_row(std::uint32_t typing);
  void append_snp_row(std::uint32_t typing);

  StoreData& d_;
  std::unordered_map<std::string, Place> place_of_name_;
  std::vector<Place> places_;                     // by locus of the file
  std::vector<std::uint32_t> str_row_, snp_row_;  // by typing, kNone = none
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> typings_of_sample_;
  std::unordered_multimap<std::uint32_t, std::uint32_t> str_beside_of_row_, snp_beside_of_row_;

  std::vector<StrCall> staged_str_;
  std::vector<std::uint8_t> staged_snp_;
  std::vector<StagedBeside> staged_str_beside_, staged_snp_beside_;
  bool any_str_ = false, any_snp_ = false;
};

}  // namespace homeward::storage
