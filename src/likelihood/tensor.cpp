#include "likelihood/tensor.hpp"

#include <array>

namespace homeward::detail {

namespace {

/// One factor as the odometer walks it: where it stands and how far each axis moves it.
struct Walker {
  const double* at = nullptr;
  std::size_t inner = 0;             ///< step along the summed variable
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

double inner_product(const std::vector<Walker>& walkers, std::size_t n) {
  double total = 0.0;
  const Walker* w = walkers.data();
  switch (walkers.size()) {
    case 1:
      for (std::size_t i = 0; i < n; ++i) total += w[0].at[i * w[0].inner];
      return total;
    case 2:
      for (std::size_t i = 0; i < n; ++i) total += w[0].at[i * w[0].inner] * w[1].at[i * w[1].inner];
      return total;
    case 3:
      for (std::size_t i = 0; i < n; ++i) total += w[0].at[i * w[0].inner] * w[1].at[i * w[1].inner] * w[2].at[i * w[2].inner];
      return total;
    default:
      for (std::size_t i = 0; i < n; ++i) {
        double product = 1.0;
        for (const Walker& walker : walkers) product *= walker.at[i * walker.inner];
        total += product;
      }
      return total;
  }
}

}  // namespace

void add_product(Tensor& result, std::span<const Tensor* const> factors, Variable summed, double weight,
                 const std::vector<std::size_t>& sizes) {
  std::vector<Walker> walkers;
  walkers.reserve(factors.size());
  for (const Tensor* factor : factors) walkers.push_back(walker_of(*factor, result, summed, sizes));
  const std::size_t axes = result.scope.size();
  const std::size_t inner = summed == kNothing ? 1 : sizes[static_cast<std::size_t>(summed)];
  std::vector<std::size_t> index(axes, 0);
  for (double& cell : result.values) {
    cell += weight * inner_product(walkers, inner);
    for (std::size_t axis = axes; axis-- > 0;) {
      const std::size_t size = sizes[static_cast<std::size_t>(result.scope[axis])];
      if (++index[axis] < size) {
        for (Walker& walker : walkers) walker.at += walker.strides[axis];
        break;
      }
      index[axis] = 0;
      for (Walker& walker : walkers) walker.at -= walker.strides[axis] * (size - 1);
    }
  }
}

Tensor zeros(std::vector<Variable> scope, const std::vector<std::size_t>& sizes) {
  std::size_t cells = 1;
  for (const Variable v : scope) cells *= sizes[static_cast<std::size_t>(v)];
  return {std::move(scope), std::vector<double>(cells, 0.0)};
}

}  // namespace homeward::detail
