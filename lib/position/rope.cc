#include "position/rope.h"

#include <cmath>
#include <vector>

#include "autograd/variable.h"

namespace rotor {
namespace {

/// cos and sin of the angles of a range of positions: [T, d/2] each.
struct Angles {
  std::vector<float> cosines, sines;
};

/// Which numbers of a head form pair i: (i · step, i · step + gap).
struct Pairs {
  int64_t step, gap;
};

/// Every pair of every row of `given` [B,H,T,d] turned by its position's angles, or back if `direction` is −1 (eq 34).
Tensor rotate(const Tensor& given, const Angles& angles, Pairs pairs, float direction) {
  const Tensor x = given.stride(3) == 1 ? given : given.contiguous();  // a gradient through kᵀ may come transposed
  const int64_t batch = x.size(0), heads = x.size(1), length = x.size(2), half = x.size(3) / 2;
  Tensor y = Tensor::like(x);
#pragma omp parallel for collapse(2) if (x.elements() > 16384)
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

class Rope : public PositionEncoding {
 public:
  Rope(int64_t head_width, double base, bool half_layout)
      : half_(head_width / 2), base_(base), pairs_(half_layout ? Pairs{1, half_} : Pairs{2, 1}) {}

  Variable on_queries(const Variable& q, Range at) const override { return turn(q, at); }
  Variable on_keys(const Variable& k, Range at) const override { return turn(k, at); }

 private:
  Variable turn(const Variable& x, Range at) const {
    auto angles = std::make_shared<const Angles>(angles_of(at));
    return record(rotate(x.value(), *angles, pairs_, 1), {x}, [angles, pairs = pairs_](const Tensor& g, Gradients d) {
      d.add(0, rotate(g, *angles, pairs, -1));  // a rotation's inverse is its transpose
    });
  }

  Angles angles_of(Range at) const {
    Angles angles;
    for (int64_t m = at.begin; m < at.end(); ++m) {
      for (int64_t i = 0; i < half_; ++i) {
        const double angle =
            static_cast<double>(m) * std::pow(base_, -static_cast<double>(i) / static_cast<double>(half_));
        angles.cosines.push_back(static_cast<float>(std::cos(angle)));
        angles.sines.push_back(static_cast<float>(std::sin(angle)));
      }
    }
    return angles;
  }

  int64_t half_;
  double base_;
  Pairs pairs_;
};

}  // namespace

std::unique_ptr<PositionEncoding> make_rope(const PositionOptions& options, const StackSizes& sizes) {
  CHECK(sizes.head_width() % 2 == 0, "rope turns pairs: expected an even head width, got {} ({} / {} heads)",
        sizes.head_width(), sizes.width, sizes.heads);
  CHECK(options.rope_base > 0, "expected --rope-base above 0, got {}", options.rope_base);
  return std::make_unique<Rope>(sizes.head_width(), options.rope_base, options.rope_layout == "half");
}

}  // namespace rotor
