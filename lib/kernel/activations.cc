#include "kernel/activations.h"

#include <cmath>
#include <numbers>

#include "kernel/generate.h"
#include "kernel/simd.h"

namespace rotor {
namespace {

/// The upper tail of the normal distribution at a = |x|: Q(a) = e^(−a²/2) · R(a), where R, half of erfcx(a/√2), falls
/// so smoothly that a quotient of polynomials gives it to 9e-9 of itself. All coefficients are positive, so nothing
/// cancels, and the tail keeps its accuracy where ½ (1 + erf(x/√2)) has lost it. Beyond kMost the tail stays what it is
/// there, 2e-37, so that no number is subnormal.
struct NormalTail {
  static constexpr float kMost = 12.75f;

  explicit NormalTail(float x) {
    a = std::abs(x);
    a = a > kMost ? kMost : a;
    const float square = a * a, rounding = std::fma(a, a, -square), e = exp_within(-0.5f * square);
    power = e - e * (0.5f * rounding);
    const float above = 0.5f + a * (0.434342414f + a * (0.180317476f + a * (0.0396522768f + a * 0.0039712931f)));
    const float below =
        1 + a * (1.66656971f + a * (1.19036138f + a * (0.461769611f + a * (0.0994014069f + a * 0.00995439943f))));
    ratio = above / below;
  }
  float a, power, ratio;  ///< a, e^(−a²/2) and R(a)
};

/// With the tail Q and the density q of a, gelu is max(x, 0) − a Q, and its slope Q − a q below 0 and 1 − (Q − a q)
/// above.
struct Gelu {
  static constexpr float kDensity = std::numbers::inv_sqrtpi_v<float> * std::numbers::sqrt2_v<float> / 2;  // 1 / √(2π)

  static float value(float x) {
    const NormalTail tail(x);
    return (x < 0 ? 0 : x) - tail.a * (tail.power * tail.ratio);
  }
  static float slope(float x) {
    const NormalTail tail(x);
    const float rest = tail.power * (tail.ratio - tail.a * kDensity);
    return x < 0 ? rest : 1 - rest;
  }
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
