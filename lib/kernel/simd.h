// Building blocks for loops that compilers turn into vector instructions.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace rotor {

#if defined(__AVX512F__)
inline constexpr int kLanes = 16;      ///< floats in a vector register
inline constexpr int kRegisters = 32;  ///< vector registers
#elif defined(__aarch64__)
inline constexpr int kLanes = 4;
inline constexpr int kRegisters = 32;
#else
inline constexpr int kLanes = 8;
inline constexpr int kRegisters = 16;
#endif

/// Returns n rounded up to whole vectors.
constexpr int64_t whole_vectors(int64_t n) {
  return (n + kLanes - 1) / kLanes * kLanes;
}

/// A vector register of floats; memory operands need not be aligned.
using Vector = float __attribute__((vector_size(kLanes * sizeof(float)), aligned(sizeof(float)), may_alias));
using VectorBits = uint32_t __attribute__((vector_size(kLanes * sizeof(uint32_t))));

/// Returns e^x of a float or of each float in a Vector, to about 1 ulp, for x in [-87, 88]; NaN stays NaN. It computes
/// 2^n · e^r with |r| <= ln 2 / 2, and e^r by the polynomial of Cephes' expf.
template <typename Floats>
inline Floats exp_within(Floats x) {
  using Bits = std::conditional_t<std::is_same_v<Floats, float>, uint32_t, VectorBits>;
  constexpr float kRound = 12582912.f;  // 1.5 · 2^23: adding it rounds to an integer in the low bits
  const Floats shifted = x * 1.44269504f + kRound;
  const Floats n = shifted - kRound;
  const Floats r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  Floats p = Floats{} + 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.f;
  const Bits power = (std::bit_cast<Bits>(shifted) << 23) + 0x3f800000u;
  return p * std::bit_cast<Floats>(power);
}

/// exp_within(x), clamped outside.
template <typename Floats>
inline Floats fast_exp(Floats x) {
  x = x < -87.33654f ? Floats{} - 87.33654f : x;
  x = x > 88.37626f ? Floats{} + 88.37626f : x;
  return exp_within(x);
}

/// sigmoid(x), and 1 − sigmoid(x) without cancellation.
struct Sigmoid {
  explicit Sigmoid(float x) {
    const float e = fast_exp(-x);
    value = 1 / (1 + e);
    rest = e * value;
  }
  float value, rest;
};

inline Vector load(const float* from) {
  return *reinterpret_cast<const Vector*>(from);
}

/// a · b + c in one rounding: compilers may make two of it where they share the product.
inline Vector multiply_add(Vector a, Vector b, Vector c) {
#if defined(__AVX512F__)
  return _mm512_fmadd_ps(a, b, c);
#elif defined(__FMA__)
  return _mm256_fmadd_ps(a, b, c);
#elif defined(__aarch64__)
  return vfmaq_f32(c, a, b);
#else
  for (int lane = 0; lane < kLanes; ++lane) c[lane] = std::fma(a[lane], b[lane], c[lane]);
  return c;
#endif
}

/// As many numbers of v as there are I, from number kFrom on.
template <int kFrom, typename Floats, size_t... I>
inline auto part_of(Floats v, std::index_sequence<I...>) {
  return __builtin_shufflevector(v, v, (kFrom + I)...);
}

/// Reduces a vector's numbers by f, pair by pair: the upper half with the lower half until one number is left.
template <typename Floats, typename F>
inline float fold_lanes(Floats v, F f) {
  constexpr int kHalf = sizeof(v) / sizeof(float) / 2;
  if constexpr (kHalf == 2) {
    const Floats two = f(v, __builtin_shufflevector(v, v, 2, 3, 0, 1));
    return f(two[0], two[1]);
  } else {
    constexpr auto kAll = std::make_index_sequence<kHalf>();
    return fold_lanes(f(part_of<0>(v, kAll), part_of<kHalf>(v, kAll)), f);
  }
}

inline float sum_lanes(Vector v) {
  return fold_lanes(v, [](auto a, auto b) { return a + b; });
}

/// The larger of a and b, element by element; b where a is NaN.
template <typename Floats>
inline Floats larger(Floats a, Floats b) {
  return a > b ? a : b;
}

/// The largest of x[0 … n), n > 0; NaN is ignored. The vectors are written by hand because compilers keep the order of
/// comparisons.
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

/// x[j] = e^(x[j] − shift) for begin <= j < end, 0 for all others below `size`, which is a multiple of kLanes. Returns
/// the sums of each lane.
inline Vector exponentials(float* x, int64_t begin, int64_t end, int64_t size, float shift) {
  const auto count = static_cast<uint32_t>(end - begin);
  float sums[kLanes] = {};
  for (int64_t j = 0; j < size; j += kLanes) {
    const auto after_begin = static_cast<uint32_t>(j - begin);  // below `count` for those that count
#pragma omp simd
    for (int lane = 0; lane < kLanes; ++lane) {
      const float e = fast_exp(x[j + lane] - shift);
      x[j + lane] = after_begin + static_cast<uint32_t>(lane) < count ? e : 0.f;
      sums[lane] += x[j + lane];
    }
  }
  return load(sums);
}

/// x[0 … n) times a factor.
inline void scale_row(float* x, int64_t n, float factor) {
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) x[i] *= factor;
}

/// Numbers of a and b in turns, from number kFrom of both on.
template <int kFrom, size_t... I>
Vector interleave(Vector a, Vector b, std::index_sequence<I...>) {
  return __builtin_shufflevector(a, b, (kFrom + I / 2 + I % 2 * kLanes)...);
}

/// Turns kLanes vectors into their columns: each round interleaves the first half of the vectors with the second.
inline void transpose(Vector (&v)[kLanes]) {
  constexpr int kHalf = kLanes / 2;
  constexpr auto kAll = std::make_index_sequence<kLanes>();
  for (int round = 1; round < kLanes; round *= 2) {
    Vector next[kLanes];
#pragma GCC unroll 16
    for (int r = 0; r < kHalf; ++r) {
      next[2 * r] = interleave<0>(v[r], v[r + kHalf], kAll);
      next[2 * r + 1] = interleave<kHalf>(v[r], v[r + kHalf], kAll);
    }
#pragma GCC unroll 16
    for (int r = 0; r < kLanes; ++r) v[r] = next[r];
  }
}

/// Writes x [rows, columns] transposed, [columns, rows rounded up to whole vectors] with zeros beyond the rows; rows of
/// x and of the result are so many numbers apart.
inline void transpose(const float* x, int64_t apart, int64_t rows, int64_t columns, float* to, int64_t to_apart) {
  for (int64_t i = 0; i < rows; i += kLanes) {
    const float* from = x + i * apart;
    const int64_t count = std::min<int64_t>(kLanes, rows - i);
    int64_t c = 0;
    for (; c + kLanes <= columns; c += kLanes) {
      Vector block[kLanes];
#pragma GCC unroll 16
      for (int r = 0; r < kLanes; ++r) block[r] = r < count ? load(from + r * apart + c) : Vector{};
      transpose(block);
#pragma GCC unroll 16
      for (int r = 0; r < kLanes; ++r) *reinterpret_cast<Vector*>(to + (c + r) * to_apart + i) = block[r];
    }
    for (; c < columns; ++c) {
      for (int r = 0; r < kLanes; ++r) to[c * to_apart + i + r] = r < count ? from[r * apart + c] : 0;
    }
  }
}

}  // namespace rotor
