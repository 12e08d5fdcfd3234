#include "kernel/activations.h"

#include "kernel/simd.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

/// sigmoid(x), and 1 − sigmoid(x) without cancellation.
struct Sigmoid {
  explicit Sigmoid(float x) {
    const float e = fast_exp(-x);
    value = 1 / (1 + e);
    rest = e * value;
  }
  float value, rest;
};

struct Swish {
  static float value(float x) { return x * Sigmoid(x).value; }
  static float slope(float x) {
    const Sigmoid s(x);
    return s.value + x * s.value * s.rest;
  }
};

/// ½ (1 + tanh(u)) is sigmoid(2u).
struct GeluTanh {
  static constexpr float kTwice = 1.5957691216f;  // 2 √(2/π)
  static constexpr float kCubic = 0.044715f;

  static float value(float x) { return x * Sigmoid(kTwice * (x + kCubic * x * x * x)).value; }
  static float slope(float x) {
    const Sigmoid s(kTwice * (x + kCubic * x * x * x));
    return s.value + x * s.value * s.rest * kTwice * (1 + 3 * kCubic * x * x);
  }
};

/// The first number of a tensor of as many as `like` has.
const float* numbers(const Tensor& x, const Tensor& like) {
  ROTOR_CHECK(x.shape() == like.shape(), "expected the shape {}, got {}", like.shape().str(), x.shape().str());
  return x.span().data();
}

template <typename F>
void for_each(const Tensor& x, F f) {
  const int64_t n = x.elements();
#pragma omp parallel for simd if (n > kParallelElements)
  for (int64_t i = 0; i < n; ++i) f(i);
}

template <typename Activation>
Tensor apply(const Tensor& x) {
  const Tensor y(x.shape());
  for_each(x, [from = numbers(x, x), to = y.data()](int64_t i) { to[i] = Activation::value(from[i]); });
  return y;
}

template <typename Activation>
Tensor apply_backward(const Tensor& gradient, const Tensor& x) {
  const Tensor d_x(x.shape());
  for_each(x, [g = numbers(gradient, x), from = numbers(x, x), to = d_x.data()](int64_t i) {
    to[i] = g[i] * Activation::slope(from[i]);
  });
  return d_x;
}

template <typename Activation>
Tensor gate(const Tensor& x, const Tensor& by) {
  const Tensor y(x.shape());
  for_each(x, [from = numbers(x, x), factor = numbers(by, x), to = y.data()](int64_t i) {
    to[i] = Activation::value(from[i]) * factor[i];
  });
  return y;
}

template <typename Activation>
GateGradients gate_backward(const Tensor& gradient, const Tensor& x, const Tensor& by) {
  GateGradients d{Tensor(x.shape()), Tensor(x.shape())};
  for_each(x, [g = numbers(gradient, x), from = numbers(x, x), factor = numbers(by, x), d_x = d.x.data(),
               d_by = d.by.data()](int64_t i) {
    d_x[i] = g[i] * factor[i] * Activation::slope(from[i]);
    d_by[i] = g[i] * Activation::value(from[i]);
  });
  return d;
}

}  // namespace

Tensor swish(const Tensor& x) {
  return apply<Swish>(x);
}
Tensor swish_backward(const Tensor& gradient, const Tensor& x) {
  return apply_backward<Swish>(gradient, x);
}

Tensor gelu_tanh(const Tensor& x) {
  return apply<GeluTanh>(x);
}
Tensor gelu_tanh_backward(const Tensor& gradient, const Tensor& x) {
  return apply_backward<GeluTanh>(gradient, x);
}

Tensor swish_gate(const Tensor& x, const Tensor& by) {
  return gate<Swish>(x, by);
}
GateGradients swish_gate_backward(const Tensor& gradient, const Tensor& x, const Tensor& by) {
  return gate_backward<Swish>(gradient, x, by);
}

Tensor gelu_tanh_gate(const Tensor& x, const Tensor& by) {
  return gate<GeluTanh>(x, by);
}
GateGradients gelu_tanh_gate_backward(const Tensor& gradient, const Tensor& x, const Tensor& by) {
  return gate_backward<GeluTanh>(gradient, x, by);
}

}  // namespace rotor
