#include "kernel/quantized_products.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "base/check.h"
#include "kernel/dot_products.h"
#include "kernel/panels.h"

namespace rotor {
namespace {

constexpr int64_t kGroup = kDotPairs;  // inputs of an output that lie together
constexpr int64_t kMostTurns = 4;      // of a tile's groups

/// The groups that hold so many inputs, filled up to equal turns.
int64_t count_groups(int64_t width) {
  return (width + kGroup * kMostTurns - 1) / (kGroup * kMostTurns) * kMostTurns;
}

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
/// after relu, are as fine as can be. Both are stored less kDotOffset.
struct QuantizedRows {
  QuantizedRows(const float* x, int64_t rows, int64_t width)
      : stride(count_groups(width) * kGroup),
        values(buffer<DotInput>(rows * stride)),
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
    DotInput* to = values + r * stride;
#pragma omp simd
    for (int64_t k = 0; k < width; ++k) {
      const int32_t rounded = std::bit_cast<int32_t>(std::fma(x[k], factor, 12582912.f)) - 0x4b400000;
      to[k] = static_cast<DotInput>(std::clamp(rounded + zero, 0, 255) - kDotOffset);
    }
    std::fill(to + width, to + stride, DotInput{0});  // its weights are zero
    scales[r] = range / 255 + nan;
    zeros[r] = zero - kDotOffset;
  }

  /// Memory of this thread, kept from product to product.
  template <typename T>
  static T* buffer(int64_t size) {
    thread_local std::vector<T> kept;
    if (static_cast<int64_t>(kept.size()) < size) kept.resize(size);
    return kept.data();
  }

