// Operators of relative positions. What belongs to a query and a key is chosen by the distance between them, so an
// index [Tq,Tk] is a row of numbers, one a distance, and nothing larger than the scores [.., Tq, Tk] is ever built:
// vectors [R, d] that stand for distances are multiplied first, and the products spread out over the pairs.
#pragma once

#include <cstdint>
#include <vector>

#include "autograd/variable.h"

namespace rotor {

/// Which of R columns belongs to query i and key j: columns[j − i + queries − 1].
struct RelativeIndex {
  int64_t queries = 0, keys = 0;
  std::vector<int32_t> columns;  ///< [queries + keys − 1], from the last query and the first key to the opposite

  /// The columns of query i, one a key.
  const int32_t* row(int64_t i) const { return columns.data() + queries - 1 - i; }
};

/// The same with keys as queries and queries as keys.
RelativeIndex transposed(const RelativeIndex& index);

/// y[.., i, j] = x[.., i, index(i, j)]: x [.., Tq, R] -> [.., Tq, Tk].
Variable take_relative(const Variable& x, const RelativeIndex& index);

/// y[.., i, r] = Σ_j w[.., i, j] over index(i, j) = r: w [.., Tq, Tk] -> [.., Tq, R]. The gradient of take_relative,
/// and the other way round.
Variable spread_relative(const Variable& w, const RelativeIndex& index, int64_t columns);

/// scores[b, h, i, j] + bias[j − i + Tq − 1, h]: scores [B,H,Tq,Tk], bias [Tq + Tk − 1, H], a row a distance.
Variable add_distance_bias(const Variable& scores, const Variable& bias);

/// x wᵀ for each head: x [B,H,T,n], w [H,m,n], or [1,m,n] for all heads alike -> [B,H,T,m].
Variable multiply_heads(const Variable& x, const Variable& w);

}  // namespace rotor
