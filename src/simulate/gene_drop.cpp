#include "simulate/gene_drop.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace homeward {

namespace {

/// First index whose cumulative value exceeds u; rounding at the end of the list falls back to the last index that has
/// any probability.
std::size_t sample_cumulative(const double* cumulative, std::size_t n, double u) {
  const auto index = static_cast<std::size_t>(std::upper_bound(cumulative, cumulative + n, u) - cumulative);
  if (index < n) return index;
  return static_cast<std::size_t>(std::lower_bound(cumulative, cumulative + n, cumulative[n - 1]) - cumulative);
}

/// Builds a pedigree parents first.
class Builder {
 public:
  Builder(UntypedParent untyped_parent, CounterRng& rng) : untyped_parent_(untyped_parent), rng_(rng) {}

  PersonInPedigree founder(Sex sex) { return person(kNoParent, kNoParent, sex); }
  PersonInPedigree person(PersonInPedigree father, PersonInPedigree mother, Sex sex) {
    persons_.push_back({std::to_string(persons_.size()), father, mother, sex});
    return static_cast<PersonInPedigree>(persons_.size() - 1);
  }
  /// The untyped other parent of a single child: nobody under `half`, a founder under `full`.
  PersonInPedigree other_parent(Sex sex) { return untyped_parent_ == UntypedParent::half ? kPopulationGamete : founder(sex); }
  PersonInPedigree child_of(PersonInPedigree parent, Sex sex) {
    if (persons_[static_cast<std::size_t>(parent)].sex == Sex::male) return person(parent, other_parent(Sex::female), sex);
    return person(other_parent(Sex::male), parent, sex);
  }
  Sex any_sex() { return rng_.below(2) == 0 ? Sex::male : Sex::female; }
  Pedigree take() { return Pedigree(std::move(persons_)); }

 private:
  UntypedParent untyped_parent_;
  CounterRng& rng_;
  std::vector<PedigreePerson> persons_;
};

/// Adds a relative of the given sex and the child it is related to; returns both.
std::pair<PersonInPedigree, PersonInPedigree> add_relative_and_child(Relation relation, Sex sex, Builder& build) {
  if (relation == Relation::grandparent) {
    const PersonInPedigree relative = build.founder(sex);
    return {relative, build.child_of(build.child_of(relative, build.any_sex()), build.any_sex())};
  }
  if (relation == Relation::half_sib) {
    const PersonInPedigree shared_parent = build.founder(build.any_sex());
    const PersonInPedigree relative = build.child_of(shared_parent, sex);
    return {relative, build.child_of(shared_parent, build.any_sex())};
  }
  const PersonInPedigree man = build.founder(Sex::male);
  const PersonInPedigree woman = build.founder(Sex::female);
  if (relation == Relation::cousin) {
    const PersonInPedigree relative = build.child_of(build.person(man, woman, build.any_sex()), sex);
    return {relative, build.child_of(build.person(man, woman, build.any_sex()), build.any_sex())};
  }
  const PersonInPedigree relative = build.person(man, woman, sex);
  if (relation == Relation::full_sib) return {relative, build.person(man, woman, build.any_sex())};
  return {relative, build.child_of(build.person(man, woman, build.any_sex()), build.any_sex())};  // uncle, aunt
}

}  // namespace

LocusDropper::Matrix LocusDropper::prepare(const TransitionMatrix& matrix) {
  const std::size_t n = matrix.size();
  Matrix prepared;
  prepared.stay.resize(n);
  prepared.moves.resize(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    prepared.stay[i] = matrix(i, i);
    double sum = 0.0;
    for (std::size_t j = 0; j < n; ++j) {
      if (j != i) sum += matrix(i, j);
      prepared.moves[i * n + j] = sum;
    }
  }
  return prepared;
}

LocusDropper::LocusDropper(const LocusModel& model) : silent_(model.silent), male_(prepare(model.male)), female_(prepare(model.female)) {
  double sum = 0.0;
  for (const double frequency : model.frequencies) founders_.push_back(sum += frequency);
}

