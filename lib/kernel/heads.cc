#include "kernel/heads.h"

#include "tensor/parallel.h"

namespace rotor {

Tensor repeat_heads(const Tensor& given, int64_t n) {
  const Tensor x = with_dense_rows(given);
  const int64_t heads = x.size(1) * n, length = x.size(2), width = x.size(3);
  const Tensor y({x.size(0), heads, length, width});
  parallel_for(y.elements() > kParallelElements, x.size(0) * heads, [&](int64_t i) {
    const Head from(x, i / heads, i % heads / n), to(y, i / heads, i % heads);
    for (int64_t t = 0; t < length; ++t) std::copy_n(from.row(t), width, to.row(t));
  });
  return y;
}

Tensor sum_repeated_heads(const Tensor& gradient, int64_t n) {
  const Tensor g = with_dense_rows(gradient);
  const int64_t heads = count_sharing(g.size(1), n), length = g.size(2), width = g.size(3);
  const Tensor sums = heads_tensor(g.size(0), heads, length, width);
  parallel_for(g.elements() > kParallelElements, g.size(0) * heads, [&](int64_t i) {
    const int64_t b = i / heads, h = i % heads;
    const Head to(sums, b, h);
    zero_rows(to, 0, length, width);
    for (int64_t copy = 0; copy < n; ++copy) {
      const Head from(g, b, h * n + copy);
      for (int64_t t = 0; t < length; ++t) {
#pragma omp simd
        for (int64_t c = 0; c < width; ++c) to.row(t)[c] += from.row(t)[c];
      }
    }
  });
  return sums;
}

}  // namespace rotor
