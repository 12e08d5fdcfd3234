// The loop of element-wise kernels.
#pragma once

#include "tensor/parallel.h"
#include "tensor/tensor.h"

namespace rotor {

/// y[i] = f(i) for every element of a new, contiguous tensor of x's shape.
template <typename F>
Tensor generate(const Tensor& x, F f) {
  Tensor y(x.shape());
  float* to = y.data();
  const int64_t n = x.elements();
  parallel_elements(n > kParallelElements, n, [=](int64_t i) { to[i] = f(i); });
  return y;
}

/// The numbers of a contiguous tensor with the shape of `like`.
inline const float* numbers(const Tensor& x, const Tensor& like) {
  ROTOR_CHECK(x.shape() == like.shape(), "expected the shape {}, got {}", like.shape().str(), x.shape().str());
  return x.span().data();
}

}  // namespace rotor
