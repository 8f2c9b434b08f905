// Persons as the candidate table reads them: one short row of genotype codes each.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "homeward/family.hpp"
#include "homeward/population.hpp"

namespace homeward {

/// Genotype codes of persons at the loci of an effective population, person by person, so that a row of the table touches
/// two or three cache lines of each person. Persons stay until the bound is reached. load() from one thread; the rest may
/// then be called from several.
class PersonRows {
 public:
  /// @param max_persons held at once; more only when a single load() asks for more
  PersonRows(const ProfileSource& source, const EffectivePopulation& population, std::size_t max_persons);
  /// Makes the given persons (ascending, distinct) available; others may be dropped.
  void load(const std::vector<PersonIndex>& persons);
  std::size_t n_loci() const { return n_loci_; }
  /// By locus of the population; kUntyped also where a call is half known or has an allele the population lacks.
  std::span<const GenotypeCode> codes(PersonIndex person) const { return {codes_.data() + std::size_t{slot_[person]} * n_loci_, n_loci_}; }
  /// Bit per locus: fully known, whether or not the population has the alleles.
  std::span<const std::uint64_t> typed(PersonIndex person) const {
    return {typed_.data() + std::size_t{slot_[person]} * n_words_, n_words_};
  }
  /// The typed sex marker says otherwise than `sex`.
  bool contradicts(PersonIndex person, Sex sex) const;

 private:
  static constexpr std::uint32_t kAbsent = 0xFFFFFFFFU;
  enum class SexMarker : std::uint8_t { unknown, without_y, with_y };
  struct LocusTable {
    std::uint32_t source_locus = kAbsent;
    std::uint16_t first = 0;           ///< code of the first allele
    std::vector<std::uint16_t> index;  ///< by allele code - first: 1 + index in the population's list, 0 = not there
    std::uint32_t at(Allele allele) const;
  };
  void append(const std::vector<PersonIndex>& persons, const ProfileBlock& block);

  const ProfileSource& source_;
  std::size_t n_loci_, n_words_, max_persons_;
  std::uint32_t sex_locus_ = kAbsent;
  std::vector<LocusTable> tables_;
  std::vector<std::uint32_t> slot_;  ///< by PersonIndex
  std::size_t n_held_ = 0;
  std::vector<GenotypeCode> codes_;
  std::vector<std::uint64_t> typed_;
  std::vector<SexMarker> sex_marker_;
};

}  // namespace homeward
