// Activations of feed-forward layers, forward and backward, and products with them ("gates": Shazeer 2020, "GLU
// Variants Improve Transformer"). Tensors are contiguous; a function's arguments have one shape.
#pragma once

#include "tensor/tensor.h"

namespace rotor {

/// max(x, 0).
Tensor relu(const Tensor& x);
/// The gradient of x, given y = relu(x).
Tensor relu_backward(const Tensor& gradient, const Tensor& y);

/// x Φ(x), exactly, by erf (Hendrycks and Gimpel 2016).
Tensor gelu(const Tensor& x);
/// The gradient of x, as of all that follow.
Tensor gelu_backward(const Tensor& gradient, const Tensor& x);

/// x · sigmoid(x) (Ramachandran et al. 2017, with β = 1).
Tensor swish(const Tensor& x);
Tensor swish_backward(const Tensor& gradient, const Tensor& x);

/// tanh(x), for the few numbers of a head.
Tensor tanh(const Tensor& x);
Tensor tanh_backward(const Tensor& gradient, const Tensor& x);

struct GateGradients {
  Tensor x, by;
};

/// swish(x) · by, element by element: SwiGLU without its products.
Tensor swish_gate(const Tensor& x, const Tensor& by);
GateGradients swish_gate_backward(const Tensor& gradient, const Tensor& x, const Tensor& by);

/// a(x) · by, where a(x) = 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))), the approximation of gelu (Hendrycks and Gimpel
/// 2016, section 2): GEGLU as T5 has it.
Tensor gelu_tanh_gate(const Tensor& x, const Tensor& by);
GateGradients gelu_tanh_gate_backward(const Tensor& gradient, const Tensor& x, const Tensor& by);

}  // namespace rotor
