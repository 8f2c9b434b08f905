// Dense non-negative tables over variables, and their products summed over one variable.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace homeward::detail {

using Variable = int;

/// A table over the variables of `scope` (ascending), last variable fastest. An empty scope is one number.
struct Tensor {
  std::vector<Variable> scope;
  std::vector<double> values;
};

/// Adds weight x (sum over `summed` of the product of all factors) to `result`, for every cell of its scope. Every
/// factor's scope must lie within result.scope and `summed` (kNothing = no sum). `sizes` by variable.
inline constexpr Variable kNothing = -1;
void add_product(Tensor& result, std::span<const Tensor* const> factors, Variable summed, double weight,
                 const std::vector<std::size_t>& sizes);

/// A table of zeros.
Tensor zeros(std::vector<Variable> scope, const std::vector<std::size_t>& sizes);

}  // namespace homeward::detail
