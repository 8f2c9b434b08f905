// A small population, families and children in memory, for tests of tables and explanations.
#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "homeward/population.hpp"
#include "homeward/report.hpp"

namespace small_world {

using namespace homeward;

inline LocusPopulation locus(const std::string& name, std::vector<Allele> alleles, std::vector<double> frequencies) {
  LocusPopulation population;
  population.locus = name;
  population.alleles = std::move(alleles);
  population.frequencies = std::move(frequencies);
  population.source = "test table";
  return population;
}

/// `n_loci` loci L1, L2, ... with alleles 8..13 and 9.3.
inline Population population(std::size_t n_loci, MutationModel mutation) {
  Population result;
  result.id = "test";
  for (std::size_t i = 0; i < n_loci; ++i) {
    LocusPopulation one = locus("L" + std::to_string(i + 1),
                                {Allele(8, 0), Allele(9, 0), Allele(9, 3), Allele(10, 0), Allele(11, 0), Allele(12, 0), Allele(13, 0)},
                                {0.1, 0.2, 0.05, 0.25, 0.2, 0.15, 0.05});
    one.mutation.model = mutation;
    result.loci.push_back(one);
  }
  return result;
}

inline EffectivePopulation frozen(const Population& population, UntypedParent rule = UntypedParent::half, ModelOverrides overrides = {}) {
  std::vector<ObservedLocus> observed;
  for (const LocusPopulation& one : population.loci) observed.push_back({one.locus, one.alleles});
  return freeze(population, observed, overrides, rule);
}

inline Genotype gt(const std::string& a, const std::string& b) { return {*parse_any_allele(a), *parse_any_allele(b)}; }

/// Random genotypes; every seventh is untyped.
inline Genotype random_genotype(const Locus& locus, std::mt19937& random) {
  if (random() % 7 == 0) return {};
  return {locus.alleles[random() % locus.alleles.size()], locus.alleles[random() % locus.alleles.size()]};
}

/// Children C0.., then fathers, mothers and couples in turn, and one pedigree of a father's two parents.
inline MemorySource source(const EffectivePopulation& population, std::size_t n_children, std::size_t n_families, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<Locus> loci;
  for (const LocusModel& model : population.loci) loci.push_back({model.locus.name, model.locus.kind, model.locus.chromosome, {}});
  std::vector<PersonInfo> persons;
  const auto add = [&](const std::string& id, Role role, Sex sex) {
    persons.push_back({id, role, sex, "", static_cast<std::uint32_t>(1 + persons.size() % 3)});
    return static_cast<PersonIndex>(persons.size() - 1);
  };
  for (std::size_t i = 0; i < n_children; ++i) add("C" + std::to_string(i), Role::child, Sex::unknown);
  std::vector<Family> families;
  for (std::size_t i = 0; i < n_families; ++i) {
    Family family;
    family.id = "F" + std::to_string(i);
    const std::string n = std::to_string(i);
    switch (i % 5) {
      case 0:
        family.shape = FamilyShape::father;
        family.father = add("f" + n, Role::father, Sex::male);
        break;
      case 1:
        family.shape = FamilyShape::mother;
        family.mother = add("m" + n, Role::mother, Sex::female);
        break;
      case 2:
        family.shape = FamilyShape::couple;
        family.father = add("f" + n, Role::father, Sex::male);
        family.mother = add("m" + n, Role::mother, Sex::female);
        break;
      case 3:
        family.shape = FamilyShape::parent;
        family.father = add("p" + n, Role::parent, Sex::unknown);
        break;
      default:
        family.shape = FamilyShape::pedigree;
        family.pedigree = Pedigree({{"GF", kNoParent, kNoParent, Sex::male},
                                    {"GM", kNoParent, kNoParent, Sex::female},
                                    {"FA", 0, 1, Sex::male},
                                    {"MO", kNoParent, kNoParent, Sex::female},
                                    {"CH", 2, 3, Sex::unknown}});
        family.typed = {add("gf" + n, Role::grandparent, Sex::male), add("gm" + n, Role::grandparent, Sex::female), kNobody, kNobody,
                        kNobody};
        family.missing = 4;
    }
    families.push_back(std::move(family));
  }
  ProfileBlock profiles;
  profiles.n_persons = persons.size();
  profiles.n_loci = loci.size();
  for (const LocusModel& model : population.loci)
    for (std::size_t i = 0; i < persons.size(); ++i) profiles.calls.push_back(random_genotype(model.locus, random));
  return {std::move(loci), std::move(persons), std::move(profiles), std::move(families)};
}

/// Every pair with its exact score, best first.
class AllHits final : public HitStream {
 public:
  AllHits(const MemorySource& source, const EffectivePopulation& population, CoupleWeights weights);
  explicit AllHits(std::vector<Hit> hits) : hits_(std::move(hits)) {}
  std::uint64_t size() const override { return hits_.size(); }
  std::size_t next(Hit* out, std::size_t capacity) override {
    const std::size_t n = std::min(capacity, hits_.size() - at_);
    std::copy_n(hits_.begin() + static_cast<std::ptrdiff_t>(at_), n, out);
    at_ += n;
    return n;
  }
  void rewind() override { at_ = 0; }
  const std::vector<Hit>& hits() const { return hits_; }

 private:
  std::vector<Hit> hits_;
  std::size_t at_ = 0;
};

inline std::vector<Genotype> calls_of(const MemorySource& source, const std::vector<PersonIndex>& persons) {
  ProfileBlock block;
  std::vector<Genotype> calls;
  for (std::size_t locus = 0; locus < source.loci().size(); ++locus)
    for (const PersonIndex person : persons) {
      source.read({person}, block);
      calls.push_back(block.at(static_cast<LocusIndex>(locus), 0));
    }
  return calls;
}

/// The scoring code of one child, all loci.
inline CodeBlock code_block(const EffectivePopulation& population, const std::vector<Genotype>& calls) {
  CodeBlock block;
  block.n_children = 1;
  for (std::size_t locus = 0; locus < calls.size(); ++locus) block.codes.push_back(*population.loci[locus].locus.code_of(calls[locus]));
  return block;
}

inline AllHits::AllHits(const MemorySource& source, const EffectivePopulation& population, CoupleWeights weights) {
  const Compiler compiler(population, weights);
  for (std::uint32_t f = 0; f < source.families().size(); ++f) {
    const std::vector<PersonIndex> members = member_indexes(source.families()[f]);
    const CompiledFamily family = compiler.compile(source.families()[f], calls_of(source, members), members.size());
    for (const PersonIndex child : source.children()) {
      const ExactScore score = exact_score(family, code_block(population, calls_of(source, {child})), 0);
      if (score.n_loci == 0 || std::isinf(score.log10_lr)) continue;
      Hit hit;
      hit.log10_lr = score.log10_lr;
      hit.child = child;
      hit.family = f;
      hit.n_loci = score.n_loci;
      hit.n_inconsistent = score.n_inconsistent;
      hit.hypothesis = score.hypothesis;
      hits_.push_back(hit);
    }
  }
  std::sort(hits_.begin(), hits_.end(), [](const Hit& a, const Hit& b) {
    if (a.log10_lr != b.log10_lr) return a.log10_lr > b.log10_lr;
    return std::tie(a.family, a.child) < std::tie(b.family, b.child);
  });
}

}  // namespace small_world
