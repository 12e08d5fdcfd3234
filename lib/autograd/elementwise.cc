#include "autograd/elementwise.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernel/activations.h"
#include "kernel/dropout.h"
#include "kernel/heads.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

/// y[i] = f(i) for every element of a new tensor of x's shape; everything contiguous.
template <typename F>
Tensor generate(const Tensor& x, F f) {
  Tensor y(x.shape());
  float* to = y.data();
  const int64_t n = x.elements();
#pragma omp parallel for simd if (n > kParallelElements)
  for (int64_t i = 0; i < n; ++i) to[i] = f(i);
  return y;
}

const float* numbers(const Tensor& x) {
  return x.span().data();
}

/// gradient [.., S] summed over the leading axes that `shape` lacks, in their order.
Tensor sum_leading(const Tensor& gradient, const Shape& shape) {
  constexpr int64_t kBlock = 64;  // numbers of the sum a thread takes at a time
  const Tensor dense = gradient.contiguous();
  const int64_t n = shape.elements(), copies = n ? dense.elements() / n : 0;
  Tensor result = Tensor::zeros(shape);
  const float* from = dense.data();
  float* to = result.data();
#pragma omp parallel for if (dense.elements() > kParallelElements)
  for (int64_t begin = 0; begin < n; begin += kBlock) {
    const int64_t end = std::min(n, begin + kBlock);
    for (int64_t c = 0; c < copies; ++c) {
#pragma omp simd
      for (int64_t i = begin; i < end; ++i) to[i] += from[c * n + i];
    }
  }
  return result;
}

/// a + b for b's shape the end of a's; everything contiguous.
Tensor sum_of(const Tensor& a, const Tensor& b) {
  Tensor result(a.shape());
  const float *x = numbers(a), *y = numbers(b);
  float* to = result.data();
  const int64_t period = b.elements();
#pragma omp parallel for if (result.elements() > kParallelElements)
  for (int64_t row = 0; row < result.elements() / std::max<int64_t>(period, 1); ++row) {
#pragma omp simd
    for (int64_t i = 0; i < period; ++i) to[row * period + i] = x[row * period + i] + y[i];
  }
  return result;
}

}  // namespace

Variable add(const Variable& a, const Variable& b) {
  const Shape shape = b.shape();
  bool matches = shape.rank() <= a.rank();
  for (int axis = 1; matches && axis <= shape.rank(); ++axis) matches = a.size(-axis) == b.size(-axis);
  ROTOR_CHECK(matches, "cannot add {} to {}", shape.str(), a.shape().str());
  return record(sum_of(a.value().contiguous(), b.value().contiguous()), {a, b}, [shape](const Tensor& g, Gradients d) {
    d.share(0, g);
    if (!d.wanted(1)) return;
    if (shape == g.shape()) {
      d.share(1, g);
    } else {
      d.add(1, sum_leading(g, shape));
    }
  });
}

Variable mul(const Variable& a, const Variable& b) {
  ROTOR_CHECK(a.shape() == b.shape(), "cannot multiply {} by {}", a.shape().str(), b.shape().str());
  const Tensor x = a.value(), y = b.value();
  auto product = [](const Tensor& p, const Tensor& q) {
    return generate(p, [u = numbers(p), v = numbers(q)](int64_t i) { return u[i] * v[i]; });
  };
  return record(product(x, y), {a, b}, [x, y, product](const Tensor& g, Gradients d) {
    if (d.wanted(0)) d.add(0, product(g, y));
    if (d.wanted(1)) d.add(1, product(g, x));
  });
}

Variable scale(const Variable& x, float factor) {
  auto scaled = [factor](const Tensor& t) {
    Tensor result = Tensor::like(t);
    result.fill(0);
    result.add(t, factor);
    return result;
  };
  return record(scaled(x.value()), {x}, [scaled](const Tensor& g, Gradients d) { d.add(0, scaled(g)); });
}

Variable sum(const Variable& x) {
  double total = 0;
  for (float value : x.value().span()) total += value;
  return record(Tensor::full({}, static_cast<float>(total)), {x},
                [shape = x.shape()](const Tensor& g, Gradients d) { d.add(0, Tensor::full(shape, g.item())); });
}

Variable relu(const Variable& x) {
  Tensor y = generate(x.value(), [in = numbers(x.value())](int64_t i) { return in[i] < 0 ? 0.f : in[i]; });
  return record(y, {x}, [y](const Tensor& g, Gradients d) {
    d.add(0,
          generate(g, [out = y.data(), gradient = numbers(g)](int64_t i) { return out[i] > 0 ? gradient[i] : 0.f; }));
  });
}

