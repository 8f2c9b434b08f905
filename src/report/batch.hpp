// The genotypes a batch of candidates needs, read in one go.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/sha256.hpp"
#include "homeward/report.hpp"

namespace homeward {

/// Reads the children and relatives of candidates from a source, at the loci of an effective population.
/// load() from one thread; the rest may then be called from several.
class GenotypeBatch {
 public:
  GenotypeBatch(const ProfileSource& source, const EffectivePopulation& population);
  /// Replaces what is held. Order of `candidates` does not matter.
  void load(std::span<const Candidate> candidates);
  /// The same for persons in any order, repeats allowed.
  void load_persons(std::vector<PersonIndex> persons);
  std::size_t n_loci() const { return source_locus_.size(); }
  /// At locus `locus` of the population; untyped when the source lacks the locus.
  Genotype at(PersonIndex person, std::size_t locus) const {
    return source_locus_[locus] == kAbsent ? Genotype{} : block_.at(source_locus_[locus], slot_[person]);
  }
  Genotype amelogenin(PersonIndex person) const { return sex_locus_ == kAbsent ? Genotype{} : block_.at(sex_locus_, slot_[person]); }
  /// The members' genotypes as Compiler::compile takes them.
  std::vector<Genotype> member_calls(const std::vector<PersonIndex>& members) const;
  std::vector<Genotype> calls(PersonIndex person) const { return member_calls({person}); }
  /// Lines of the source's loci that the population lacks, typed in the child or a parent: status not_in_population.
  /// A parent may be kNobody. `cum_log10_lr` is the sum so far.
  void append_unused_loci(std::vector<LocusLine>& lines, PersonIndex child, PersonIndex father, PersonIndex mother) const;

 private:
  static constexpr LocusIndex kAbsent = 0xFFFFFFFFU;
  const ProfileSource& source_;
  std::vector<LocusIndex> source_locus_;  ///< by locus of the population
  std::vector<LocusIndex> unused_;        ///< loci of the source that the population lacks
  LocusIndex sex_locus_ = kAbsent;
  std::vector<std::uint32_t> slot_;  ///< by PersonIndex: place in block_, valid for the persons loaded
  ProfileBlock block_;
};

/// Undeclared couples as one family of shape couple: what explain_pair takes.
Family joined_couple(const Family& father, const Family& mother);
/// The typed parents of a family's missing child; kNobody where there is none, or where a parent's sex is unknown.
struct TypedParents {
  PersonIndex father = kNobody, mother = kNobody;
};
TypedParents typed_parents(const Family& family);
/// A person's typed sex marker says otherwise than the person's stated or implied sex.
bool sex_contradicted(Genotype amelogenin, Sex sex);
/// Makes pair keys (pair_key) without allocating. One per thread.
class PairKeyMaker {
 public:
  /// Appends the 16 hex digits.
  void append(std::string& out, std::string_view child_id, const Family& family, const Family* family_b);

 private:
  void add(std::string_view text);
  Sha256 hash_;
  std::string message_;
};

}  // namespace homeward
