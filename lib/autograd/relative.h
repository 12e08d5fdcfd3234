// Operators of relative positions, without a tensor larger than the scores ("kernel/relative.h").
#pragma once

#include "autograd/variable.h"
#include "kernel/relative.h"

namespace rotor {

/// y[.., i, j] = x[.., i, index(i, j)]: x [.., Tq, R] -> [.., Tq, Tk].
Variable take_relative(const Variable& x, const RelativeIndex& index);

/// y[.., i, r] = Σ_j w[.., i, j] over index(i, j) = r: w [.., Tq, Tk] -> [.., Tq, R]. It is the gradient of
/// take_relative(), and take_relative() is its gradient.
Variable spread_relative(const Variable& w, const RelativeIndex& index, int64_t columns);

/// scores[b, h, i, j] + bias[j − i + Tq − 1, h]: scores [B,H,Tq,Tk], bias [Tq + Tk − 1, H], one row for each distance.
Variable add_distance_bias(const Variable& scores, const Variable& bias);

/// x wᵀ for each head: x [B,H,T,n], w [H,m,n], or [1,m,n] shared by all heads -> [B,H,T,m].
Variable multiply_heads(const Variable& x, const Variable& w);

}  // namespace rotor
