// Heads of attention: one head of one sentence is a matrix [T, n] within a tensor [B, H, T, n] whose last axis is
// contiguous. Results lie in memory as [B, T, H, n], so that merging the heads is a view.
#pragma once

#include <algorithm>

#include "tensor/small_gemm.h"
#include "tensor/tensor.h"

namespace rotor {

struct Head {
  Head(const Tensor& tensor, int64_t b, int64_t h)
      : data(tensor.data() + b * tensor.stride(0) + h * tensor.stride(1)), stride(tensor.stride(2)) {}
  float* row(int64_t i) const { return data + i * stride; }
  /// The matrix from row i on.
  SmallMatrix from(int64_t i) const { return {row(i), stride, 1}; }

  float* data;
  int64_t stride;
};

inline void zero_rows(const Head& x, int64_t begin, int64_t end, int64_t width) {
  for (int64_t i = begin; i < end; ++i) std::fill_n(x.row(i), width, 0.f);
}

/// A new tensor [B, H, T, d] whose memory is [B, T, H, d].
inline Tensor heads_tensor(int64_t batch, int64_t heads, int64_t length, int64_t width) {
  return Tensor({batch, length, heads, width}).transpose(1, 2);
}

}  // namespace rotor
