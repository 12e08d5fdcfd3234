#include "kernel/elementwise.h"

#include <algorithm>

#include "kernel/generate.h"
#include "kernel/simd.h"

namespace rotor {
namespace {

/// to[i] = f(to[i], from[i]) for tensors of one shape and layout, in whatever order they lie in memory.
template <typename F>
void combine(const Tensor& to, const Tensor& from, F f) {
  float* out = to.data();
  const float* in = from.data();
  parallel_elements(to.elements() > kParallelElements, to.elements(), [=](int64_t i) { out[i] = f(out[i], in[i]); });
}

/// A copy of x in the layout of `like`, dense.
Tensor copy_like(const Tensor& x, const Tensor& like) {
  Tensor result = Tensor::like(like);
  result.copy_from(x);
  return result;
}

}  // namespace

Tensor add(const Tensor& a, const Tensor& b) {
  bool matches = b.rank() <= a.rank();
  for (int axis = 1; matches && axis <= b.rank(); ++axis) matches = a.size(-axis) == b.size(-axis);
  ROTOR_CHECK(matches, "expected numbers of the last axes of {} to add, got {}", a.shape().str(), b.shape().str());
  Tensor result(a.shape());
  const float *x = a.span().data(), *y = b.span().data();
  float* to = result.data();
  const int64_t period = b.elements();
  parallel_for(result.elements() > kParallelElements, result.elements() / std::max<int64_t>(period, 1),
               [&](int64_t row) {
#pragma omp simd
                 for (int64_t i = 0; i < period; ++i) to[row * period + i] = x[row * period + i] + y[i];
               });
  return result;
}

Tensor sum_leading(const Tensor& x, const Shape& shape) {
  constexpr int64_t kBlock = 64;  // numbers of the sum a thread takes at a time
  const Tensor dense = x.contiguous();
  const int64_t n = shape.elements(), copies = n ? dense.elements() / n : 0;
  Tensor result = Tensor::zeros(shape);
  const float* from = dense.data();
  float* to = result.data();
  parallel_for(dense.elements() > kParallelElements, (n + kBlock - 1) / kBlock, [&](int64_t block) {
    const int64_t begin = block * kBlock, end = std::min(n, begin + kBlock);
    for (int64_t c = 0; c < copies; ++c) {
#pragma omp simd
      for (int64_t i = begin; i < end; ++i) to[i] += from[c * n + i];
    }
  });
  return result;
}

Tensor mul(const Tensor& a, const Tensor& b) {
  return generate(a, [u = numbers(a, a), v = numbers(b, a)](int64_t i) { return u[i] * v[i]; });
}

Tensor scale(const Tensor& x, float factor) {
  if (!x.is_dense()) return scale(x.contiguous(), factor);
  Tensor result = Tensor::like(x);
  parallel_elements(x.elements() > kParallelElements, x.elements(),
                    [factor, from = x.data(), to = result.data()](int64_t i) { to[i] = factor * from[i]; });
  return result;
}

double sum(const Tensor& x) {
  double total = 0;
  for (float value : x.span()) total += value;
  return total;
}

Tensor dropout(const Tensor& x, const Dropout& dropout) {
  return generate(x, [mask = Dropout::Mask(dropout), in = numbers(x, x)](int64_t i) {
    return in[i] * mask(static_cast<uint32_t>(i));
  });
}

Tensor add_dropout(const Tensor& x, const Tensor& y, const Dropout& dropout) {
  return generate(x, [mask = Dropout::Mask(dropout), a = numbers(x, x), b = numbers(y, x)](int64_t i) {
    return a[i] + b[i] * mask(static_cast<uint32_t>(i));
  });
}

Tensor positive_features(const Tensor& x) {
  Tensor y = copy_like(x, x);
  combine(y, y, [](float value, float) { return value > 0 ? value + 1 : fast_exp(value); });
  return y;
}

Tensor positive_features_backward(const Tensor& gradient, const Tensor& y) {
  Tensor d_x = copy_like(gradient, y);
  combine(d_x, y, [](float g, float value) { return g * std::min(value, 1.f); });
  return d_x;
}

}  // namespace rotor
