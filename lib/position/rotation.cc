#include "position/rotation.h"

#include <cmath>
#include <memory>

#include "base/option_text.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

/// Every pair of every row of `given` [B,H,T,d] turned by its position's angles, or back if `direction` is −1 (eq 34).
Tensor rotate(const Tensor& given, const Angles& angles, Pairs pairs, float direction) {
  const Tensor x = given.stride(3) == 1 ? given : given.contiguous();  // a gradient through kᵀ may come transposed
  const int64_t batch = x.size(0), heads = x.size(1), length = x.size(2), half = x.size(3) / 2;
  Tensor y = Tensor::like(x);
#pragma omp parallel for collapse(2) if (x.elements() > kParallelElements)
  for (int64_t b = 0; b < batch; ++b) {
    for (int64_t t = 0; t < length; ++t) {
      const float *c = angles.cosines.data() + t * half, *s = angles.sines.data() + t * half;
      for (int64_t h = 0; h < heads; ++h) {
        const float* from = x.data() + b * x.stride(0) + h * x.stride(1) + t * x.stride(2);
        float* to = y.data() + b * y.stride(0) + h * y.stride(1) + t * y.stride(2);
#pragma omp simd
        for (int64_t i = 0; i < half; ++i) {
          const float first = from[i * pairs.step], second = from[i * pairs.step + pairs.gap];
          to[i * pairs.step] = first * c[i] - direction * second * s[i];
          to[i * pairs.step + pairs.gap] = second * c[i] + direction * first * s[i];
        }
      }
    }
  }
  return y;
}

}  // namespace

Rotation::Rotation(const PositionOptions& options, const StackSizes& sizes, const char* name)
    : half_(sizes.head_width() / 2),
      base_(options.rope_base),
      pairs_(options.rope_layout == "half" ? Pairs{1, half_} : Pairs{2, 1}) {
  require(sizes.head_width() % 2 == 0, "{} turns pairs: expected an even head width, got {} ({} / {} heads)", name,
          sizes.head_width(), sizes.width, sizes.heads);
}

void Rotation::push_back(Angles& angles, int64_t m, int64_t i, double length) const {
  const double angle = static_cast<double>(m) * std::pow(base_, -static_cast<double>(i) / static_cast<double>(half_));
  angles.cosines.push_back(static_cast<float>(length * std::cos(angle)));
  angles.sines.push_back(static_cast<float>(length * std::sin(angle)));
}

Variable Rotation::turn(const Variable& x, Angles angles) const {
  auto kept = std::make_shared<const Angles>(std::move(angles));
  return record(rotate(x.value(), *kept, pairs_, 1), {x}, [kept, pairs = pairs_](const Tensor& g, Gradients d) {
    // A rotation's inverse is its transpose; lengths stay as they are.
    d.add(0, rotate(g, *kept, pairs, -1));
  });
}

}  // namespace rotor
