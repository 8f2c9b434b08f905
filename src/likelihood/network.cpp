#include "likelihood/network.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "homeward/error.hpp"

namespace homeward::detail {

namespace {

constexpr double kMostCells = 3.3e7;    ///< of one intermediate table: 268 MB
constexpr std::size_t kMostHalves = 3;  ///< transmissions kept as halves in one elimination: 2^3 terms
constexpr double kSmallStep = 128.0;    ///< a step this cheap is taken without looking for a cheaper one

bool holds(const std::vector<Variable>& scope, Variable v) { return std::find(scope.begin(), scope.end(), v) != scope.end(); }

/// Set union of scopes without a given variable, and the number of cells it spans.
class Union {
 public:
  explicit Union(const std::vector<std::size_t>& sizes) : sizes_(sizes) {}
  void add(const std::vector<Variable>& scope, Variable without) {
    for (const Variable v : scope) add(v, without);
  }
  void add(Variable v, Variable without) {
    const std::size_t size = sizes_[static_cast<std::size_t>(v)];
    if (v == without || size == 1 || holds(scope_, v)) return;
    scope_.push_back(v);
    cells_ *= static_cast<double>(size);
  }
  double cells() const { return cells_; }
  std::vector<Variable> sorted() const {
    std::vector<Variable> scope = scope_;
    std::sort(scope.begin(), scope.end());
    return scope;
  }

 private:
  const std::vector<std::size_t>& sizes_;
  std::vector<Variable> scope_;
  double cells_ = 1.0;
};

}  // namespace

/// Chooses the elimination order on scopes alone: cheapest step first.
class Network::Planner {
 public:
  explicit Planner(const Network& network) : sizes_(network.sizes_), meioses_(network.meioses_) {
    for (const Tensor& tensor : network.tensors_) wholes_.push_back(tensor.scope);
    for (std::size_t v = 0; v < sizes_.size(); ++v)
      if (sizes_[v] > 1 && !holds(network.outputs_, static_cast<Variable>(v))) open_.push_back(static_cast<Variable>(v));
    steps_.assign(sizes_.size(), Step{});
    stale_.assign(sizes_.size(), true);
  }

  /// The next variable to eliminate, or kNothing, and how; adds up total_cost().
  std::pair<Variable, Step> next() {
    if (open_.empty()) return {kNothing, {}};
    std::size_t best = 0;
    for (std::size_t k = 0; k < open_.size(); ++k) {
      const auto v = static_cast<std::size_t>(open_[k]);
      if (stale_[v]) steps_[v] = step(open_[k]);
      stale_[v] = false;
      if (steps_[v].cost < steps_[static_cast<std::size_t>(open_[best])].cost) best = k;
      if (steps_[v].cost <= kSmallStep) break;
    }
    const Variable v = open_[best];
    const Step chosen = steps_[static_cast<std::size_t>(v)];
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(best));
    total_cost_ += chosen.cost;
    eliminate(v);
    return {v, chosen};
  }
  double total_cost() const { return total_cost_; }

 private:
  Step step(Variable v) const {
    Union whole(sizes_);
    double factors = 0.0;
    for (const std::vector<Variable>& scope : wholes_)
      if (holds(scope, v)) {
        whole.add(scope, v);
        factors += 1.0;
      }
    std::vector<const Meiosis*> touched;
    Union all = whole;
    double tables = 0.0;
    for (const Meiosis& meiosis : meioses_) {
      if (!holds(meiosis.scope, v)) continue;
      touched.push_back(&meiosis);
      all.add(meiosis.scope, v);
      Union table(sizes_);
      table.add(meiosis.scope, kNothing);
      tables = std::max(tables, table.cells());
    }
    const auto size = static_cast<double>(sizes_[static_cast<std::size_t>(v)]);
    Step best{all.cells() * size * std::max(1.0, factors + static_cast<double>(touched.size())) + tables, false, true};
    best.fits = all.cells() <= kMostCells && tables <= kMostCells;
    if (!touched.empty() && touched.size() <= kMostHalves && best.cost > kSmallStep) {
      const double halves = cost_of_halves(v, whole, factors, touched, all.cells());
      if (halves < best.cost) best = {halves, true, all.cells() <= kMostCells};
    }
    return best;
  }

