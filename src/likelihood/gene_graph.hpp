// Which gene copies which: a pedigree at one locus, gene by gene.
#pragma once

#include <array>
#include <vector>

#include "homeward/panel.hpp"
#include "homeward/pedigree.hpp"

namespace homeward::detail {

inline constexpr int kNoGene = -1;

/// One gene (allele copy) of one person. Its source is a draw from the population (no parental gene), a copy of one
/// parental gene (`a`), or a copy of `a` or `b` with probability 1/2 each: a meiosis.
struct Gene {
  int person = 0;
  int a = kNoGene;
  int b = kNoGene;
  bool from_male = false;  ///< which mutation matrix
  bool needed = true;      ///< some evidence or output depends on it
  bool draw() const { return a == kNoGene; }
  bool meiosis() const { return b != kNoGene; }
};

/// The genes of a pedigree, parents before children: two per person, one for an X-chromosomal male.
class GeneGraph {
 public:
  /// Throws Error(input) for an unsound pedigree or, on the X chromosome, a person of unknown sex.
  GeneGraph(const Pedigree& pedigree, Chromosome chromosome);
  const std::vector<Gene>& genes() const { return genes_; }
  const Gene& operator[](int gene) const { return genes_[static_cast<std::size_t>(gene)]; }
  std::size_t n_persons() const { return of_person_.size(); }
  const std::array<int, 2>& of_person(std::size_t person) const { return of_person_[person]; }  ///< second: kNoGene if one copy
  int copies(std::size_t person) const { return of_person_[person][1] == kNoGene ? 1 : 2; }
  /// Both genes are draws: the two are interchangeable.
  bool founder(std::size_t person) const;
  /// Marks as needed the genes of the given persons and all genes that a needed gene may copy.
  void prune(const std::vector<bool>& person_matters);
  /// Decides a meiosis: side 0 copies `a`, side 1 copies `b`.
  void decide(int gene, int side);
  /// The first needed meiosis from each founder of two genes for whom `wanted`. Since the founder's genes are
  /// interchangeable, deciding it for side 0 halves the sum and the factor 1/2 goes with it.
  std::vector<int> one_meiosis_per_founder(const std::vector<bool>& wanted) const;

 private:
  std::vector<Gene> genes_;
  std::vector<std::array<int, 2>> of_person_;
};

}  // namespace homeward::detail
