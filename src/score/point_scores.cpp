#include "score/point_scores.hpp"

#include <cmath>

#include "likelihood/parents.hpp"
#include "score/columns.hpp"

namespace homeward {

namespace {

const TransitionMatrix& matrix(const LocusModel& model, int parent) { return parent == 0 ? model.male : model.female; }

}  // namespace

PointScores::PointScores(const EffectivePopulation& population) {
  for (const LocusModel& model : population.loci) {
    PointLocus locus;
    locus.model = &model;
    locus.used = model.locus.chromosome == Chromosome::autosomal;
    usable_ = usable_ && model.theta == 0.0;
    const std::size_t n = model.frequencies.size();
    locus.pairs.resize(genotype_code_count(n));
    for (AlleleIndex y = 0; y < n; ++y)
      for (AlleleIndex x = 0; x <= y; ++x) locus.pairs[genotype_code(x, y)] = {x, y};
    locus.untyped[0] = untyped_parent_gamete(model, Sex::male, population.untyped_parent);
    locus.untyped[1] = untyped_parent_gamete(model, Sex::female, population.untyped_parent);
    loci_.push_back(std::move(locus));
  }
}

Genotype PointScores::genotype(LocusIndex locus, GenotypeCode code) const {
  if (code == kUntyped) return {};
  const auto [x, y] = loci_[locus].pairs[code];
  const std::vector<Allele>& alleles = loci_[locus].model->locus.alleles;
  return {alleles[x], alleles[y]};
}

double PointScores::plain_lr(const PointLocus& locus, Pair child, GenotypeCode father, GenotypeCode mother) const {
  const auto [x, y] = child;
  const double* p = locus.model->frequencies.data();
  GameteRatios ratios[2];
  const GenotypeCode codes[2] = {father, mother};
  for (int parent = 0; parent < 2; ++parent) {
    if (codes[parent] == kUntyped) {
      ratios[parent] = {locus.untyped[parent][x] / p[x], locus.untyped[parent][y] / p[y]};
      continue;
    }
    const auto [a, b] = locus.pairs[codes[parent]];
    const TransitionMatrix& m = matrix(*locus.model, parent);
    ratios[parent] = {parent_gamete_at(m, a, b, x) / p[x], parent_gamete_at(m, a, b, y) / p[y]};
  }
  return child_likelihood_ratio(ratios[0], ratios[1]);
}

double PointScores::silent_lr(const PointLocus& locus, Pair child, GenotypeCode father, GenotypeCode mother) const {
  const auto [x, y] = child;
  const double* p = locus.model->frequencies.data();
  const double s = locus.model->silent;
  SilentGameteAt gametes[2];
  const GenotypeCode codes[2] = {father, mother};
  for (int parent = 0; parent < 2; ++parent) {
    SilentGameteAt& gamete = gametes[parent];
    if (codes[parent] == kUntyped) {
      gamete = {locus.untyped[parent][x] * (1.0 - s), locus.untyped[parent][y] * (1.0 - s), s};
      continue;
    }
    const auto [a, b] = locus.pairs[codes[parent]];
    const TransitionMatrix& m = matrix(*locus.model, parent);
    gamete = {parent_gamete_at(m, a, b, x), parent_gamete_at(m, a, b, y), 0.0};
    if (a != b) continue;
    gamete.silent = silent_share(s, p[a]);
    gamete.x *= 1.0 - gamete.silent;
    gamete.y *= 1.0 - gamete.silent;
  }
  return silent_child_probability(gametes[0], gametes[1], x == y) / unrelated_probability(s, p[x], p[y], x == y);
}

double PointScores::log10_lr(LocusIndex index, GenotypeCode child, GenotypeCode father, GenotypeCode mother) const {
  const PointLocus& locus = loci_[index];
  const Pair alleles = locus.pairs[child];
  return std::log10(locus.model->silent > 0.0 ? silent_lr(locus, alleles, father, mother) : plain_lr(locus, alleles, father, mother));
}

bool PointScores::inconsistent(LocusIndex index, GenotypeCode child, GenotypeCode father, GenotypeCode mother) const {
  const PointLocus& locus = loci_[index];
  const auto [x, y] = locus.pairs[child];
  const auto gives = [&](GenotypeCode parent, AlleleIndex allele) {
    return parent == kUntyped || locus.pairs[parent].first == allele || locus.pairs[parent].second == allele;
  };
  return !((gives(father, x) && gives(mother, y)) || (gives(father, y) && gives(mother, x)));
}

}  // namespace homeward
