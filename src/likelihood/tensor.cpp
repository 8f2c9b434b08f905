#include "likelihood/tensor.hpp"

#include <algorithm>

namespace homeward::detail {

namespace {

/// One factor as the odometer walks it: where it stands and how far each axis moves it.
struct Walker {
  const double* at = nullptr;
  std::size_t inner = 0;             ///< step along the summed variable
  std::size_t along = 0;             ///< step along the axis that is walked in one go
  std::vector<std::size_t> strides;  ///< along each axis of the result
};

Walker walker_of(const Tensor& factor, const Tensor& result, Variable summed, const std::vector<std::size_t>& sizes) {
  Walker walker;
  walker.at = factor.values.data();
  walker.strides.assign(result.scope.size(), 0);
  std::size_t stride = 1;
  for (std::size_t k = factor.scope.size(); k-- > 0;) {
    const Variable v = factor.scope[k];
    if (v == summed)
      walker.inner = stride;
    else
      for (std::size_t axis = 0; axis < result.scope.size(); ++axis)
        if (result.scope[axis] == v) walker.strides[axis] = stride;
    stride *= sizes[static_cast<std::size_t>(v)];
  }
  return walker;
}

/// Calls act(i, value) for what the factor has along a row. A compiler makes vector code of the first two.
template <typename Act>
void along_row(std::size_t n, const double* at, std::size_t step, Act act) {
  if (step == 0) {
    const double constant = *at;
    for (std::size_t i = 0; i < n; ++i) act(i, constant);
  } else if (step == 1) {
    for (std::size_t i = 0; i < n; ++i) act(i, at[i]);
  } else {
    for (std::size_t i = 0; i < n; ++i) act(i, at[i * step]);
  }
}

/// One row of the result: the sum over the summed variable of the products of all factors, in that order in every cell.
class RowSum {
 public:
  RowSum(const std::vector<Walker>& walkers, std::size_t width, std::size_t n_summed)
      : walkers_(walkers), n_summed_(n_summed), product_(width), sum_(width) {}

  const std::vector<double>& next() {
    if (n_summed_ == 1) {
      multiply(0, sum_.data());
      return sum_;
    }
    std::fill(sum_.begin(), sum_.end(), 0.0);
    for (std::size_t s = 0; s < n_summed_; ++s) {
      multiply(s, product_.data());
      for (std::size_t i = 0; i < sum_.size(); ++i) sum_[i] += product_[i];
    }
    return sum_;
  }

 private:
  void multiply(std::size_t s, double* row) const {
    const std::size_t n = product_.size();
    if (walkers_.empty()) std::fill_n(row, n, 1.0);
    for (std::size_t k = 0; k < walkers_.size(); ++k) {
      const double* at = walkers_[k].at + s * walkers_[k].inner;
      if (k == 0)
        along_row(n, at, walkers_[k].along, [row](std::size_t i, double value) { row[i] = value; });
      else
        along_row(n, at, walkers_[k].along, [row](std::size_t i, double value) { row[i] *= value; });
    }
  }

  const std::vector<Walker>& walkers_;
  std::size_t n_summed_;
  std::vector<double> product_, sum_;
};

}  // namespace

void add_product(Tensor& result, std::span<const Tensor* const> factors, Variable summed, double weight,
                 const std::vector<std::size_t>& sizes) {
  std::vector<Walker> walkers;
  walkers.reserve(factors.size());
  for (const Tensor* factor : factors) walkers.push_back(walker_of(*factor, result, summed, sizes));
  const std::size_t axes = result.scope.size();
  const auto size_of = [&](std::size_t axis) { return sizes[static_cast<std::size_t>(result.scope[axis])]; };
  // The longest axis is walked in one go; the others turn like an odometer.
  std::size_t longest = 0, step = 1, along = 1;
  for (std::size_t axis = axes; axis-- > 0;) {
    if (axis + 1 == axes || size_of(axis) > size_of(longest)) {
      longest = axis;
      along = step;
    }
    step *= size_of(axis);
  }
  const std::size_t width = axes == 0 ? 1 : size_of(longest);
  for (Walker& walker : walkers) walker.along = axes == 0 ? 0 : walker.strides[longest];
  RowSum rows(walkers, width, summed == kNothing ? 1 : sizes[static_cast<std::size_t>(summed)]);

  std::vector<std::size_t> index(axes, 0);
  double* cell = result.values.data();
  for (std::size_t n_rows = result.values.size() / width; n_rows > 0; --n_rows) {
    const std::vector<double>& row = rows.next();
    for (std::size_t i = 0; i < width; ++i) cell[i * along] += weight * row[i];
    std::size_t stride = 1;
    for (std::size_t axis = axes; axis-- > 0; stride *= size_of(axis)) {
      if (axis == longest) continue;
      if (++index[axis] < size_of(axis)) {
        cell += stride;
        for (Walker& walker : walkers) walker.at += walker.strides[axis];
        break;
      }
      index[axis] = 0;
      cell -= stride * (size_of(axis) - 1);
      for (Walker& walker : walkers) walker.at -= walker.strides[axis] * (size_of(axis) - 1);
    }
  }
}

Tensor zeros(std::vector<Variable> scope, const std::vector<std::size_t>& sizes) {
  std::size_t cells = 1;
  for (const Variable v : scope) cells *= sizes[static_cast<std::size_t>(v)];
  return {std::move(scope), std::vector<double>(cells, 0.0)};
}

}  // namespace homeward::detail
