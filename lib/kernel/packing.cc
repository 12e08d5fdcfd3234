#include "kernel/packing.h"

#include <algorithm>
#include <cstring>

#include "tensor/parallel.h"

namespace rotor {

Tensor pack_tokens(const Tensor& padded, const Packing& packing) {
  const Tensor x = padded.contiguous();
  const int64_t width = x.size(2);
  ROTOR_CHECK((x.shape() == Shape{packing.rows(), packing.length(), width}),
              "expected {} sentences of {} tokens, got {}", packing.rows(), packing.length(), x.shape().str());
  Tensor y({packing.tokens(), width});
  parallel_for(y.elements() > kParallelElements, packing.rows(), [&](int64_t row) {
    std::memcpy(y.data() + packing.begin(row) * width, x.data() + row * packing.length() * width,
                packing.size(row) * width * sizeof(float));
  });
  return y;
}

Tensor unpack_tokens(const Tensor& packed, const Packing& packing) {
  const Tensor x = packed.contiguous();
  const int64_t width = x.size(1), row_size = packing.length() * width;
  ROTOR_CHECK(x.size(0) == packing.tokens(), "expected {} packed tokens, got {}", packing.tokens(), x.shape().str());
  Tensor y({packing.rows(), packing.length(), width});
  parallel_for(y.elements() > kParallelElements, packing.rows(), [&](int64_t row) {
    const int64_t size = packing.size(row) * width;
    std::memcpy(y.data() + row * row_size, x.data() + packing.begin(row) * width, size * sizeof(float));
    std::fill(y.data() + row * row_size + size, y.data() + (row + 1) * row_size, 0.f);
  });
  return y;
}

Tensor row_means(const Tensor& packed, const Packing& packing) {
  const Tensor x = packed.contiguous();
  const int64_t width = x.size(1);
  ROTOR_CHECK(x.size(0) == packing.tokens(), "expected {} packed tokens, got {}", packing.tokens(), x.shape().str());
  Tensor y = Tensor::zeros({packing.rows(), width});
  parallel_for(x.elements() > kParallelElements, packing.rows(), [&](int64_t row) {
    float* to = y.data() + row * width;
    for (int64_t t = 0; t < packing.size(row); ++t) {
      const float* from = x.data() + (packing.begin(row) + t) * width;
      for (int64_t i = 0; i < width; ++i) to[i] += from[i];
    }
    const float scale = 1 / static_cast<float>(packing.size(row));
    for (int64_t i = 0; i < width; ++i) to[i] *= scale;
  });
  return y;
}

Tensor row_means_backward(const Tensor& gradient, const Packing& packing) {
  const Tensor g = gradient.contiguous();
  const int64_t width = g.size(1);
  Tensor x({packing.tokens(), width});
  parallel_for(x.elements() > kParallelElements, packing.rows(), [&](int64_t row) {
    const float* from = g.data() + row * width;
    const float scale = 1 / static_cast<float>(packing.size(row));
    for (int64_t t = 0; t < packing.size(row); ++t) {
      float* to = x.data() + (packing.begin(row) + t) * width;
      for (int64_t i = 0; i < width; ++i) to[i] = scale * from[i];
    }
  });
  return x;
}

}  // namespace rotor
