#include "kernel/rotation.h"

#include <algorithm>

#include "kernel/heads.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

/// The number of pairs, for which there are angles.
int64_t pairs_of(const Tensor& x, const Angles& angles) {
  ROTOR_CHECK(x.rank() == 4, "expected heads as [B, H, T, d], got {}", x.shape().str());
  const int64_t length = x.size(2), numbers = std::ssize(angles.cosines);
  const int64_t pairs = length > 0 ? numbers / length : 0;
  ROTOR_CHECK(pairs * length == numbers && 2 * pairs <= x.size(3) && angles.sines.size() == angles.cosines.size(),
              "expected angles of {} positions and at most {} pairs, got {} cosines and {} sines", length,
              x.size(3) / 2, angles.cosines.size(), angles.sines.size());
  return pairs;
}

}  // namespace

Tensor rotate(const Tensor& given, const Angles& angles, Pairs pairs, float direction) {
  const int64_t half = pairs_of(given, angles);
  const Tensor x = with_dense_rows(given);  // a gradient through kᵀ may come transposed
  const int64_t batch = x.size(0), heads = x.size(1), length = x.size(2), rest = x.size(3) - 2 * half;
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
      std::copy_n(from + 2 * half, rest, to + 2 * half);
    }
  });
  return y;
}

}  // namespace rotor
