// Kernels of relative positions. The vector or bias of a query and a key is chosen by the distance between them, so an
// index [Tq,Tk] is stored as one number for each distance, and nothing larger than the scores [.., Tq, Tk] is ever
// built: the vectors [R, d] of the distances are multiplied first, and the products are then distributed over the
// pairs.
#pragma once

#include <cstdint>
#include <vector>

#include "tensor/tensor.h"

namespace rotor {

/// Assigns one of R columns to query i and key j: columns[j − i + queries − 1].
struct RelativeIndex {
  int64_t queries = 0, keys = 0;
  std::vector<int32_t> columns;  ///< [queries + keys − 1], from (last query, first key) to (first query, last key)
};

/// The index with the roles of queries and keys exchanged.
RelativeIndex transposed(const RelativeIndex& index);

/// y[.., i, j] = x[.., i, index(i, j)]: x [.., Tq, R] -> [.., Tq, Tk].
Tensor take_relative(const Tensor& x, const RelativeIndex& index);

/// y[.., i, r] = Σ_j w[.., i, j] over index(i, j) = r: w [.., Tq, Tk], written to y [.., Tq, R], which may have any
/// strides with a contiguous last axis, and returned.
Tensor spread_relative(const Tensor& w, const RelativeIndex& index, Tensor y);

/// scores[b, h, i, j] + bias[j − i + Tq − 1, h]: scores [B,H,Tq,Tk], bias [Tq + Tk − 1, H], one row for each distance.
Tensor add_distance_bias(const Tensor& scores, const Tensor& bias);

/// Σ_b Σ_i g[b, h, i, j] by distance j − i + Tq − 1: [Tq + Tk − 1, H], the gradient of that bias. Each head of each
/// sentence sums for itself first.
Tensor sum_by_distance(const Tensor& gradient);

}  // namespace rotor
