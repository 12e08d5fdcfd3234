#include "kernel/quantized_products.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "kernel/panels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define ROTOR_VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))
#endif

namespace rotor {
namespace {

constexpr int64_t kColumns = 64;  // outputs of a panel
constexpr int64_t kGroup = 4;     // inputs that one instruction multiplies and adds
constexpr int64_t kRows = 6;      // rows of a tile: with kColumns outputs their sums fill the registers

/// The least and the largest of x and 0, and 0, or NaN if a number is not finite.
struct Extremes {
  float smallest = 0, largest = 0, nan = 0;
};

Extremes extremes(const float* x, int64_t n) {
  Vector least = {}, most = {}, zero = {};
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const Vector next = load(x + i);
    least = next < least ? next : least;
    most = next > most ? next : most;
    zero += next * 0.f;
  }
  Extremes found;
  for (int lane = 0; lane < kLanes; ++lane) {
    found.smallest = std::min(found.smallest, least[lane]);
    found.largest = std::max(found.largest, most[lane]);
    found.nan += zero[lane];
  }
  for (; i < n; ++i) {
    found.smallest = std::min(found.smallest, x[i]);
    found.largest = std::max(found.largest, x[i]);
    found.nan += x[i] * 0;
  }
  return found;
}

/// Rows of x in 8 bits: x = scale · (value − zero) with values from 0 to 255, so that rows without negative numbers, as
/// after relu, are as fine as can be.
struct QuantizedRows {
  QuantizedRows(const float* x, int64_t rows, int64_t width)
      : stride((width + kGroup - 1) / kGroup * kGroup),
        values(buffer<uint8_t>(rows * stride)),
        scales(buffer<float>(rows)),
        zeros(buffer<int32_t>(rows)) {
    parallel_for(rows * width > 65536, rows, [&](int64_t r) { round_row(x + r * width, width, r); });
  }

  /// Adding 1.5 · 2^23, in one rounding on every CPU, leaves the rounded number in the low bits. The scale of a row
  /// with a NaN is NaN.
  void round_row(const float* x, int64_t width, int64_t r) const {
    const auto [smallest, largest, nan] = extremes(x, width);
    const float range = largest - smallest, factor = range > 0 ? 255 / range : 0;
    const auto zero = static_cast<int32_t>(std::lrint(-smallest * factor));
    uint8_t* to = values + r * stride;
#pragma omp simd
    for (int64_t k = 0; k < width; ++k) {
      const int32_t rounded = std::bit_cast<int32_t>(std::fma(x[k], factor, 12582912.f)) - 0x4b400000;
      to[k] = static_cast<uint8_t>(std::clamp(rounded + zero, 0, 255));
    }
    std::fill(to + width, to + stride, uint8_t{0});  // its weights are zero
    scales[r] = range / 255 + nan;
    zeros[r] = zero;
  }

  /// Memory of this thread, kept from product to product.
  template <typename T>
  static T* buffer(int64_t size) {
    thread_local std::vector<T> kept;
    if (static_cast<int64_t>(kept.size()) < size) kept.resize(size);
    return kept.data();
  }

