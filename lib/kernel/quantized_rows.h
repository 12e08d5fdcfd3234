// Rows of inputs rounded to 7 bits, as products with weights of 8 bits take them.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "kernel/amx_products.h"
#include "kernel/dot_products.h"
#include "kernel/simd.h"
#include "tensor/parallel.h"

namespace rotor {

inline constexpr int64_t kMostTurns = 4;  // of a tile's groups

/// Returns `steps` / range, by which numbers become steps, or 0, by which all become zeros, of a range so small that
/// this is no float.
inline float steps_of(float range, float steps) {
  return range > 1e-35f ? steps / range : 0;
}

/// The groups that hold so many inputs, filled up to equal turns and whole tiles of AMX.
inline int64_t count_groups(int64_t width) {
  constexpr int64_t kWhole = std::max(kMostTurns, kAmxGroups);
  return (width + kGroup * kWhole - 1) / (kGroup * kWhole) * kWhole;
}

/// The least and the largest of x and 0, and 0, or NaN if a number is not finite.
struct Extremes {
  float smallest = 0, largest = 0, nan = 0;
};

inline Extremes extremes(const float* x, int64_t n) {
  Vector least = {}, most = {}, zero = {};
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const Vector next = load(x + i);
    least = next < least ? next : least;
    most = next > most ? next : most;
    zero += next * 0.f;
  }
  Extremes found = {.smallest = fold_lanes(least, [](auto a, auto b) { return a < b ? a : b; }),
                    .largest = fold_lanes(most, [](auto a, auto b) { return a > b ? a : b; }),
                    .nan = sum_lanes(zero)};
  for (; i < n; ++i) {
    found.smallest = std::min(found.smallest, x[i]);
    found.largest = std::max(found.largest, x[i]);
    found.nan += x[i] * 0;
  }
  return found;
}

/// Rows of x in 7 bits: x = scale · (value − zero) with values from 0 to 127, so that rows without negative numbers, as
/// after relu, are as fine as can be.
struct QuantizedRows {
  QuantizedRows(const float* x, int64_t rows, int64_t width)
      : stride(row_stride(width)),
        values(buffer<int8_t>((rows + 2 * kAmxRows) * stride)),
        scales(buffer<float>(rows)),
        zeros(buffer<int32_t>(rows)) {
    parallel_for(rows * width > 65536, rows, [&](int64_t r) { round_row(x + r * width, width, r); });
  }

  /// Adding 1.5 · 2^23, in one rounding on every CPU, leaves the rounded number in the low bits. The scale of a row
  /// with a NaN is NaN.
  void round_row(const float* x, int64_t width, int64_t r) const {
    const auto [smallest, largest, nan] = extremes(x, width);
    const float range = largest - smallest, factor = steps_of(range, kMostInput);
    const auto zero = static_cast<int32_t>(std::lrint(-smallest * factor));
    int8_t* to = values + r * stride;
#pragma omp simd
    for (int64_t k = 0; k < width; ++k) {
      const int32_t rounded = std::bit_cast<int32_t>(std::fma(x[k], factor, 12582912.f)) - 0x4b400000;
      to[k] = static_cast<int8_t>(std::clamp(rounded + zero, 0, kMostInput));
    }
    std::fill(to + width, to + count_groups(width) * kGroup, int8_t{0});  // its weights are zero
    scales[r] = range / kMostInput + nan;
    zeros[r] = zero;
  }

  /// For AMX an odd number of lines, because at a power of two many rows would share few lines of the cache.
  static int64_t row_stride(int64_t width) {
    constexpr int64_t kLine = kAmxGroups * kGroup;
    const int64_t stride = count_groups(width) * kGroup;
    return kHasAmx && stride / kLine % 2 == 0 ? stride + kLine : stride;
  }

  /// Memory of this thread, kept from product to product, at the start of a line of the cache.
  template <typename T>
  static T* buffer(int64_t size) {
    struct alignas(64) Line {
      T values[64 / sizeof(T)];
    };
    constexpr int64_t kEach = 64 / sizeof(T);
    thread_local std::vector<Line> kept;
    if (static_cast<int64_t>(kept.size()) * kEach < size) kept.resize((size + kEach - 1) / kEach);
    return kept.data()->values;
  }

  int64_t stride;
  int8_t* values;
  float* scales;
  int32_t* zeros;
};

}  // namespace rotor
