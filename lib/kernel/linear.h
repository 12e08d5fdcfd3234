// The product of a linear layer, y = x Wᵀ + b, and its gradients. Tensors are contiguous.
#pragma once

#include "tensor/tensor.h"

namespace rotor {

/// x [..., in] Wᵀ + bias -> [..., out] for W [out, in] and bias [out], or undefined; then max(·, 0) if `relu`, which
/// needs a bias.
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias, bool relu = false);

/// to = beta · to + gradient W: the gradient of x, of its shape.
void linear_backward_input(const Tensor& gradient, const Tensor& weight, const Tensor& to, float beta);

/// to = beta · to + gradientᵀ x: the gradient of W.
void linear_backward_weight(const Tensor& gradient, const Tensor& x, const Tensor& to, float beta);

}  // namespace rotor