  double cost_of_halves(Variable v, const Union& whole, double factors, const std::vector<const Meiosis*>& touched, double cells) const {
    double cost = 0.0;
    for (unsigned choice = 0; choice < 1U << touched.size(); ++choice) {
      Union partial = whole;
      double involved = factors;
      for (std::size_t k = 0; k < touched.size(); ++k) {
        const Variable parent = (choice >> k & 1U) != 0 ? touched[k]->b : touched[k]->a;
        if (parent != v && touched[k]->child != v) continue;
        involved += 1.0;
        partial.add(parent, v);
        partial.add(touched[k]->child, v);
      }
      cost += partial.cells() * static_cast<double>(sizes_[static_cast<std::size_t>(v)]) * std::max(1.0, involved);
      cost += cells * (1.0 + factors + static_cast<double>(touched.size()) - involved);
    }
    return cost;
  }

  void eliminate(Variable v) {
    Union all(sizes_);
    const auto absorb = [&](const std::vector<Variable>& scope) {
      if (!holds(scope, v)) return false;
      all.add(scope, v);
      for (const Variable w : scope) stale_[static_cast<std::size_t>(w)] = true;
      return true;
    };
    wholes_.erase(std::remove_if(wholes_.begin(), wholes_.end(), absorb), wholes_.end());
    meioses_.erase(std::remove_if(meioses_.begin(), meioses_.end(), [&](const Meiosis& m) { return absorb(m.scope); }), meioses_.end());
    wholes_.push_back(all.sorted());
  }

  const std::vector<std::size_t>& sizes_;
  std::vector<Meiosis> meioses_;  // copies: the network gives its own away while it is contracted
  std::vector<std::vector<Variable>> wholes_;
  std::vector<Variable> open_;
  std::vector<Step> steps_;
  std::vector<bool> stale_;
  double total_cost_ = 0.0;
};

Variable Network::add_variable(std::vector<State> domain) {
  sizes_.push_back(domain.size());
  domains_.push_back(std::move(domain));
  return static_cast<Variable>(sizes_.size() - 1);
}

void Network::multiply(double number) {
  int exponent = 0;
  number_ = std::frexp(number_ * number, &exponent);
  exponent_ += exponent;
}

std::vector<Variable> Network::scope_of(std::vector<Variable> variables) const {
  Union scope(sizes_);
  scope.add(variables, kNothing);
  return scope.sorted();
}

void Network::add_tensor(Tensor tensor) {
  if (tensor.scope.empty())
    multiply(tensor.values[0]);
  else
    tensors_.push_back(std::move(tensor));
}

/// In a network of scopes: notes the scope and returns true.
bool Network::add_scope_only(std::vector<Variable> variables) {
  if (content_ == Content::tables) return false;
  std::vector<Variable> scope = scope_of(std::move(variables));
  if (!scope.empty()) tensors_.push_back({std::move(scope), {}});
  return true;
}

Tensor Network::copy_table(Variable parent, Variable child, bool male) const {
  Tensor tensor = zeros(scope_of({parent, child}), sizes_);
  std::size_t k = 0;
  for (const State x : domain(std::min(parent, child)))
    for (const State y : domain(std::max(parent, child)))
      tensor.values[k++] = parent < child ? space_.transmission(male, x, y) : space_.transmission(male, y, x);
  return tensor;
}

void Network::add_copy(Variable parent, Variable child, bool male) {
  if (!add_scope_only({parent, child})) add_tensor(copy_table(parent, child, male));
}

void Network::add_meiosis(Variable a, Variable b, Variable child, bool male) {
  if (a == b) return add_copy(a, child, male);
  std::vector<Variable> scope = scope_of({a, b, child});
  Meiosis meiosis{a, b, child, male, std::move(scope)};
  if (meiosis.scope.size() > 1)
    meioses_.push_back(std::move(meiosis));
  else if (!add_scope_only({a, b, child}))
    add_tensor(meiosis_table(meiosis));
}

