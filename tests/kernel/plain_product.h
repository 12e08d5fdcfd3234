// A product of matrices by plain loops, to compare with.
#pragma once

#include "tensor/tensor.h"

namespace rotor {

/// a · b in double, for tensors of equal leading axes and any strides.
inline Tensor product(const Tensor& a, const Tensor& b) {
  const Tensor x = a.contiguous(), y = b.contiguous();
  const int64_t m = a.size(-2), k = a.size(-1), n = b.size(-1);
  Shape shape = a.shape();
  shape[a.rank() - 1] = n;
  Tensor c(shape);
  for (int64_t row = 0; row < c.elements() / n; ++row) {
    for (int64_t j = 0; j < n; ++j) {
      double sum = 0;
      for (int64_t p = 0; p < k; ++p)
        sum += static_cast<double>(x.data()[row * k + p]) * y.data()[row / m * k * n + p * n + j];
      c.data()[row * n + j] = static_cast<float>(sum);
    }
  }
  return c;
}

}  // namespace rotor
