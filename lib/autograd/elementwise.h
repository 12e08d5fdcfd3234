// Differentiable element-wise functions, and views.
#pragma once

#include "autograd/variable.h"

namespace rotor {

/// a + b. The shape of b is that of a, or its last axes: [B, T, D] + [T, D].
Variable add(const Variable& a, const Variable& b);
/// a · b, element by element; both have the same shape.
Variable mul(const Variable& a, const Variable& b);
Variable scale(const Variable& x, float factor);
/// The sum of all elements, a scalar.
Variable sum(const Variable& x);
/// max(x, 0).
Variable relu(const Variable& x);
/// x Φ(x), exactly, by erf (Hendrycks and Gimpel 2016).
Variable gelu(const Variable& x);
/// x · sigmoid(x) (Ramachandran et al. 2017).
Variable swish(const Variable& x);

Variable tanh(const Variable& x);

/// swish(x) · by and a(x) · by, element by element, for gated feed-forward layers (Shazeer 2020), where a(x) is
/// 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))), T5's "gelu_new". Only x and `by` are kept for the backward pass, and the
/// result is computed again for a linear layer on it.
Variable swish_gate(const Variable& x, const Variable& by);
Variable gelu_tanh_gate(const Variable& x, const Variable& by);

/// Zeroes each element with probability `rate` and scales the rest by 1 / (1 − rate) (Srivastava et al. 2014); the
/// identity at rate 0 and under NoGrad.
Variable dropout(const Variable& x, float rate);
/// x + dropout(y, rate) in one pass.
Variable add_dropout(const Variable& x, const Variable& y, float rate);

/// A view of x of another shape; it shares the numbers of x.
Variable reshape(const Variable& x, Shape shape);
Variable transpose(const Variable& x, int a, int b);
/// [B, T, H·d] -> [B, H, T, d] and back; nothing is copied where the memory already has that layout.
Variable split_heads(const Variable& x, int64_t heads);
Variable merge_heads(const Variable& x);
/// Repeats each head of x [B, Hkv, T, d] n times in turn -> [B, Hkv · n, T, d], for query heads in groups of n.
Variable repeat_heads(const Variable& x, int64_t n);

}  // namespace rotor