  int64_t stride;
  DotInput* values;
  float* scales;
  int32_t* zeros;
};

/// The inputs of a tile: up to kTileRows rows of x times one panel.
struct Tile {
  const DotInput* x;
  const float* x_scales;
  const int32_t* x_zeros;
  int64_t x_stride, groups;
  const int8_t* panel;    // [groups, kPanel, kGroup]
  const int32_t* totals;  // [kPanel]: the sum of each weight row
  const float* scales;    // [kPanel]
};

/// R rows × one panel. Few rows take the groups of inputs in turns, so that each sum does not wait for the one before
/// it. Sums stay in registers only if every loop over them is unrolled.
template <int R>
void multiply_tile(const Tile& t, const PanelOutput& to) {
  constexpr int kTurns = R == 1 ? 4 : R == 2 ? 2 : 1;
  Sums sums[kTurns][R][kPanelVectors];
#pragma GCC unroll 8
  for (int turn = 0; turn < kTurns; ++turn) {
#pragma GCC unroll 8
    for (int i = 0; i < R; ++i) {
#pragma GCC unroll 8
      for (int j = 0; j < kPanelVectors; ++j) sums[turn][i][j] = Sums{};
    }
  }
  for (int64_t g = 0; g < t.groups; g += kTurns) {
#pragma GCC unroll 8
    for (int turn = 0; turn < kTurns; ++turn) {
      const int8_t* w = t.panel + (g + turn) * kPanel * kGroup;
      DotWeights right[kPanelVectors];
#pragma GCC unroll 8
      for (int j = 0; j < kPanelVectors; ++j) right[j] = load_weights(w + j * kLanes * kGroup);
#pragma GCC unroll 8
      for (int i = 0; i < R; ++i) {
        const Sums left = load_inputs(t.x + i * t.x_stride + (g + turn) * kGroup);
#pragma GCC unroll 8
        for (int j = 0; j < kPanelVectors; ++j) sums[turn][i][j] = add_products(sums[turn][i][j], left, right[j]);
      }
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < R; ++i) {
    Vector products[kPanelVectors], scales[kPanelVectors];
#pragma GCC unroll 8
    for (int j = 0; j < kPanelVectors; ++j) {
      Sums sum = -t.x_zeros[i] * *reinterpret_cast<const Sums*>(t.totals + j * kLanes);
#pragma GCC unroll 8
      for (int turn = 0; turn < kTurns; ++turn) sum += sums[turn][i][j];
      products[j] = __builtin_convertvector(sum, Vector);
      scales[j] = t.x_scales[i] * load(t.scales + j * kLanes);
    }
    to.write_scaled(i, products, scales);
  }
}

/// Rounds a row to multiples of its largest magnitude / 127, which is returned.
float quantize_row(const float* row, int64_t width, int8_t* to) {
  float largest = 0;
  for (int64_t k = 0; k < width; ++k) {
    ROTOR_CHECK(std::isfinite(row[k]), "expected finite weights to quantize, got {}; the model is damaged", row[k]);
    largest = std::max(largest, std::fabs(row[k]));
  }
  const float factor = largest > 0 ? 127 / largest : 0;
  for (int64_t k = 0; k < width; ++k) to[k] = static_cast<int8_t>(std::lrint(row[k] * factor));
  return largest / 127;
}

class Int8Weights : public PackedWeights {
 public:
  /// Rounds a row at a time, so that no more of the matrix is floats.
  explicit Int8Weights(const WeightRows& w)
      : PackedWeights(w.rows(), w.width()),
        groups_(count_groups(w.width())),
        panels_(count_panels(w.rows()) * groups_ * kPanel * kGroup),
        totals_(count_panels(w.rows()) * kPanel),
        scales_(count_panels(w.rows()) * kPanel) {
    parallel_for(out() * in() > kParallelProduct, count_panels(out()), [&](int64_t p) {
      int8_t* panel = panels_.data() + p * groups_ * kPanel * kGroup;
      std::vector<float> row(in());
      std::vector<int8_t> rounded(in());
      for (int64_t n = p * kPanel; n < std::min(out(), (p + 1) * kPanel); ++n) {
        w.read(n, row.data());
        scales_[n] = quantize_row(row.data(), in(), rounded.data());
        totals_[n] = std::accumulate(rounded.begin(), rounded.end(), 0);
        for (int64_t k = 0; k < in(); ++k) panel[(k / kGroup * kPanel + n % kPanel) * kGroup + k % kGroup] = rounded[k];
      }
    });
  }

 protected:
  void multiply(const float* x, int64_t rows, const float* bias, float least, float* y) const override {
    const QuantizedRows in8(x, rows, in());
    for_each_tile(rows, out(), in(), [&](int64_t first, int64_t count, int64_t p) {
      const Tile tile{.x = in8.values + first * in8.stride,
                      .x_scales = in8.scales + first,
                      .x_zeros = in8.zeros + first,
                      .x_stride = in8.stride,
                      .groups = groups_,
                      .panel = panels_.data() + p * groups_ * kPanel * kGroup,
                      .totals = totals_.data() + p * kPanel,
                      .scales = scales_.data() + p * kPanel};
      const PanelOutput to(y + first * out(), out(), p, bias, least);
      dispatch_rows(count, [&]<int R>() { multiply_tile<R>(tile, to); });
    });
  }

 private:
  int64_t groups_;
  std::vector<int8_t> panels_;   // [panels, groups, kPanel, kGroup]
  std::vector<int32_t> totals_;  // [panels, kPanel]
  std::vector<float> scales_;    // [panels, kPanel]
};

}  // namespace

Tensor QuantizedMatrix::floats() const {
  return WeightRows(rows, width, {WeightType::kInt8, reinterpret_cast<const char*>(values.data()), scales.data(), {}})
      .floats();
}

QuantizedMatrix quantize(const Tensor& matrix) {
  ROTOR_CHECK(matrix.rank() == 2, "expected a matrix to quantize, got {}", matrix.shape().str());
  QuantizedMatrix result{matrix.size(0), matrix.size(1), std::vector<int8_t>(matrix.elements()),
                         std::vector<float>(matrix.size(0))};
  const float* from = matrix.span().data();
  for (int64_t n = 0; n < result.rows; ++n) {
    result.scales[n] = quantize_row(from + n * result.width, result.width, result.values.data() + n * result.width);
  }
  return result;
}

std::unique_ptr<PackedWeights> pack_weights(const WeightRows& weight, WeightType type) {
  switch (type) {
    case WeightType::kInt8:
      return std::make_unique<Int8Weights>(weight);
    case WeightType::kBfloat16:
      return pack_bfloat16(weight);
    case WeightType::kFloat32:
      break;
  }
  return pack_weights(weight);
}

}  // namespace rotor
