// The sum over everything unobserved at one locus: meioses, founder alleles, ties between them under theta.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "likelihood/gene_graph.hpp"
#include "likelihood/network.hpp"
#include "likelihood/state_space.hpp"

namespace homeward::detail {

/// A sum of terms, each values x 2^exponent. Compensated: a hundred thousand terms lose no more than a few.
class ScaledSum {
 public:
  explicit ScaledSum(std::size_t size) : values_(size, 0.0), lost_(size, 0.0) {}
  /// Makes room for a term: afterwards a term of this exponent is added as value x the returned factor.
  double align(long exponent);
  void add(std::size_t cell, double value) {
    const double term = value - lost_[cell];
    const double sum = values_[cell] + term;
    lost_[cell] = (sum - values_[cell]) - term;
    values_[cell] = sum;
  }
  const std::vector<double>& values() const { return values_; }
  long exponent() const { return exponent_; }

 private:
  std::vector<double> values_;
  std::vector<double> lost_;  ///< what rounding added too much
  long exponent_ = 0;
  bool empty_ = true;
};

/// Whether a founder's two genes may be taken in one order for both. Not when meioses were decided beforehand.
enum class FounderOrder { interchangeable, distinct };

/// Sums P(evidence | genes) over all genes of one pedigree at one locus.
class LocusSum {
 public:
  /// @param evidence per person; nullopt = untyped.  @param output person whose genes stay open, or kNobodyOpen.
  static constexpr int kNobodyOpen = -1;
  LocusSum(const StateSpace& space, double theta, std::vector<std::optional<Evidence>> evidence, int output, FounderOrder order);
  /// One cell, or with an open person a table by (first gene, second gene), row-major over the states; an X-chromosomal
  /// male has one row.
  ScaledSum evaluate(GeneGraph graph) const;

 private:
  struct Urn;
  void add_graph(GeneGraph graph, double weight, ScaledSum& sum) const;
  bool surely_cheap(const GeneGraph& graph) const;
  double estimate(const GeneGraph& graph) const;
  using Estimate = std::function<double(const GeneGraph&)>;
  double cheapest_decision(const GeneGraph& graph, const Estimate& cost_of, double least, int& gene) const;
  bool improves(const GeneGraph& graph, const Estimate& cost_of, double cost, int& gene) const;
  void add_leaf(const GeneGraph& graph, double weight, ScaledSum& sum) const;
  bool fixed_order(const GeneGraph& graph, std::size_t person) const;
  std::vector<int> fixed_genes(const GeneGraph& graph, double& weight) const;
  std::vector<State> domain(const GeneGraph& graph, int gene) const;
  void choose_founders(const GeneGraph& graph, Urn& urn, std::size_t next, double weight, ScaledSum& sum) const;
  void enumerate_draws(const GeneGraph& graph, Urn& urn, std::size_t next, double weight, ScaledSum& sum) const;
  void tie_draws(const GeneGraph& graph, Urn& urn, std::size_t next, double weight, ScaledSum& sum) const;
  Urn urn_of(const GeneGraph& graph) const;
  double states_of(const GeneGraph& graph, const Urn& urn) const;
  double draw_terms(const GeneGraph& graph, const Urn& urn) const;
  void add_urn_graph(GeneGraph graph, const Urn& urn, double weight, ScaledSum& sum) const;
  void add_network(const GeneGraph& graph, const Urn* urn, const std::vector<int>& fixed, double weight, ScaledSum& sum) const;
  Network build(Network::Content content, const GeneGraph& graph, const Urn* urn, const std::vector<int>& fixed,
                std::vector<Variable>& variable_of) const;

  const StateSpace& space_;
  double theta_;
  std::vector<std::optional<Evidence>> evidence_;
  int output_;
  FounderOrder order_;
  std::vector<bool> matters_;
};

}  // namespace homeward::detail
