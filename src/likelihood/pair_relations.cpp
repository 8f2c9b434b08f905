#include "likelihood/pair_relations.hpp"

#include <Eigen/Core>

#include "homeward/error.hpp"

namespace homeward {

namespace {

constexpr std::size_t kFather = 0, kMother = 1;

/// The mutation matrix over all states: the silent allele stays as it is.
Eigen::MatrixXd over_states(const TransitionMatrix& transitions, bool has_silent) {
  using ByRows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto n = static_cast<Eigen::Index>(transitions.size());
  const Eigen::Map<const ByRows> visible(transitions.data(), n, n);
  if (!has_silent) return visible;
  Eigen::MatrixXd all = Eigen::MatrixXd::Zero(n + 1, n + 1);
  all.topLeftCorner(n, n) = visible;
  all(n, n) = 1.0;
  return all;
}

/// P(two gametes of one untyped founder are x and y): the same gene or two, through the matrix.
Eigen::MatrixXd gamete_pairs(const Eigen::VectorXd& p, const Eigen::MatrixXd& m) {
  const Eigen::VectorXd passed = m.transpose() * p;
  return 0.5 * (m.transpose() * p.asDiagonal() * m) + 0.5 * (passed * passed.transpose());
}

std::vector<double> plain(const Eigen::VectorXd& v) { return {v.data(), v.data() + v.size()}; }

/// P(next = x | drawn) along a sequence of founder alleles (METHODS, equation 20).
template <std::size_t N>
double urn_probability(const std::array<std::size_t, N>& drawn, const std::vector<double>& p, double theta) {
  double probability = 1.0;
  for (std::size_t k = 0; k < N; ++k) {
    double same = 0.0;
    for (std::size_t i = 0; i < k; ++i) same += drawn[i] == drawn[k] ? 1.0 : 0.0;
    probability *= (same * theta + (1.0 - theta) * p[drawn[k]]) / (1.0 + (static_cast<double>(k) - 1.0) * theta);
  }
  return probability;
}

}  // namespace

PairRelations::PairRelations(const LocusModel& model, UntypedParent rule, CoAncestry co_ancestry)
    : n_(model.frequencies.size() + (model.silent > 0.0 ? 1U : 0U)),
      has_silent_(model.silent > 0.0),
      theta_(co_ancestry == CoAncestry::ignored ? 0.0 : model.theta) {
  if (model.locus.chromosome != Chromosome::autosomal)
    throw Error(ErrorKind::failure, "locus " + model.locus.name + ": the close relations of a pair are for autosomal loci");
  const auto n = static_cast<Eigen::Index>(n_);
  Eigen::VectorXd p(n);
  for (Eigen::Index x = 0; x < n; ++x)
    p[x] = has_silent_ && x + 1 == n ? model.silent : (1.0 - model.silent) * model.frequencies[static_cast<std::size_t>(x)];
  p_ = plain(p);
  const std::array<Eigen::MatrixXd, 2> m{over_states(model.male, has_silent_), over_states(model.female, has_silent_)};
  std::array<Eigen::MatrixXd, 2> sibs;
  std::array<std::array<Eigen::MatrixXd, 2>, 2> nephew;
  for (const std::size_t sex : {kFather, kMother}) {
    passed_[sex] = plain(m[sex].transpose() * p);
    sibs[sex] = gamete_pairs(p, m[sex]);
    const Eigen::MatrixXd twice = m[sex] * m[kFather];
    twice_[sex].resize(n_ * n_);
    for (std::size_t x = 0; x < n_; ++x)
      for (std::size_t y = 0; y < n_; ++y) twice_[sex][x * n_ + y] = twice(static_cast<Eigen::Index>(x), static_cast<Eigen::Index>(y));
  }
  for (const std::size_t side : {kFather, kMother}) {
    other_[side] = rule == UntypedParent::half ? p_ : passed_[1 - side];
    for (const std::size_t sex : {kFather, kMother}) nephew[side][sex] = sibs[sex] * m[side];
  }
  cells_.resize(n_ * n_);
  for (Eigen::Index x = 0; x < n; ++x)
    for (Eigen::Index y = 0; y < n; ++y) {
      Cell& c = cells_[static_cast<std::size_t>(x) * n_ + static_cast<std::size_t>(y)];
      for (const std::size_t i : {kFather, kMother}) {
        c.sibs[i] = sibs[i](x, y);
        c.meiosis[i] = m[i](x, y);
        for (const std::size_t sex : {kFather, kMother}) c.nephew[i][sex] = nephew[i][sex](x, y);
      }
    }
}

PairRelations::Orders PairRelations::orders(AllelePair seen) const {
  Orders result;
  if (!seen.homozygous()) {
    result.of = {{{seen.a, seen.b}, {seen.b, seen.a}, {}}};
    result.n = 2;
    result.probability = 2.0 * p_[seen.a] * p_[seen.b];
    return result;
  }
  const State silent = n_ - 1;
  result.of = {{{seen.a, seen.a}, {seen.a, silent}, {silent, seen.a}}};
  result.n = has_silent_ ? 3 : 1;
  result.probability = p_[seen.a] * (p_[seen.a] + (has_silent_ ? 2.0 * p_[silent] : 0.0));
  return result;
}

double PairRelations::same_person(const Orders& tested, const Orders& child, double probability_given_tested) const {
  const bool equal = tested.of[0].first == child.of[0].first && tested.of[0].second == child.of[0].second;
  // P(second typing = g) = (1 - e) [same] + e P(g | unrelated): a distribution over g.
  return kRetypingDisagreement + (equal ? (1.0 - kRetypingDisagreement) / probability_given_tested : 0.0);
}

PairRatios PairRelations::ratios(AllelePair tested_seen, AllelePair child_seen, Sex side_sex) const {
  // One order for heterozygotes, so that equal genotypes compare equal.
  if (tested_seen.a > tested_seen.b) std::swap(tested_seen.a, tested_seen.b);
  if (child_seen.a > child_seen.b) std::swap(child_seen.a, child_seen.b);
  const Orders tested = orders(tested_seen);
  const Orders child = orders(child_seen);
  if (theta_ > 0.0) return urn_ratios(tested, child);
  const std::size_t side = side_sex == Sex::female ? kMother : kFather;
  const std::vector<double>& other = other_[side];
  double parent = 0.0, sib = 0.0, second = 0.0;
  for (const auto& [x, w] : tested)
    for (const auto& [y, v] : child) {
      const Cell& shared = cell(x, y);
      parent += p_[x] * p_[w] * shared.meiosis[side] * other[v];
      sib += shared.sibs[kFather] * cell(w, v).sibs[kMother];
      // The child's parent passes on its grandfather's or its grandmother's gene; the tested person's other gene came from the other one.
      second += 0.5 * (shared.nephew[side][kFather] * passed_[kMother][w] + shared.nephew[side][kMother] * passed_[kFather][w]) * other[v];
    }
  const double unrelated = tested.probability * child.probability;
  return {parent / unrelated, sib / unrelated, second / unrelated, same_person(tested, child, child.probability)};
}

PairRatios PairRelations::urn_ratios(const Orders& tested, const Orders& child) const {
  double none = 0.0, one = 0.0, two = 0.0, alone = 0.0;
  for (const auto& [x, w] : tested) {
    const double pair = urn_probability<2>({x, w}, p_, theta_);
    alone += pair;
    for (const auto& [y, v] : child) {
      none += urn_probability<4>({x, w, y, v}, p_, theta_);
      if (x == y || w == y) one += 0.25 * ((x == y ? 1.0 : 0.0) + (w == y ? 1.0 : 0.0)) * urn_probability<3>({x, w, v}, p_, theta_);
      if (x == v || w == v) one += 0.25 * ((x == v ? 1.0 : 0.0) + (w == v ? 1.0 : 0.0)) * urn_probability<3>({x, w, y}, p_, theta_);
      if (x == y && w == v) two += 0.5 * pair;
      if (x == v && w == y) two += 0.5 * pair;
    }
  }
  return {one / none, 0.25 + 0.5 * one / none + 0.25 * two / none, 0.5 + 0.5 * one / none, same_person(tested, child, none / alone)};
}

PairRelations::Gamete PairRelations::population_gamete(const std::array<State, 3>& at, std::size_t side) const {
  // `other_` is by the side that is typed; the untyped side's own gamete is the other one's.
  const std::vector<double>& gamete = other_[1 - side];
  return {gamete[at[0]], gamete[at[1]], has_silent_ ? gamete[at[2]] : 0.0};
}

PairRelations::Gamete PairRelations::parent_gamete(const Orders& tested, const std::array<State, 3>& at, std::size_t side) const {
  Gamete gamete{};
  for (const auto& [x, w] : tested)
    for (std::size_t k = 0; k < at.size(); ++k) gamete[k] += p_[x] * p_[w] * cell(x, at[k]).meiosis[side] / tested.probability;
  return gamete;
}

PairRelations::Gamete PairRelations::nephew_gamete(const Orders& tested, const std::array<State, 3>& at, std::size_t side) const {
  Gamete gamete{};
  for (const auto& [x, w] : tested)
    for (std::size_t k = 0; k < at.size(); ++k) {
      const Cell& shared = cell(x, at[k]);
      gamete[k] += 0.5 * (shared.nephew[side][kFather] * passed_[kMother][w] + shared.nephew[side][kMother] * passed_[kFather][w]) /
                   tested.probability;
    }
  return gamete;
}

CoupleRatios PairRelations::couple(std::optional<AllelePair> father, std::optional<AllelePair> mother, AllelePair child) const {
  const std::array<State, 3> at{child.a, child.b, n_ - 1};
  const double seen = orders(child).probability;
  const auto ratio = [&](const Gamete& f, const Gamete& m) {
    if (!child.homozygous()) return (f[0] * m[1] + f[1] * m[0]) / seen;
    return (f[0] * m[0] + (has_silent_ ? f[0] * m[2] + f[2] * m[0] : 0.0)) / seen;
  };
  const Gamete from_population_f = population_gamete(at, kFather), from_population_m = population_gamete(at, kMother);
  const Orders f = father ? orders(*father) : Orders{}, m = mother ? orders(*mother) : Orders{};
  const Gamete true_father = father ? parent_gamete(f, at, kFather) : from_population_f;
  const Gamete true_mother = mother ? parent_gamete(m, at, kMother) : from_population_m;
  CoupleRatios result;
  result.father_second_degree = ratio(father ? nephew_gamete(f, at, kFather) : from_population_f, true_mother);
  result.mother_second_degree = ratio(true_father, mother ? nephew_gamete(m, at, kMother) : from_population_m);
  // Their son passes on what came from his father or from his mother.
  Gamete grandchild{};
  for (std::size_t k = 0; k < at.size(); ++k)
    for (const std::size_t sex : {kFather, kMother}) {
      const Orders& tested = sex == kFather ? f : m;
      if (sex == kFather ? !father : !mother) {
        // An untyped grandparent with one child: its gamete, then the son's matrix.
        const std::vector<double>& gamete = other_[1 - sex];
        for (State x = 0; x < n_; ++x) grandchild[k] += 0.5 * gamete[x] * cell(x, at[k]).meiosis[kFather];
        continue;
      }
      for (const auto& [x, w] : tested) grandchild[k] += 0.5 * p_[x] * p_[w] * twice_[sex][x * n_ + at[k]] / tested.probability;
    }
  result.grandparents = ratio(grandchild, from_population_m);
  return result;
}

}  // namespace homeward
