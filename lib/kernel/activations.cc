#include "kernel/activations.h"

#include <cmath>
#include <numbers>

#include "kernel/generate.h"
#include "kernel/simd.h"

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

struct Gelu {
  static constexpr float kRootHalf = std::numbers::sqrt2_v<float> / 2;
  static constexpr float kDensity = std::numbers::inv_sqrtpi_v<float> * kRootHalf;  // 1 / √(2π)

  static float cumulative(float x) { return 0.5f * (1 + std::erf(x * kRootHalf)); }
  static float value(float x) { return x * cumulative(x); }
  static float slope(float x) { return cumulative(x) + x * kDensity * std::exp(-0.5f * x * x); }
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

struct Tanh {
  static float value(float x) { return std::tanh(x); }
  static float slope(float x) { return 1 - value(x) * value(x); }
};

template <typename Activation>
Tensor apply(const Tensor& x) {
  return generate(x, [from = numbers(x, x)](int64_t i) { return Activation::value(from[i]); });
}

template <typename Activation>
Tensor apply_backward(const Tensor& gradient, const Tensor& x) {
  return generate(
      x, [g = numbers(gradient, x), from = numbers(x, x)](int64_t i) { return g[i] * Activation::slope(from[i]); });
}

template <typename Activation>
Tensor gate(const Tensor& x, const Tensor& by) {
  return generate(
      x, [from = numbers(x, x), factor = numbers(by, x)](int64_t i) { return Activation::value(from[i]) * factor[i]; });
}

template <typename Activation>
GateGradients gate_backward(const Tensor& gradient, const Tensor& x, const Tensor& by) {
  const Tensor d_by(x.shape());
  const Tensor d_x = generate(
      x, [g = numbers(gradient, x), from = numbers(x, x), factor = numbers(by, x), to = d_by.data()](int64_t i) {
        to[i] = g[i] * Activation::value(from[i]);
        return g[i] * factor[i] * Activation::slope(from[i]);
      });
  return {d_x, d_by};
}

}  // namespace

Tensor relu(const Tensor& x) {
  return generate(x, [in = numbers(x, x)](int64_t i) { return in[i] < 0 ? 0.f : in[i]; });
}
Tensor relu_backward(const Tensor& gradient, const Tensor& y) {
  return generate(y, [out = numbers(y, y), g = numbers(gradient, y)](int64_t i) { return out[i] > 0 ? g[i] : 0.f; });
}

Tensor gelu(const Tensor& x) {
  return apply<Gelu>(x);
}
Tensor gelu_backward(const Tensor& gradient, const Tensor& x) {
  return apply_backward<Gelu>(gradient, x);
}

Tensor tanh(const Tensor& x) {
  return apply<Tanh>(x);
}
Tensor tanh_backward(const Tensor& gradient, const Tensor& x) {
  return apply_backward<Tanh>(gradient, x);
}

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
