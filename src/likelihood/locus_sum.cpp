#include "likelihood/locus_sum.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include "homeward/error.hpp"

namespace homeward::detail {

namespace {

constexpr int kOpen = -1;                 ///< a gene whose state is summed over
constexpr double kDecideAbove = 5e5;      ///< operations above which deciding meioses one by one is tried
constexpr double kMostTerms = 3e6;        ///< founder genotypes x set partitions or states that are still summed
constexpr std::size_t kFewStates = 8;     ///< with so few alleles no table is worth planning for, tie by tie
constexpr std::ptrdiff_t kFewGenes = 24;  ///< of a pedigree that is not planned for when its locus has few states
constexpr double kFewGenotypes = 4;       ///< a typed founder with at most so many genotypes is enumerated under theta

bool holds_person(const std::vector<std::size_t>& persons, std::size_t person) {
  return std::find(persons.begin(), persons.end(), person) != persons.end();
}

/// Number of ordered genotypes that fit what was seen.
double genotype_count(const Evidence& seen) {
  return static_cast<double>(std::count_if(seen.weights.begin(), seen.weights.end(), [](double w) { return w > 0.0; }));
}

/// Number of set partitions of n things, 1 for n = 0.
double set_partitions(std::size_t n) {
  std::vector<double> row{1.0};
  for (std::size_t k = 0; k < n; ++k) {
    std::vector<double> next{row.back()};
    for (const double value : row) next.push_back(next.back() + value);
    row = std::move(next);
  }
  return row.front();
}

}  // namespace

double ScaledSum::align(long exponent) {
  if (empty_) exponent_ = exponent;
  empty_ = false;
  if (exponent > exponent_) {
    const int shift = static_cast<int>(std::max(exponent_ - exponent, -4000L));
    for (double& value : values_) value = std::ldexp(value, shift);
    for (double& value : lost_) value = std::ldexp(value, shift);
    exponent_ = exponent;
  }
  return std::ldexp(1.0, static_cast<int>(std::max(exponent - exponent_, -4000L)));
}

/// Founder alleles under theta. P(next = a | n drawn, b of them a) = (b theta + (1 - theta) p_a) / (1 + (n - 1) theta):
/// typed founders are drawn first, genotype by genotype; each later draw copies one of the earlier open draws (weight
/// theta each: the two are tied) or comes from the base measure b theta + (1 - theta) p of the drawn typed alleles.
struct LocusSum::Urn {
  struct Block {
    std::vector<State> domain;
    std::size_t size = 0;
  };
  std::vector<std::size_t> enumerated;  ///< typed founders, drawn first
  std::vector<int> open;                ///< draws that are summed over
  bool enumerate_open = false;          ///< state by state, where that is fewer terms than set partitions
  std::vector<int> fixed;               ///< by gene: state of an enumerated founder's gene, or kOpen
  std::vector<double> drawn;            ///< by state
  std::size_t n_drawn = 0;
  std::vector<Block> blocks;
  std::vector<std::size_t> block_of;  ///< by position in `open`