Tensor Network::meiosis_table(const Meiosis& meiosis) const {
  Tensor table = zeros(meiosis.scope, sizes_);
  const Tensor from_a = copy_table(meiosis.a, meiosis.child, meiosis.male);
  const Tensor from_b = copy_table(meiosis.b, meiosis.child, meiosis.male);
  const Tensor* const a[] = {&from_a};
  const Tensor* const b[] = {&from_b};
  add_product(table, a, kNothing, 0.5, sizes_);
  add_product(table, b, kNothing, 0.5, sizes_);
  return table;
}

void Network::set_outputs(std::vector<Variable> outputs) { outputs_ = std::move(outputs); }

double Network::cost() const {
  Planner planner(*this);
  while (planner.next().first != kNothing) {
  }
  return planner.total_cost();
}

void Network::add_halves(Tensor& result, const std::vector<const Tensor*>& whole, const std::vector<Meiosis>& meioses, Variable v) const {
  std::vector<Tensor> copies;
  for (const Meiosis& meiosis : meioses) {
    copies.push_back(copy_table(meiosis.a, meiosis.child, meiosis.male));
    copies.push_back(copy_table(meiosis.b, meiosis.child, meiosis.male));
  }
  for (unsigned choice = 0; choice < 1U << meioses.size(); ++choice) {
    std::vector<const Tensor*> summed = whole;
    std::vector<const Tensor*> beside{nullptr};  // the partial sum, then the halves that do not hold v
    for (std::size_t k = 0; k < meioses.size(); ++k) {
      const Tensor& copy = copies[2 * k + (choice >> k & 1U)];
      (holds(copy.scope, v) ? summed : beside).push_back(&copy);
    }
    Union scope(sizes_);
    for (const Tensor* factor : summed) scope.add(factor->scope, v);
    Tensor partial = zeros(scope.sorted(), sizes_);
    add_product(partial, summed, v, 1.0, sizes_);
    beside[0] = &partial;
    add_product(result, beside, kNothing, std::ldexp(1.0, -static_cast<int>(meioses.size())), sizes_);
  }
}

void Network::eliminate(Variable v, bool halves) {
  std::vector<Tensor> whole;
  std::vector<Meiosis> meioses;
  Union scope(sizes_);
  const auto take = [&](auto& from, auto& to) {
    for (auto it = from.begin(); it != from.end();) {
      if (!holds(it->scope, v)) {
        ++it;
        continue;
      }
      scope.add(it->scope, v);
      to.push_back(std::move(*it));
      it = from.erase(it);
    }
  };
  take(tensors_, whole);
  take(meioses_, meioses);
  if (!halves)
    for (const Meiosis& meiosis : meioses) whole.push_back(meiosis_table(meiosis));
  std::vector<const Tensor*> factors;
  for (const Tensor& tensor : whole) factors.push_back(&tensor);
  Tensor result = zeros(scope.sorted(), sizes_);
  if (halves)
    add_halves(result, factors, meioses, v);
  else
    add_product(result, factors, v, 1.0, sizes_);
  rescale(result);
  add_tensor(std::move(result));
}

void Network::rescale(Tensor& tensor) {
  // Only when products of many rare alleles come near the edge of a double; powers of two lose nothing.
  double largest = 0.0;
  for (const double value : tensor.values) largest = std::max(largest, value);
  if (largest == 0.0 || largest > 1e-100) return;
  const int exponent = std::ilogb(largest);
  for (double& value : tensor.values) value = std::ldexp(value, -exponent);
  exponent_ += exponent;
}

Contracted Network::contract() {
  Planner planner(*this);
  for (auto [v, step] = planner.next(); v != kNothing; std::tie(v, step) = planner.next()) {
    if (!step.fits)
      throw Error(
          ErrorKind::failure,
          "this pedigree needs a table of more than 33 million cells at one locus; leave out untyped persons who connect no typed ones");
    eliminate(v, step.halves);
  }
  for (const Meiosis& meiosis : meioses_) tensors_.push_back(meiosis_table(meiosis));
  meioses_.clear();
  std::vector<const Tensor*> factors;
  for (const Tensor& tensor : tensors_) factors.push_back(&tensor);
  Contracted result{zeros(scope_of(outputs_), sizes_), exponent_};
  add_product(result.table, factors, kNothing, number_, sizes_);
  return result;
}

}  // namespace homeward::detail
