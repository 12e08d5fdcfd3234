// Pieces for loops that compilers turn into vector instructions.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace rotor {

#ifdef __AVX512F__
inline constexpr int kLanes = 16;  ///< floats in a vector register
#else
inline constexpr int kLanes = 8;
#endif

/// A vector register of floats, which memory need not be aligned for.
using Vector = float __attribute__((vector_size(kLanes * sizeof(float)), aligned(sizeof(float)), may_alias));

/// e^x to about 1 ulp for x in [-87, 88], clamped outside; NaN stays NaN. 2^n · e^r with |r| <= ln 2 / 2, e^r by the
/// polynomial of Cephes' expf.
inline float fast_exp(float x) {
  x = x < -87.33654f ? -87.33654f : x;
  x = x > 88.37626f ? 88.37626f : x;
  constexpr float kRound = 12582912.f;  // 1.5 · 2^23: adding it rounds to an integer in the low bits
  const float shifted = x * 1.44269504f + kRound;
  const float n = shifted - kRound;
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.f;
  const uint32_t power = (std::bit_cast<uint32_t>(shifted) << 23) + 0x3f800000u;
  return p * std::bit_cast<float>(power);
}

inline Vector load(const float* from) {
  return *reinterpret_cast<const Vector*>(from);
}

/// The sum of a vector's numbers, pair by pair.
inline float sum_lanes(Vector v) {
  using Eight = float __attribute__((vector_size(32)));
  using Four = float __attribute__((vector_size(16)));
  Eight eight;
  if constexpr (kLanes == 16) {
    eight = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) +
            __builtin_shufflevector(v, v, kLanes - 8, kLanes - 7, kLanes - 6, kLanes - 5, kLanes - 4, kLanes - 3,
                                    kLanes - 2, kLanes - 1);
  } else {
    eight = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7);
  }
  const Four four =
      __builtin_shufflevector(eight, eight, 0, 1, 2, 3) + __builtin_shufflevector(eight, eight, 4, 5, 6, 7);
  return (four[0] + four[2]) + (four[1] + four[3]);
}

/// The largest of x[0 … n), n > 0; NaN is passed over. Vectors by hand: compilers keep the order of comparisons.
inline float maximum(const float* x, int64_t n) {
  float largest = -INFINITY;
  int64_t i = 0;
  if (n >= kLanes) {
    Vector most = load(x);
    most = most == most ? most : largest - Vector{};
    for (i = kLanes; i + kLanes <= n; i += kLanes) {
      const Vector next = load(x + i);
      most = next > most ? next : most;
    }
    for (int lane = 0; lane < kLanes; ++lane) largest = std::max(largest, most[lane]);
  }
  for (; i < n; ++i) largest = std::max(largest, x[i]);
  return largest;
}

}  // namespace rotor