AlleleIndex LocusDropper::founder_allele(CounterRng& rng) const {
  double u = rng.uniform();
  if (u < silent_) return kSilentAllele;
  u = (u - silent_) / (1.0 - silent_);
  return static_cast<AlleleIndex>(sample_cumulative(founders_.data(), founders_.size(), u));
}

AlleleIndex LocusDropper::gamete(TrueGenotype parent, Sex sex, CounterRng& rng, DropCounts& counts) const {
  // One number serves both choices: its first bit takes the copy, the other 52 the mutation.
  double u = 2.0 * rng.uniform();
  const AlleleIndex allele = u < 1.0 ? parent.paternal : parent.maternal;
  if (u >= 1.0) u -= 1.0;
  if (allele == kSilentAllele) return allele;
  const Matrix& matrix = sex == Sex::male ? male_ : female_;
  const double stay = matrix.stay[allele];
  ++counts.transmissions;
  counts.expected_mutations += 1.0 - stay;
  const double* moves = matrix.moves.data() + allele * founders_.size();
  if (u < stay || moves[founders_.size() - 1] <= 0.0) return allele;
  ++counts.mutations;
  return static_cast<AlleleIndex>(sample_cumulative(moves, founders_.size(), u - stay));
}

UnitPedigree draw_unit_pedigree(std::optional<Relation> relation, Tested tested, double one_parent, UntypedParent untyped_parent,
                                CounterRng& rng) {
  Builder build(untyped_parent, rng);
  UnitPedigree unit;
  const bool has_father = tested != Tested::mother;
  const bool has_mother = tested != Tested::father;
  const bool both_related = relation == Relation::child || (relation == Relation::grandparent && tested == Tested::both);
  if (!relation || both_related) {
    if (has_father) unit.father = build.founder(Sex::male);
    if (has_mother) unit.mother = build.founder(Sex::female);
    unit.father_related = relation && has_father;
    unit.mother_related = relation && has_mother;
    if (relation == Relation::grandparent)
      unit.child = build.child_of(build.person(unit.father, unit.mother, build.any_sex()), build.any_sex());
    if (relation == Relation::child) {
      // Nothing is drawn at probability 0, so that the other numbers stay what they are.
      if (tested == Tested::both && one_parent > 0.0 && rng.uniform() < one_parent)
        (rng.below(2) == 0 ? unit.father_related : unit.mother_related) = false;
      const PersonInPedigree father = unit.father_related ? unit.father : build.other_parent(Sex::male);
      const PersonInPedigree mother = unit.mother_related ? unit.mother : build.other_parent(Sex::female);
      unit.child = build.person(father, mother, build.any_sex());
    }
  } else {
    unit.father_related = has_father && (!has_mother || build.any_sex() == Sex::male);
    unit.mother_related = !unit.father_related;
    PersonInPedigree& relative = unit.father_related ? unit.father : unit.mother;
    std::tie(relative, unit.child) = add_relative_and_child(*relation, unit.father_related ? Sex::male : Sex::female, build);
    if (tested == Tested::both)
      (unit.father_related ? unit.mother : unit.father) = build.founder(unit.father_related ? Sex::female : Sex::male);
  }
  unit.pedigree = build.take();
  return unit;
}

void drop_genes(const std::vector<LocusDropper>& loci, const Pedigree& pedigree, CounterRng& rng, std::vector<TrueGenotype>& out,
                DropCounts& counts) {
  const std::size_t n = pedigree.size();
  out.resize(loci.size() * n);
  for (std::size_t locus = 0; locus < loci.size(); ++locus) {
    TrueGenotype* genotypes = out.data() + locus * n;
    const auto gamete = [&](PersonInPedigree parent, Sex sex) {
      return parent < 0 ? loci[locus].founder_allele(rng) : loci[locus].gamete(genotypes[parent], sex, rng, counts);
    };
    for (std::size_t i = 0; i < n; ++i) {
      genotypes[i].paternal = gamete(pedigree[i].father, Sex::male);
      genotypes[i].maternal = gamete(pedigree[i].mother, Sex::female);
    }
  }
}

}  // namespace homeward