Variable gelu(const Variable& x) {
  constexpr float kRootHalf = std::numbers::sqrt2_v<float> / 2;
  constexpr float kDensity = std::numbers::inv_sqrtpi_v<float> * kRootHalf;  // 1 / √(2π)
  auto cumulative = [](float v) { return 0.5f * (1 + std::erf(v * kRootHalf)); };
  const Tensor in = x.value();
  Tensor y = generate(in, [=, v = numbers(in)](int64_t i) { return v[i] * cumulative(v[i]); });
  return record(y, {x}, [in, cumulative](const Tensor& g, Gradients d) {
    d.add(0, generate(g, [=, v = numbers(in), gradient = numbers(g)](int64_t i) {
            return gradient[i] * (cumulative(v[i]) + v[i] * kDensity * std::exp(-0.5f * v[i] * v[i]));
          }));
  });
}

namespace {

/// y = f(x), computed again for linear layers on it: x is kept in any case.
Variable activate(const Variable& x, Tensor (*f)(const Tensor&), Tensor (*backward)(const Tensor&, const Tensor&)) {
  const Tensor in = x.value();
  Variable y = record(f(in), {x}, [in, backward](const Tensor& g, Gradients d) { d.add(0, backward(g, in)); });
  y.keep_by([in, f] { return f(in); });
  return y;
}

/// y = f(x, by), computed again as activate()'s.
Variable gate(const Variable& x, const Variable& by, Tensor (*f)(const Tensor&, const Tensor&),
              GateGradients (*backward)(const Tensor&, const Tensor&, const Tensor&)) {
  const Tensor in = x.value(), factor = by.value();
  Variable y = record(f(in, factor), {x, by}, [in, factor, backward](const Tensor& g, Gradients d) {
    GateGradients gradients = backward(g, in, factor);
    d.add(0, std::move(gradients.x));
    d.add(1, std::move(gradients.by));
  });
  y.keep_by([in, factor, f] { return f(in, factor); });
  return y;
}

}  // namespace

Variable gelu_tanh(const Variable& x) {
  return activate(x, gelu_tanh, gelu_tanh_backward);
}

Variable swish(const Variable& x) {
  return activate(x, swish, swish_backward);
}

Variable swish_gate(const Variable& x, const Variable& by) {
  return gate(x, by, swish_gate, swish_gate_backward);
}

Variable gelu_tanh_gate(const Variable& x, const Variable& by) {
  return gate(x, by, gelu_tanh_gate, gelu_tanh_gate_backward);
}

Variable dropout(const Variable& x, float rate) {
  if (rate == 0 || !recording()) return x;
  const Dropout::Mask mask(Dropout{rate, next_random_key()});
  auto masked = [mask](const Tensor& t) {
    return generate(t, [mask, in = numbers(t)](int64_t i) { return in[i] * mask(static_cast<uint32_t>(i)); });
  };
  return record(masked(x.value()), {x}, [masked](const Tensor& g, Gradients d) { d.add(0, masked(g)); });
}

Variable add_dropout(const Variable& x, const Variable& y, float rate) {
  if (rate == 0 || !recording()) return add(x, y);
  ROTOR_CHECK(x.shape() == y.shape(), "cannot add {} to {}", y.shape().str(), x.shape().str());
  const Dropout::Mask mask(Dropout{rate, next_random_key()});
  Tensor result = generate(x.value(), [mask, a = numbers(x.value()), b = numbers(y.value())](int64_t i) {
    return a[i] + b[i] * mask(static_cast<uint32_t>(i));
  });
  return record(result, {x, y}, [mask](const Tensor& g, Gradients d) {
    d.share(0, g);
    d.add(1, generate(g, [mask, in = numbers(g)](int64_t i) { return in[i] * mask(static_cast<uint32_t>(i)); }));
  });
}

Variable reshape(const Variable& x, Shape shape) {
  return record(x.value().contiguous().reshape(shape), {x},
                [before = x.shape()](const Tensor& g, Gradients d) { d.share(0, g.contiguous().reshape(before)); });
}

Variable transpose(const Variable& x, int a, int b) {
  return record(x.value().transpose(a, b), {x},
                [a, b](const Tensor& g, Gradients d) { d.share(0, g.transpose(a, b)); });
}

Variable split_heads(const Variable& x, int64_t heads) {
  return transpose(reshape(x, {x.size(0), x.size(1), heads, x.size(2) / heads}), 1, 2);
}

Variable merge_heads(const Variable& x) {
  return reshape(transpose(x, 1, 2), {x.size(0), x.size(2), x.size(1) * x.size(3)});
}

Variable repeat_heads(const Variable& x, int64_t n) {
  if (n == 1) return x;
  return record(repeat_heads(x.value(), n), {x},
                [n](const Tensor& g, Gradients d) { d.add(0, sum_repeated_heads(g, n)); });
}

}  // namespace rotor
