// Loops over the elements of tensors. Tensors are contiguous unless said otherwise.
#pragma once

#include "kernel/dropout.h"
#include "tensor/tensor.h"

namespace rotor {

/// a + b. The shape of b is that of a, or its last axes; another one is an Error.
Tensor add(const Tensor& a, const Tensor& b);
/// The sum of x, of any layout, over the leading axes that `shape` lacks, in their order: the gradient of b in add().
Tensor sum_leading(const Tensor& x, const Shape& shape);

/// a · b, element by element; both have the same shape.
Tensor mul(const Tensor& a, const Tensor& b);
/// x, of any layout, times a factor, in the same layout.
Tensor scale(const Tensor& x, float factor);
/// The sum of all elements, one after the other.
double sum(const Tensor& x);

/// Each element times its factor in the mask of `dropout`. It is its own gradient.
Tensor dropout(const Tensor& x, const Dropout& dropout);
/// x + dropout(y).
Tensor add_dropout(const Tensor& x, const Tensor& y, const Dropout& dropout);

/// x + 1 for x > 0, e^x otherwise: elu(x) + 1, written so that float32 keeps it positive. x may have any layout, and
/// the result has the same.
Tensor positive_features(const Tensor& x);
/// The gradient of x, given that of y = positive_features(x), of any layout, in the layout of y.
Tensor positive_features_backward(const Tensor& gradient, const Tensor& y);

}  // namespace rotor
