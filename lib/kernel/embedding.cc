#include "kernel/embedding.h"

#include "tensor/parallel.h"

namespace rotor {

Tensor embedding(const WeightRows& table, std::span<const int32_t> ids, float factor) {
  const int64_t vocabulary = table.rows(), width = table.width(), count = std::ssize(ids);
  for (int32_t id : ids) {
    ROTOR_CHECK(id >= 0 && id < vocabulary, "expected token ids below {}, got {}: text and model differ in vocabulary",
                vocabulary, id);
  }
  Tensor y({count, width});
  parallel_for(y.elements() > kParallelElements, count, [&](int64_t i) {
    float* to = y.data() + i * width;
    table.read(ids[i], to);
#pragma omp simd
    for (int64_t c = 0; c < width; ++c) to[c] *= factor;
  });
  return y;
}

void embedding_backward(const Tensor& gradient, std::span<const int32_t> ids, float factor, int32_t padding,
                        const Tensor& to) {
  const int64_t width = to.size(1);
  const float* from = gradient.span().data();
  constexpr int kParts = 64;
  parallel_for(gradient.elements() > kParallelElements, kParts, [&](int64_t part) {  // each adds to its own rows
    for (size_t i = 0; i < ids.size(); ++i) {
      if (ids[i] % kParts != part || ids[i] == padding) continue;
      float* row = to.data() + ids[i] * width;
#pragma omp simd
      for (int64_t c = 0; c < width; ++c) row[c] += factor * from[i * width + c];
    }
  });
}

}  // namespace rotor
