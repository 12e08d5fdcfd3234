#include "kernel/polar.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "tensor/parallel.h"

namespace rotor {
namespace {

constexpr auto kTurn = static_cast<float>(2 * std::numbers::pi);

/// ln(1 + e^x), without overflow.
double softplus(double x) {
  return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}

/// Its slope.
double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

/// The angle of number i of head h at the t-th position.
double angle(const PolarAngles& angles, int64_t h, int64_t t, int64_t i) {
  const double turned = static_cast<double>(angles.begin + t) * angles.frequencies[i];
  if (!angles.phases.defined()) return turned;
  return turned + std::clamp(angles.phases.data()[h * std::ssize(angles.frequencies) + i], -kTurn, 0.f);
}

void check_sizes(const Tensor& x, const PolarAngles& angles) {
  ROTOR_CHECK(x.rank() == 4 && x.size(3) == std::ssize(angles.frequencies), "expected heads as [B, H, T, {}], got {}",
              angles.frequencies.size(), x.shape().str());
  ROTOR_CHECK(!angles.phases.defined() || angles.phases.shape() == (Shape{x.size(1), x.size(3)}),
              "expected phases for each of {} heads, got {}", x.size(1), angles.phases.shape().str());
}

}  // namespace

Tensor polar(const Tensor& x, const PolarAngles& angles) {
  check_sizes(x, angles);
  const Tensor in = x.contiguous();
  const int64_t heads = x.size(1), length = x.size(2), d = x.size(3);
  Tensor out({x.size(0), heads, length, 2 * d});
  parallel_for(out.elements() > kParallelElements, x.size(0) * heads * length, [&](int64_t row) {
    const float* from = in.data() + row * d;
    float* to = out.data() + row * 2 * d;
    for (int64_t i = 0; i < d; ++i) {
      const double size = softplus(from[i]), phi = angle(angles, row / length % heads, row % length, i);
      to[i] = static_cast<float>(size * std::cos(phi));
      to[d + i] = static_cast<float>(size * std::sin(phi));
    }
  });
  return out;
}

PolarGradients polar_backward(const Tensor& gradient, const Tensor& x, const PolarAngles& angles) {
  const Tensor g = gradient.contiguous(), in = x.contiguous();
  const int64_t batch = x.size(0), heads = x.size(1), length = x.size(2), d = x.size(3);
  PolarGradients result{Tensor(x.shape()), {}};
  if (angles.phases.defined()) result.phases = Tensor(angles.phases.shape());
  parallel_for(g.elements() > kParallelElements, heads, [&](int64_t h) {
    std::vector<double> of_phases(d);
    for (int64_t n = 0; n < batch * length; ++n) {
      const int64_t row = (n / length * heads + h) * length + n % length;
      const float *across = g.data() + row * 2 * d, *up = across + d, *from = in.data() + row * d;
      for (int64_t i = 0; i < d; ++i) {
        const double phi = angle(angles, h, n % length, i), cosine = std::cos(phi), sine = std::sin(phi);
        result.x.data()[row * d + i] = static_cast<float>(sigmoid(from[i]) * (across[i] * cosine + up[i] * sine));
        of_phases[i] += softplus(from[i]) * (up[i] * cosine - across[i] * sine);
      }
    }
    for (int64_t i = 0; i < d && result.phases.defined(); ++i) {
      const float phase = angles.phases.data()[h * d + i];
      result.phases.data()[h * d + i] = phase >= -kTurn && phase <= 0 ? static_cast<float>(of_phases[i]) : 0.f;
    }
  });
  return result;
}

}  // namespace rotor
