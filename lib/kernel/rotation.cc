#include "kernel/rotation.h"

#include "tensor/parallel.h"

namespace rotor {

Tensor rotate(const Tensor& given, const Angles& angles, Pairs pairs, float direction) {
  ROTOR_CHECK(given.rank() == 4 && given.size(3) % 2 == 0, "expected heads as [B, H, T, d] with an even d, got {}",
              given.shape().str());
  const Tensor x = given.stride(3) == 1 ? given : given.contiguous();  // a gradient through kᵀ may come transposed
  const int64_t batch = x.size(0), heads = x.size(1), length = x.size(2), half = x.size(3) / 2;
  ROTOR_CHECK(std::ssize(angles.cosines) == length * half && angles.sines.size() == angles.cosines.size(),
              "expected angles of {} positions and {} pairs, got {} cosines and {} sines", length, half,
              angles.cosines.size(), angles.sines.size());
  Tensor y = Tensor::like(x);
  parallel_for(x.elements() > kParallelElements, batch * length, [&](int64_t each) {
    const int64_t b = each / length, t = each % length;
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
  });
  return y;
}

}  // namespace rotor
