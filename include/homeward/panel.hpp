// Loci and panels.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "homeward/allele.hpp"

namespace homeward {

using LocusIndex = std::uint32_t;

/// Stored on disk: values never change.
enum class LocusKind : std::uint8_t { str = 1, snp = 2, sex = 3 };
enum class Chromosome : std::uint8_t { autosomal = 1, x = 2, y = 3, mitochondrial = 4 };

/// One locus (in the UI also: marker). `alleles` is sorted and is the locus's state space where a model needs one;
/// it may be empty where only the name matters (a store keeps alleles as reported).
struct Locus {
  std::string name;
  LocusKind kind = LocusKind::str;
  Chromosome chromosome = Chromosome::autosomal;
  std::vector<Allele> alleles;

  /// Index of an allele in the sorted list, nullopt if absent. O(log n).
  std::optional<AlleleIndex> index_of(Allele allele) const;
  /// Code of a genotype: kUntyped if untyped; nullopt if an allele is not in the list or only half known.
  std::optional<GenotypeCode> code_of(Genotype genotype) const;
  /// The genotype of a code (inverse of code_of).
  Genotype genotype_of(GenotypeCode code) const;
};

/// Ordered loci with a version. The digest (SHA-256, hex) covers names, kinds, chromosomes and alleles in order.
class Panel {
 public:
  Panel() = default;
  Panel(std::string version, std::vector<Locus> loci);
  const std::vector<Locus>& loci() const { return loci_; }
  const Locus& operator[](LocusIndex index) const { return loci_[index]; }
  std::size_t size() const { return loci_.size(); }
  const std::string& version() const { return version_; }
  std::optional<LocusIndex> find(std::string_view name) const;
  std::string digest() const;

 private:
  std::string version_;
  std::vector<Locus> loci_;
};

}  // namespace homeward
