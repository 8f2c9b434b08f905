#include "report/formula.hpp"

#include <algorithm>
#include <cstdlib>

namespace homeward {

namespace {

/// How many of the parent's two alleles are x.
int copies(Genotype parent, Allele x) { return (parent.a == x ? 1 : 0) + (parent.b == x ? 1 : 0); }

std::string over(int numerator_is_one_over, const char* denominator) {
  return numerator_is_one_over == 1 ? std::string("1/") + denominator : "1/(" + std::to_string(numerator_is_one_over) + denominator + ")";
}

std::string duo_formula(Genotype child, Genotype parent) {
  const int p = copies(parent, child.a);
  if (child.homozygous()) return p == 0 ? "mutation: sum_i M(i,p)/(2p)" : over(2 / p, "p");
  const int q = copies(parent, child.b);
  if (p == 1 && q == 1) return "(p+q)/(4pq)";
  if (p > 0) return over(4 / p, "p");
  if (q > 0) return over(4 / q, "q");
  return "mutation: sum_ij M(i,j)/(4p_j)";
}

std::string trio_formula(Genotype child, Genotype father, Genotype mother) {
  if (child.homozygous()) {
    const int ways = copies(father, child.a) * copies(mother, child.a);
    return ways == 0 ? "mutation: f_p m_p/p^2" : over(4 / ways, "p^2");
  }
  const int ways = copies(father, child.a) * copies(mother, child.b) + copies(father, child.b) * copies(mother, child.a);
  // ways is 1, 2 or 4: three would need a parent with three alleles.
  return ways == 0 ? "mutation: (f_p m_q+f_q m_p)/(2pq)" : over(8 / ways, "pq");
}

std::optional<int> sum(std::optional<int> a, std::optional<int> b) {
  if (!a || !b) return std::nullopt;
  return *a + *b;
}

std::optional<int> least(std::optional<int> a, std::optional<int> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

/// From the parent's nearer allele; an untyped parent gives any allele without a step.
std::optional<int> steps_from(const std::optional<Genotype>& parent, Allele to) {
  if (!parent) return 0;
  return least(whole_steps(parent->a, to), whole_steps(parent->b, to));
}

}  // namespace

std::string parent_formula(Genotype child, std::optional<Genotype> father, std::optional<Genotype> mother) {
  if (father && mother) return trio_formula(child, *father, *mother);
  return duo_formula(child, father ? *father : *mother);
}

std::optional<int> whole_steps(Allele from, Allele to) {
  if (from == to) return 0;
  if (!from.is_str() || !to.is_str() || from.bases() != to.bases()) return std::nullopt;
  return std::abs(static_cast<int>(from.repeats()) - static_cast<int>(to.repeats()));
}

int fewest_steps(Genotype child, std::optional<Genotype> father, std::optional<Genotype> mother) {
  const std::optional<int> one = sum(steps_from(father, child.a), steps_from(mother, child.b));
  const std::optional<int> other = sum(steps_from(father, child.b), steps_from(mother, child.a));
  return least(one, other).value_or(-1);
}

std::string locus_class(const Locus& locus) {
  if (locus.kind == LocusKind::sex) return "sex marker";
  const char* kind = locus.kind == LocusKind::snp ? " SNP" : " STR";
  switch (locus.chromosome) {
    case Chromosome::autosomal:
      return std::string("autosomal") + kind;
    case Chromosome::x:
      return std::string("X") + kind;
    case Chromosome::y:
      return std::string("Y") + kind;
    case Chromosome::mitochondrial:
      return std::string("mitochondrial") + kind;
  }
  return "unknown";
}

}  // namespace homeward
