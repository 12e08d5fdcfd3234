// One number of a tensor, for plain loops to compare with.
#pragma once

#include "tensor/tensor.h"

namespace rotor {

/// The number of x, of any strides, at these indices, one for each axis.
template <typename... Indices>
double element(const Tensor& x, Indices... indices) {
  int axis = 0;
  int64_t offset = 0;
  ((offset += static_cast<int64_t>(indices) * x.stride(axis++)), ...);
  return x.data()[offset];
}

}  // namespace rotor
