// A network of factors over allele variables, contracted by eliminating one variable after another.
#pragma once

#include <cstdint>
#include <vector>

#include "likelihood/state_space.hpp"
#include "likelihood/tensor.hpp"

namespace homeward::detail {

/// A contracted network: a table over the output variables, scaled by 2^exponent.
struct Contracted {
  Tensor table;
  long exponent = 0;
};

/// Variables are genes that hold one of a few states; factors are founder probabilities, evidence and transmissions.
/// A transmission (M[a,c] + M[b,c]) / 2 is kept as its two halves for as long as that is cheaper than the table over
/// a, b and c, so a gamete costs n^2 where the table costs n^3.
class Network {
 public:
  /// `scopes_only`: the tables are not filled; such a network knows its cost() and cannot be contracted.
  enum class Content { tables, scopes_only };
  Network(const StateSpace& space, Content content) : space_(space), content_(content) {}
  /// A gene that may hold the states of `domain` (ascending, not empty).
  Variable add_variable(std::vector<State> domain);
  const std::vector<State>& domain(Variable v) const { return domains_[static_cast<std::size_t>(v)]; }
  void multiply(double number);
  /// A table over one variable: value(state).
  template <typename Value>
  void add_unary(Variable v, Value value);
  /// A table over two variables, or the diagonal of one when they are the same: value(state, state).
  template <typename Value>
  void add_pair(Variable v, Variable w, Value value);
  /// The child's gene is a copy of the parental gene, through the matrix of the parent's sex.
  void add_copy(Variable parent, Variable child, bool male);
  /// The child's gene is a copy of either parental gene with probability 1/2 each.
  void add_meiosis(Variable a, Variable b, Variable child, bool male);
  /// Variables of the result: never summed. A repeated variable counts once.
  void set_outputs(std::vector<Variable> outputs);

  /// Multiplications that contract() would need, by the order it would choose.
  double cost() const;
  /// The sum over all variables but the outputs. The result's scope lists the outputs of more than one state, ascending.
  /// Throws Error(failure) when an intermediate table would not fit in memory.
  Contracted contract();

 private:
  struct Meiosis {
    Variable a, b, child;
    bool male;
    std::vector<Variable> scope;  ///< those of a, b, child that have more than one state, ascending
  };
  struct Step {
    double cost = 0.0;
    bool halves = false;  ///< keep transmissions as halves
    bool fits = true;     ///< no table beyond the bound on memory
  };
  class Planner;

  void add_tensor(Tensor tensor);
  bool add_scope_only(std::vector<Variable> variables);
  std::vector<Variable> scope_of(std::vector<Variable> variables) const;
  Tensor copy_table(Variable parent, Variable child, bool male) const;
  Tensor meiosis_table(const Meiosis& meiosis) const;
  void eliminate(Variable v, bool halves);
  void add_halves(Tensor& result, const std::vector<const Tensor*>& whole, const std::vector<Meiosis>& meioses, Variable v) const;
  void rescale(Tensor& tensor);

  const StateSpace& space_;
  Content content_;
  std::vector<std::vector<State>> domains_;
  std::vector<std::size_t> sizes_;
  std::vector<Tensor> tensors_;
  std::vector<Meiosis> meioses_;
  std::vector<Variable> outputs_;
  double number_ = 1.0;
  long exponent_ = 0;
};

template <typename Value>
void Network::add_unary(Variable v, Value value) {
  if (add_scope_only({v})) return;
  Tensor tensor = zeros(scope_of({v}), sizes_);
  std::size_t k = 0;
  for (const State x : domain(v)) tensor.values[k++] = value(x);
  add_tensor(std::move(tensor));
}

template <typename Value>
void Network::add_pair(Variable v, Variable w, Value value) {
  if (v == w) return add_unary(v, [&](State x) { return value(x, x); });
  if (add_scope_only({v, w})) return;
  Tensor tensor = zeros(scope_of({v, w}), sizes_);
  std::size_t k = 0;
  for (const State x : domain(v < w ? v : w))
    for (const State y : domain(v < w ? w : v)) tensor.values[k++] = v < w ? value(x, y) : value(y, x);
  add_tensor(std::move(tensor));
}

}  // namespace homeward::detail
