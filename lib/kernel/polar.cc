#include "kernel/polar.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernel/simd.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

constexpr auto kTurn = static_cast<float>(2 * std::numbers::pi);

/// ln(1 + e^x), without overflow. With e = e^(−|x|), ln(1 + e) is 2 artanh(e / (2 + e)), whose series is cut
/// where a float has no more digits.
inline float softplus(float x) {
  const float e = fast_exp(-std::abs(x)), ratio = e / (2 + e), square = ratio * ratio;
  float series = 1.f / 13;
  series = series * square + 1.f / 11;
  series = series * square + 1.f / 9;
  series = series * square + 1.f / 7;
  series = series * square + 1.f / 5;
  series = series * square + 1.f / 3;
  return larger(x, 0.f) + 2 * (ratio + ratio * square * series);
}

/// The cosines and sines of all angles [H, T, d]; without phases those of one head serve all.
class Directions {
 public:
  Directions(const PolarAngles& angles, int64_t heads, int64_t length)
      : length_(length),
        width_(std::ssize(angles.frequencies)),
        cosines_({angles.phases.defined() ? heads : 1, length, width_}),
        sines_(cosines_.shape()) {
    parallel_for(cosines_.elements() > 1024, cosines_.size(0) * length, [&](int64_t row) {
      const float* phases = angles.phases.defined() ? angles.phases.data() + row / length * width_ : nullptr;
      for (int64_t i = 0; i < width_; ++i) {
        const double turned = static_cast<double>(angles.begin + row % length) * angles.frequencies[i],
                     angle = turned + (phases ? std::clamp(phases[i], -kTurn, 0.f) : 0);
        cosines_.data()[row * width_ + i] = static_cast<float>(std::cos(angle));
        sines_.data()[row * width_ + i] = static_cast<float>(std::sin(angle));
      }
    });
  }

  const float* cosines(int64_t h, int64_t t) const { return cosines_.data() + offset(h, t); }
  const float* sines(int64_t h, int64_t t) const { return sines_.data() + offset(h, t); }

 private:
  int64_t offset(int64_t h, int64_t t) const { return ((cosines_.size(0) == 1 ? 0 : h) * length_ + t) * width_; }

  int64_t length_, width_;
  Tensor cosines_, sines_;
};

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
  const Directions directions(angles, heads, length);
  Tensor out({x.size(0), heads, length, 2 * d});
  parallel_for(out.elements() > kParallelElements, x.size(0) * heads * length, [&](int64_t row) {
    const int64_t h = row / length % heads, t = row % length;
    const float *from = in.data() + row * d, *cosines = directions.cosines(h, t), *sines = directions.sines(h, t);
    float *across = out.data() + row * 2 * d, *up = across + d;
#pragma omp simd
    for (int64_t i = 0; i < d; ++i) {
      const float size = softplus(from[i]);
      across[i] = size * cosines[i];
      up[i] = size * sines[i];
    }
  });
  return out;
}

PolarGradients polar_backward(const Tensor& gradient, const Tensor& x, const PolarAngles& angles) {
  const Tensor g = gradient.contiguous(), in = x.contiguous();
  const int64_t batch = x.size(0), heads = x.size(1), length = x.size(2), d = x.size(3);
  const Directions directions(angles, heads, length);
  PolarGradients result{Tensor(x.shape()), {}};
  if (angles.phases.defined()) result.phases = Tensor(angles.phases.shape());
  parallel_for(g.elements() > kParallelElements, heads, [&](int64_t h) {
    std::vector<double> of_phases(d);
    double* sums = of_phases.data();
    for (int64_t n = 0; n < batch * length; ++n) {
      const int64_t t = n % length, row = (n / length * heads + h) * length + t;
      const float *across = g.data() + row * 2 * d, *up = across + d, *from = in.data() + row * d;
      const float *cosines = directions.cosines(h, t), *sines = directions.sines(h, t);
      float* to = result.x.data() + row * d;
#pragma omp simd
      for (int64_t i = 0; i < d; ++i) to[i] = Sigmoid(from[i]).value * (across[i] * cosines[i] + up[i] * sines[i]);
      if (!result.phases.defined()) continue;
#pragma omp simd
      for (int64_t i = 0; i < d; ++i) sums[i] += softplus(from[i]) * (up[i] * cosines[i] - across[i] * sines[i]);
    }
    for (int64_t i = 0; i < d && result.phases.defined(); ++i) {
      const float phase = angles.phases.data()[h * d + i];
      result.phases.data()[h * d + i] = phase >= -kTurn && phase <= 0 ? static_cast<float>(of_phases[i]) : 0.f;
    }
  });
  return result;
}

}  // namespace rotor