  double base(State x, const StateSpace& space, double theta) const { return drawn[x] * theta + (1.0 - theta) * space.frequencies()[x]; }
  double denominator(double theta) const { return 1.0 + (static_cast<double>(n_drawn) - 1.0) * theta; }
  /// Draws one typed gene; returns its probability.
  double draw(State x, const StateSpace& space, double theta) {
    const double p = n_drawn == 0 ? space.frequencies()[x] : base(x, space, theta) / denominator(theta);
    drawn[x] += 1.0;
    ++n_drawn;
    return p;
  }
  void put_back(State x) {
    drawn[x] -= 1.0;
    --n_drawn;
  }
};

LocusSum::LocusSum(const StateSpace& space, double theta, std::vector<std::optional<Evidence>> evidence, int output, FounderOrder order)
    : space_(space), theta_(theta), evidence_(std::move(evidence)), output_(output), order_(order), matters_(evidence_.size()) {
  for (std::size_t person = 0; person < evidence_.size(); ++person)
    matters_[person] = evidence_[person].has_value() || static_cast<int>(person) == output;
}

ScaledSum LocusSum::evaluate(GeneGraph graph) const {
  std::size_t cells = 1;
  if (output_ != kNobodyOpen) cells = graph.copies(static_cast<std::size_t>(output_)) == 1 ? space_.size() : space_.size() * space_.size();
  ScaledSum sum(cells);
  graph.prune(matters_);
  if (order_ == FounderOrder::interchangeable) {
    std::vector<bool> wanted(graph.n_persons());
    for (std::size_t person = 0; person < wanted.size(); ++person)
      wanted[person] = static_cast<int>(person) != output_ && !fixed_order(graph, person);
    for (const int gene : graph.one_meiosis_per_founder(wanted)) graph.decide(gene, 0);
  }
  add_graph(std::move(graph), 1.0, sum);
  return sum;
}

/// True for a founder whose two alleles are known up to order: they are taken in one order, with weight 2 when they differ.
bool LocusSum::fixed_order(const GeneGraph& graph, std::size_t person) const {
  if (!evidence_[person] || static_cast<int>(person) == output_ || !graph.founder(person)) return false;
  const Evidence& seen = *evidence_[person];
  if (seen.domain.size() == 1) return true;
  return order_ == FounderOrder::interchangeable && !seen.one_gene && seen.domain.size() == 2 && seen.weights[0] == 0.0 &&
         seen.weights[3] == 0.0;
}

void LocusSum::add_graph(GeneGraph graph, double weight, ScaledSum& sum) const {
  graph.prune(matters_);
  if (surely_cheap(graph)) return add_leaf(graph, weight, sum);
  const double cost = estimate(graph);
  int gene = kNoGene;
  if (cost <= kDecideAbove || !improves(
                                  graph, [this](const GeneGraph& other) { return estimate(other); }, cost, gene))
    return add_leaf(graph, weight, sum);
  for (const int side : {0, 1}) {
    GeneGraph decided = graph;
    decided.decide(gene, side);
    add_graph(std::move(decided), weight / 2.0, sum);
  }
}

/// Few genes and few states: planning would cost more than it saves. Tables of three genes are the rule in so small a graph.
bool LocusSum::surely_cheap(const GeneGraph& graph) const {
  const auto needed = std::count_if(graph.genes().begin(), graph.genes().end(), [](const Gene& gene) { return gene.needed; });
  const auto n = static_cast<double>(space_.size());
  return theta_ == 0.0 && needed <= kFewGenes && static_cast<double>(needed) * n * n * n <= kDecideAbove;
}

double LocusSum::estimate(const GeneGraph& graph) const {
  double ignored = 1.0;
  std::vector<Variable> variables;
  const double cost = build(Network::Content::scopes_only, graph, nullptr, fixed_genes(graph, ignored), variables).cost();
  return theta_ == 0.0 ? cost : (cost + 100.0) * draw_terms(graph, urn_of(graph));
}

/// Finds the meiosis whose two decided halves together cost least, if that is less than `least`; returns their cost.
double LocusSum::cheapest_decision(const GeneGraph& graph, const Estimate& cost_of, double least, int& gene) const {
  for (int g = 0; g < static_cast<int>(graph.genes().size()); ++g) {
    if (!graph[g].needed || !graph[g].meiosis()) continue;
    double total = 0.0;
    for (const int side : {0, 1}) {
      GeneGraph decided = graph;
      decided.decide(g, side);
      decided.prune(matters_);
      total += cost_of(decided);
      if (total >= least) break;
    }
    if (total >= least) continue;
    least = total;
    gene = g;
  }
  return least;
}

/// True when deciding `gene` pays: at once, or after one more decision in each half. Where a father's and a mother's side
/// cost the same, deciding one alone gains nothing and deciding both gains everything.
bool LocusSum::improves(const GeneGraph& graph, const Estimate& cost_of, double cost, int& gene) const {
  const double at_once = cheapest_decision(graph, cost_of, 1.2 * cost, gene);
  if (gene == kNoGene || at_once < 0.7 * cost) return gene != kNoGene;
  double total = 0.0;
  for (const int side : {0, 1}) {
    GeneGraph decided = graph;
    decided.decide(gene, side);
    decided.prune(matters_);
    int ignored = kNoGene;
    total += cheapest_decision(decided, cost_of, cost_of(decided), ignored);
  }
  return std::min(at_once, total) < 0.9 * cost;
}

std::vector<int> LocusSum::fixed_genes(const GeneGraph& graph, double& weight) const {
  std::vector<int> fixed(graph.genes().size(), kOpen);
  for (std::size_t person = 0; person < graph.n_persons(); ++person) {
    if (!fixed_order(graph, person)) continue;
    const Evidence& seen = *evidence_[person];
    const auto& [first, second] = graph.of_person(person);
    fixed[static_cast<std::size_t>(first)] = seen.domain.front();
    if (second != kNoGene) fixed[static_cast<std::size_t>(second)] = seen.domain.back();
    weight *= seen.domain.size() == 1 ? seen.weights[0] : 2.0 * seen.weights[1];
  }
  return fixed;
}

void LocusSum::add_leaf(const GeneGraph& graph, double weight, ScaledSum& sum) const {
  if (theta_ == 0.0) {
    const std::vector<int> fixed = fixed_genes(graph, weight);
    return add_network(graph, nullptr, fixed, weight, sum);
  }
  Urn urn = urn_of(graph);
  urn.enumerate_open = states_of(graph, urn) < set_partitions(urn.open.size());
  if (draw_terms(graph, urn) > kMostTerms)
    throw Error(ErrorKind::failure,
                "theta above 0 with " + std::to_string(urn.open.size()) +
                    " unobserved founder alleles that matter is not supported (11 always are); leave out untyped relatives or use theta 0");
  choose_founders(graph, urn, 0, weight, sum);
}

LocusSum::Urn LocusSum::urn_of(const GeneGraph& graph) const {
  Urn urn;
  urn.fixed.assign(graph.genes().size(), kOpen);
  urn.drawn.assign(space_.size(), 0.0);
  std::vector<bool> enumerated(graph.n_persons(), false);
  for (std::size_t person = 0; person < graph.n_persons(); ++person) {
    if (!evidence_[person] || static_cast<int>(person) == output_ || !graph.founder(person)) continue;
    const Evidence& seen = *evidence_[person];
    if (genotype_count(seen) > kFewGenotypes) continue;
    enumerated[person] = true;
    urn.enumerated.push_back(person);
  }
  for (std::size_t g = 0; g < graph.genes().size(); ++g)
    if (graph.genes()[g].needed && graph.genes()[g].draw() && !enumerated[static_cast<std::size_t>(graph.genes()[g].person)])
      urn.open.push_back(static_cast<int>(g));
  return urn;
}

void LocusSum::choose_founders(const GeneGraph& graph, Urn& urn, std::size_t next, double weight, ScaledSum& sum) const {
  if (next == urn.enumerated.size())
    return urn.enumerate_open ? enumerate_draws(graph, urn, 0, weight, sum) : tie_draws(graph, urn, 0, weight, sum);
  const std::size_t person = urn.enumerated[next];
  const Evidence& seen = *evidence_[person];
  const auto& [first, second] = graph.of_person(person);
  const bool one_order = order_ == FounderOrder::interchangeable && fixed_order(graph, person);
  for (const State x : seen.domain) {
    urn.fixed[static_cast<std::size_t>(first)] = x;
    const double p = urn.draw(x, space_, theta_);
    if (second == kNoGene) choose_founders(graph, urn, next + 1, weight * p * seen.weight(x), sum);
    if (second != kNoGene)
      for (const State y : seen.domain) {
        // Heterozygotes of a founder whose genes are interchangeable: one order, twice.
        if (seen.weight(x, y) == 0.0 || (one_order && x > y)) continue;
        urn.fixed[static_cast<std::size_t>(second)] = y;
        const double q = urn.draw(y, space_, theta_);
        choose_founders(graph, urn, next + 1, weight * p * q * seen.weight(x, y) * (one_order && x != y ? 2.0 : 1.0), sum);
        urn.put_back(y);
      }
    urn.put_back(x);
  }
}

/// Number of joint states of the open draws.
double LocusSum::states_of(const GeneGraph& graph, const Urn& urn) const {
  double states = 1.0;
  for (const int gene : urn.open) states *= static_cast<double>(domain(graph, gene).size());
  return states;
}

/// Number of terms of the sum over founder alleles.
double LocusSum::draw_terms(const GeneGraph& graph, const Urn& urn) const {
  double terms = std::min(states_of(graph, urn), set_partitions(urn.open.size()));
  for (const std::size_t person : urn.enumerated) terms *= genotype_count(*evidence_[person]);
  return terms;
}

void LocusSum::enumerate_draws(const GeneGraph& graph, Urn& urn, std::size_t next, double weight, ScaledSum& sum) const {
  if (next == urn.open.size()) return add_urn_graph(graph, urn, weight, sum);
  const auto gene = static_cast<std::size_t>(urn.open[next]);
  for (const State x : domain(graph, urn.open[next])) {
    urn.fixed[gene] = x;
    const double p = urn.draw(x, space_, theta_);
    enumerate_draws(graph, urn, next + 1, weight * p, sum);
    urn.put_back(x);
  }
  urn.fixed[gene] = kOpen;
}

void LocusSum::tie_draws(const GeneGraph& graph, Urn& urn, std::size_t next, double weight, ScaledSum& sum) const {
  if (next == urn.open.size()) return add_urn_graph(graph, urn, weight, sum);
  if (next == 0) {
    urn.blocks.clear();
    urn.block_of.assign(urn.open.size(), 0);
  }
  const std::vector<State> own = domain(graph, urn.open[next]);
  const double share = weight / (1.0 + (static_cast<double>(urn.n_drawn + next) - 1.0) * theta_);
  for (std::size_t k = 0; k < urn.blocks.size(); ++k) {
    std::vector<State> common;
    std::set_intersection(own.begin(), own.end(), urn.blocks[k].domain.begin(), urn.blocks[k].domain.end(), std::back_inserter(common));
    if (common.empty()) continue;
    common.swap(urn.blocks[k].domain);
    urn.block_of[next] = k;
    const auto members = static_cast<double>(urn.blocks[k].size++);
    tie_draws(graph, urn, next + 1, share * theta_ * members, sum);
    --urn.blocks[k].size;
    common.swap(urn.blocks[k].domain);
  }
  urn.block_of[next] = urn.blocks.size();
  urn.blocks.push_back({own, 1});
  tie_draws(graph, urn, next + 1, share, sum);
  urn.blocks.pop_back();
}

std::vector<State> LocusSum::domain(const GeneGraph& graph, int gene) const {
  const auto person = static_cast<std::size_t>(graph[gene].person);
  if (evidence_[person] && static_cast<int>(person) != output_) return evidence_[person]->domain;
  std::vector<State> all(space_.size());
  for (std::size_t x = 0; x < all.size(); ++x) all[x] = static_cast<State>(x);
  return all;
}

Network LocusSum::build(Network::Content content, const GeneGraph& graph, const Urn* urn, const std::vector<int>& fixed,
                        std::vector<Variable>& variable_of) const {
  Network network(space_, content);
  variable_of.assign(graph.genes().size(), kNothing);
  if (urn != nullptr) {
    std::vector<Variable> block_variable;
    for (const Urn::Block& block : urn->blocks) {
      block_variable.push_back(network.add_variable(block.domain));
      network.add_unary(block_variable.back(), [&](State x) { return urn->base(x, space_, theta_); });
    }
    for (std::size_t k = 0; k < urn->open.size() && !urn->enumerate_open; ++k)
      variable_of[static_cast<std::size_t>(urn->open[k])] = block_variable[urn->block_of[k]];
  }
  for (std::size_t g = 0; g < graph.genes().size(); ++g) {
    const Gene& gene = graph.genes()[g];
    if (!gene.needed || variable_of[g] != kNothing) continue;
    variable_of[g] =
        network.add_variable(fixed[g] == kOpen ? domain(graph, static_cast<int>(g)) : std::vector<State>{static_cast<State>(fixed[g])});
    const auto variable = [&](int parental) { return variable_of[static_cast<std::size_t>(parental)]; };
    if (gene.meiosis())
      network.add_meiosis(variable(gene.a), variable(gene.b), variable_of[g], gene.from_male);
    else if (!gene.draw())
      network.add_copy(variable(gene.a), variable_of[g], gene.from_male);
    else if (urn == nullptr)
      network.add_unary(variable_of[g], [&](State x) { return space_.frequencies()[x]; });
  }
  for (std::size_t person = 0; person < graph.n_persons(); ++person) {
    const auto& [first, second] = graph.of_person(person);
    const auto v = variable_of[static_cast<std::size_t>(first)];
    if (static_cast<int>(person) == output_) {
      network.set_outputs(second == kNoGene ? std::vector<Variable>{v}
                                            : std::vector<Variable>{v, variable_of[static_cast<std::size_t>(second)]});
      continue;
    }
    if (!evidence_[person]) continue;
    // The weight of an enumerated or ordered founder is in the term's own weight.
    if (urn == nullptr ? fixed_order(graph, person) : holds_person(urn->enumerated, person)) continue;
    const Evidence& seen = *evidence_[person];
    if (second == kNoGene)
      network.add_unary(v, [&](State x) { return seen.weight(x); });
    else
      network.add_pair(v, variable_of[static_cast<std::size_t>(second)], [&](State x, State y) { return seen.weight(x, y); });
  }
  return network;
}

/// One way the founder alleles are drawn and tied. Ties join branches, so that what was cheap without them may be dear:
/// then meioses are decided for this way alone. Draws nobody needs any more keep their place in the urn.
void LocusSum::add_urn_graph(GeneGraph graph, const Urn& urn, double weight, ScaledSum& sum) const {
  const auto cost_of = [&](const GeneGraph& other) {
    std::vector<Variable> variables;
    return build(Network::Content::scopes_only, other, &urn, urn.fixed, variables).cost();
  };
  int gene = kNoGene;
  if (space_.size() > kFewStates) {
    const double cost = cost_of(graph);
    if (cost <= kDecideAbove || !improves(graph, cost_of, cost, gene)) gene = kNoGene;
  }
  if (gene == kNoGene) return add_network(graph, &urn, urn.fixed, weight, sum);
  for (const int side : {0, 1}) {
    GeneGraph decided = graph;
    decided.decide(gene, side);
    decided.prune(matters_);
    add_urn_graph(std::move(decided), urn, weight / 2.0, sum);
  }
}

void LocusSum::add_network(const GeneGraph& graph, const Urn* urn, const std::vector<int>& fixed, double weight, ScaledSum& sum) const {
  std::vector<Variable> variable_of;
  Network network = build(Network::Content::tables, graph, urn, fixed, variable_of);
  network.multiply(weight);
  const Contracted result = network.contract();
  const double factor = sum.align(result.exponent);
  if (output_ == kNobodyOpen) return sum.add(0, result.table.values[0] * factor);

  const auto& [first, second] = graph.of_person(static_cast<std::size_t>(output_));
  const Variable v = variable_of[static_cast<std::size_t>(first)];
  const Variable w = second == kNoGene ? v : variable_of[static_cast<std::size_t>(second)];
  const std::vector<State>& rows = network.domain(v);
  const std::vector<State>& columns = network.domain(w);
  const std::size_t width = second == kNoGene ? 0 : space_.size();
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t j = 0; j < columns.size(); ++j) {
      if (v == w && i != j) continue;
      const std::size_t cell = v == w ? i : v < w ? i * columns.size() + j : j * rows.size() + i;
      sum.add(width == 0 ? rows[i] : rows[i] * width + columns[j], result.table.values[cell] * factor);
    }
}

}  // namespace homeward::detail
