// From true genotypes to a row of a profile file: kit, missing loci, drop-out, typing errors.
#pragma once

#include <string>
#include <vector>

#include "simulate/gene_drop.hpp"

namespace homeward {

/// Columns of the files: AMEL when a kit has it, then the loci of the model. Knows each kit's loci and each allele's text.
class SampleTyper {
 public:
  SampleTyper(const EffectivePopulation& model, bool amelogenin, const SimulationOptions& options);

  /// "sample_id,role,family_id,sex,kit,AMEL,<loci>\n"
  std::string header() const;

  /// Types one person and appends `kit,<cells>\n`.
  /// @param genotypes  of the person at locus l: genotypes[l * stride]
  void append(const TrueGenotype* genotypes, std::size_t stride, Sex sex, CounterRng& rng, std::string& row,
              SimulationCounts& counts) const;

 private:
  struct KitColumns {
    std::string name;    ///< as a CSV cell
    double up_to = 0.0;  ///< cumulative share
    bool amelogenin = false;
    std::vector<bool> has_locus;
  };
  struct Column {
    std::string name;
    std::vector<std::string> alleles;  ///< texts by AlleleIndex
  };
  void append_cell(const Column& column, TrueGenotype genotype, CounterRng& rng, std::string& row, SimulationCounts& counts) const;

  std::vector<KitColumns> kits_;
  std::vector<Column> columns_;
  bool amelogenin_;
  double missing_, dropout_, typing_error_;
};

}  // namespace homeward
