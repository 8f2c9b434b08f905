#include "score/relation_scorer.hpp"

#include <algorithm>
#include <cmath>

namespace homeward {

namespace {

/// A product over many loci that neither underflows nor calls log10 at every locus.
class LogProduct {
 public:
  void multiply(double factor) {
    value_ *= factor;
    if (!(value_ > 1e-150 && value_ < 1e150)) fold();
  }
  double log10() {
    fold();
    return sum_;
  }

 private:
  void fold() {
    sum_ += std::log10(value_);
    value_ = 1.0;
  }
  double value_ = 1.0;
  double sum_ = 0.0;
};

}  // namespace

RelationScorer::RelationScorer(const EffectivePopulation& population, CoAncestry co_ancestry)
    : population_(population), theta_(co_ancestry == CoAncestry::ignored ? 0.0 : population.theta) {
  std::size_t largest = 0;
  for (const LocusModel& model : population.loci) {
    loci_.emplace_back();
    if (model.locus.chromosome != Chromosome::autosomal) continue;
    loci_.back().emplace(model, population.untyped_parent, co_ancestry);
    largest = std::max(largest, model.frequencies.size());
  }
  alleles_of_.resize(genotype_code_count(largest));
  for (std::size_t b = 0; b < largest; ++b)
    for (std::size_t a = 0; a <= b; ++a) {
      const AllelePair alleles{static_cast<AlleleIndex>(a), static_cast<AlleleIndex>(b)};
      alleles_of_[genotype_code(alleles.a, alleles.b)] = alleles;
    }
}

PairRelationScores RelationScorer::pair(std::span<const GenotypeCode> tested, std::span<const GenotypeCode> child, Sex side) const {
  PairRelationScores scores;
  LogProduct parent, full_sib, second_degree, same_person;
  for (std::size_t locus = 0; locus < loci_.size(); ++locus) {
    if (!loci_[locus] || tested[locus] == kUntyped || child[locus] == kUntyped) continue;
    const PairRatios ratios = loci_[locus]->ratios(alleles_of_[tested[locus]], alleles_of_[child[locus]], side);
    parent.multiply(ratios.parent);
    full_sib.multiply(ratios.full_sib);
    second_degree.multiply(ratios.second_degree);
    same_person.multiply(ratios.same_person);
    ++scores.n_loci;
  }
  scores.parent = parent.log10();
  scores.full_sib = full_sib.log10();
  scores.second_degree = second_degree.log10();
  scores.same_person = same_person.log10();
  return scores;
}

double RelationScorer::by_descent(std::span<const GenotypeCode> a, std::span<const GenotypeCode> b, const SharedByDescent& shared) const {
  LogProduct product;
  for (std::size_t locus = 0; locus < loci_.size(); ++locus) {
    if (!loci_[locus] || a[locus] == kUntyped || b[locus] == kUntyped) continue;
    const PairRatios ratios = loci_[locus]->ratios(alleles_of_[a[locus]], alleles_of_[b[locus]], Sex::male);
    const double identical = (ratios.same_person - kRetypingDisagreement) / (1.0 - kRetypingDisagreement);
    product.multiply(shared.k0 + shared.k1 * ratios.parent + shared.k2 * identical);
  }
  return product.log10();
}

std::optional<CoupleRelationScores> RelationScorer::couple(std::span<const GenotypeCode> father, std::span<const GenotypeCode> mother,
                                                           std::span<const GenotypeCode> child) const {
  if (theta_ > 0.0) return std::nullopt;
  LogProduct father_second, mother_second, grandparents;
  const auto alleles = [&](GenotypeCode code) -> std::optional<AllelePair> {
    return code == kUntyped ? std::nullopt : std::optional(alleles_of_[code]);
  };
  for (std::size_t locus = 0; locus < loci_.size(); ++locus) {
    if (!loci_[locus] || child[locus] == kUntyped || (father[locus] == kUntyped && mother[locus] == kUntyped)) continue;
    const CoupleRatios ratios = loci_[locus]->couple(alleles(father[locus]), alleles(mother[locus]), alleles_of_[child[locus]]);
    father_second.multiply(ratios.father_second_degree);
    mother_second.multiply(ratios.mother_second_degree);
    grandparents.multiply(ratios.grandparents);
  }
  return CoupleRelationScores{father_second.log10(), mother_second.log10(), grandparents.log10()};
}

std::vector<GenotypeCode> RelationScorer::codes(std::span<const Genotype> calls) const {
  std::vector<GenotypeCode> codes(calls.size(), kUntyped);
  for (std::size_t locus = 0; locus < calls.size(); ++locus)
    if (calls[locus].typed() && !calls[locus].half_known())
      codes[locus] = population_.loci[locus].locus.code_of(calls[locus]).value_or(kUntyped);
  return codes;
}

}  // namespace homeward