  int64_t stride;
  uint8_t* values;
  float* scales;
  int32_t* zeros;
};

/// The inputs and outputs of a tile: `count` rows of x times one panel.
struct Tile {
  const uint8_t* x = nullptr;
  const float* x_scales = nullptr;
  const int32_t* x_zeros = nullptr;
  int64_t x_stride, groups;
  const int8_t* panel;    // [groups, kColumns, kGroup]
  const int32_t* totals;  // [kColumns]: the sum of each weight row
  const float* scales;    // [kColumns]
  const float* bias;      // [kColumns] or null
  float least;
  float* y = nullptr;  // [count, …]
  int64_t y_stride, columns;
};

/// Finishes a row of sums.
inline void write_row(const Tile& t, int64_t i, const int32_t* sums) {
  float* to = t.y + i * t.y_stride;
  const float x_scale = t.x_scales[i];
  for (int64_t j = 0; j < t.columns; ++j) {
    const float value =
        static_cast<float>(sums[j] - t.x_zeros[i] * t.totals[j]) * (x_scale * t.scales[j]) + (t.bias ? t.bias[j] : 0.f);
    to[j] = value < t.least ? t.least : value;
  }
}

/// The tile on any CPU.
void plain_tile(const Tile& t, int64_t rows) {
  for (int64_t i = 0; i < rows; ++i) {
    int32_t sums[kColumns] = {};
    for (int64_t g = 0; g < t.groups; ++g) {
      const uint8_t* x = t.x + i * t.x_stride + g * kGroup;
      const int8_t* w = t.panel + g * kColumns * kGroup;
      for (int64_t j = 0; j < kColumns; ++j) {
        for (int64_t k = 0; k < kGroup; ++k) sums[j] += x[k] * w[j * kGroup + k];
      }
    }
    write_row(t, i, sums);
  }
}

#if defined(__x86_64__)
/// The tile for CPUs with AVX512-VNNI: 64 products and sums an instruction. GCC 12 keeps the sums in registers only if
/// every loop over them is unrolled and the instruction is written out.
template <int R>
ROTOR_VNNI void vnni_tile(const Tile& t) {
  constexpr int kVectors = kColumns / 16;
  __m512i sums[R][kVectors];
#pragma GCC unroll 8
  for (int i = 0; i < R; ++i) {
#pragma GCC unroll 8
    for (int j = 0; j < kVectors; ++j) sums[i][j] = _mm512_setzero_si512();
  }
  for (int64_t g = 0; g < t.groups; ++g) {
    const int8_t* w = t.panel + g * kColumns * kGroup;
    __m512i right[kVectors];
#pragma GCC unroll 8
    for (int j = 0; j < kVectors; ++j) right[j] = _mm512_loadu_si512(w + 64 * j);
#pragma GCC unroll 8
    for (int i = 0; i < R; ++i) {
      int32_t four;
      std::memcpy(&four, t.x + i * t.x_stride + g * kGroup, sizeof(four));
      const __m512i left = _mm512_set1_epi32(four);
#pragma GCC unroll 8
      for (int j = 0; j < kVectors; ++j) asm("vpdpbusd %2, %1, %0" : "+v"(sums[i][j]) : "v"(left), "v"(right[j]));
    }
  }
  const __m512 least = _mm512_set1_ps(t.least);
#pragma GCC unroll 8
  for (int i = 0; i < R; ++i) {
    const __m512 x_scale = _mm512_set1_ps(t.x_scales[i]);
    const __m512i zero = _mm512_set1_epi32(t.x_zeros[i]);
#pragma GCC unroll 8
    for (int j = 0; j < kVectors; ++j) {
      const int64_t rest = std::clamp<int64_t>(t.columns - 16 * j, 0, 16);
      const auto mask = static_cast<__mmask16>((1U << rest) - 1);
      const __m512 scale = _mm512_mul_ps(x_scale, _mm512_loadu_ps(t.scales + 16 * j));
      const __m512 bias = t.bias ? _mm512_maskz_loadu_ps(mask, t.bias + 16 * j) : _mm512_setzero_ps();
      const __m512i shift = _mm512_mullo_epi32(zero, _mm512_loadu_si512(t.totals + 16 * j));
      const __m512i sum = _mm512_sub_epi32(sums[i][j], shift);
      const __m512 value = _mm512_fmadd_ps(_mm512_maskz_cvtepi32_ps(mask, sum), scale, bias);
      _mm512_mask_storeu_ps(t.y + i * t.y_stride + 16 * j, mask, _mm512_maskz_max_ps(mask, least, value));
    }
  }
}
#endif

class Int8Weights : public PackedWeights {
 public:
  explicit Int8Weights(const QuantizedMatrix& w)
      : PackedWeights(w.rows, w.width),
        groups_((w.width + kGroup - 1) / kGroup),
        count_((w.rows + kColumns - 1) / kColumns),
        panels_(count_ * groups_ * kColumns * kGroup),
        totals_(count_ * kColumns),
        scales_(count_ * kColumns) {
    std::copy(w.scales.begin(), w.scales.end(), scales_.begin());
    for (int64_t n = 0; n < w.rows; ++n) {
      int8_t* panel = panels_.data() + n / kColumns * groups_ * kColumns * kGroup;
      for (int64_t k = 0; k < w.width; ++k) {
        const int8_t value = w.values[n * w.width + k];
        panel[(k / kGroup * kColumns + n % kColumns) * kGroup + k % kGroup] = value;
        totals_[n] += value;
      }
    }
  }

