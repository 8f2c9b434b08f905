#include "genetics/kinship.hpp"

#include <cmath>

namespace homeward {

std::vector<double> kinship_coefficients(const Pedigree& pedigree) {
  const std::size_t n = pedigree.size();
  std::vector<double> phi(n * n, 0.0);
  const auto with = [&](PersonInPedigree parent, std::size_t other) {
    return parent < 0 ? 0.0 : phi[static_cast<std::size_t>(parent) * n + other];
  };
  std::vector<std::size_t> done;
  for (const PersonInPedigree person : pedigree.parents_first()) {
    const auto i = static_cast<std::size_t>(person);
    const auto [father, mother] = std::pair(pedigree[i].father, pedigree[i].mother);
    for (const std::size_t j : done) phi[i * n + j] = phi[j * n + i] = (with(father, j) + with(mother, j)) / 2.0;
    phi[i * n + i] = 0.5 + (father < 0 ? 0.0 : with(mother, static_cast<std::size_t>(father)) / 2.0);
    done.push_back(i);
  }
  return phi;
}

PairInPedigree pair_in_pedigree(const Pedigree& pedigree, const std::vector<double>& phi, PersonInPedigree a, PersonInPedigree b) {
  const std::size_t n = pedigree.size();
  const auto at = [&](PersonInPedigree i, PersonInPedigree j) {
    return i < 0 || j < 0 ? 0.0 : phi[static_cast<std::size_t>(i) * n + static_cast<std::size_t>(j)];
  };
  const PedigreePerson& first = pedigree[static_cast<std::size_t>(a)];
  const PedigreePerson& second = pedigree[static_cast<std::size_t>(b)];
  PairInPedigree pair;
  const double k2 =
      at(first.father, second.father) * at(first.mother, second.mother) + at(first.father, second.mother) * at(first.mother, second.father);
  const double k1 = 4.0 * at(a, b) - 2.0 * k2;
  pair.shared = {1.0 - k1 - k2, k1, k2};
  const auto is = [](double value, double expected) { return std::abs(value - expected) < 1e-9; };
  if (!is(at(a, a), 0.5) || !is(at(b, b), 0.5))
    pair.relation = DeclaredRelation::inbred;
  else if (is(at(a, b), 0.0))
    pair.relation = DeclaredRelation::unrelated;
  else if (first.father == b || first.mother == b || second.father == a || second.mother == a)
    pair.relation = DeclaredRelation::parent_child;
  else if (is(k1, 0.5) && is(k2, 0.25))
    pair.relation = DeclaredRelation::full_sib;
  else
    pair.relation = is(k1, 0.5) && is(k2, 0.0) ? DeclaredRelation::second_degree : DeclaredRelation::further;
  return pair;
}

}  // namespace homeward