 protected:
  void multiply(const float* x, int64_t rows, const float* bias, float least, float* y) const override {
    constexpr int64_t kRowBlock = 16 * kRows;
    const QuantizedRows in8(x, rows, in());
    const int64_t blocks = (rows + kRowBlock - 1) / kRowBlock;
    parallel_for(rows * out() * in() > 4 * kParallelProduct, count_ * blocks, [&](int64_t i) {
      const int64_t p = i / blocks, begin = i % blocks * kRowBlock, end = std::min(rows, begin + kRowBlock);
      Tile tile{.x_stride = in8.stride,
                .groups = groups_,
                .panel = panels_.data() + p * groups_ * kColumns * kGroup,
                .totals = totals_.data() + p * kColumns,
                .scales = scales_.data() + p * kColumns,
                .bias = bias ? bias + p * kColumns : nullptr,
                .least = least,
                .y_stride = out(),
                .columns = std::min(kColumns, out() - p * kColumns)};
      for (int64_t first = begin; first < end; first += kRows) {
        tile.x = in8.values + first * in8.stride;
        tile.x_scales = in8.scales + first;
        tile.x_zeros = in8.zeros + first;
        tile.y = y + first * out() + p * kColumns;
        compute(tile, std::min(kRows, end - first));
      }
    });
  }

 private:
  void compute(const Tile& tile, int64_t rows) const {
#if defined(__x86_64__)
    if (fast_) return dispatch_rows(rows, [&]<int R>() { vnni_tile<R>(tile); });
#endif
    plain_tile(tile, rows);
  }

  const bool fast_ = has_fast_int8();
  int64_t groups_, count_;
  std::vector<int8_t> panels_;   // [count, groups, kColumns, kGroup]
  std::vector<int32_t> totals_;  // [count, kColumns]
  std::vector<float> scales_;    // [count, kColumns]
};

}  // namespace

Tensor QuantizedMatrix::floats() const {
  Tensor result({rows, width});
  for (int64_t n = 0; n < rows; ++n) {
    for (int64_t k = 0; k < width; ++k) {
      result.data()[n * width + k] = scales[n] * static_cast<float>(values[n * width + k]);
    }
  }
  return result;
}

QuantizedMatrix quantize(const Tensor& matrix) {
  ROTOR_CHECK(matrix.rank() == 2, "expected a matrix to quantize, got {}", matrix.shape().str());
  QuantizedMatrix result{matrix.size(0), matrix.size(1), std::vector<int8_t>(matrix.elements()),
                         std::vector<float>(matrix.size(0))};
  const float* from = matrix.span().data();
  for (int64_t n = 0; n < result.rows; ++n) {
    const float* row = from + n * result.width;
    float largest = 0;
    for (int64_t k = 0; k < result.width; ++k) {
      ROTOR_CHECK(std::isfinite(row[k]), "expected finite weights to quantize, got {}; the model is damaged", row[k]);
      largest = std::max(largest, std::fabs(row[k]));
    }
    result.scales[n] = largest / 127;
    const float factor = largest > 0 ? 127 / largest : 0;
    for (int64_t k = 0; k < result.width; ++k) {
      result.values[n * result.width + k] = static_cast<int8_t>(std::lrint(row[k] * factor));
    }
  }
  return result;
}

std::unique_ptr<PackedWeights> pack_weights(const QuantizedMatrix& weight) {
  return std::make_unique<Int8Weights>(weight);
}

std::unique_ptr<PackedWeights> pack_weights(const Tensor& weight, WeightType type) {
  switch (type) {
    case WeightType::kInt8:
      return pack_weights(quantize(weight));
    case WeightType::kBfloat16:
      return pack_bfloat16(weight);
    case WeightType::kFloat32:
      break;
  }
  return pack_weights(weight);
}

bool has_fast_int8() {
#if defined(__x86_64__)
  static const bool has = __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw");
  return has;
#else
  return false;
#endif
}

}  // namespace rotor
