#include "kernel/quantized_products.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "kernel/amx_products.h"
#include "kernel/dot_products.h"
#include "kernel/panels.h"
#include "kernel/quantized_rows.h"

namespace rotor {
namespace {

constexpr int64_t kFewRows = 4;  // of x, for which AMX would cost more than it gains

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

/// Writes row i of a tile from its sums of products.
__attribute__((always_inline)) inline void write_sums(const Tile& t, int64_t i, const Sums (&sums)[kPanelVectors],
                                                      const PanelOutput& to) {
  Vector products[kPanelVectors], scales[kPanelVectors];
#pragma GCC unroll 8
  for (int j = 0; j < kPanelVectors; ++j) {
    const Sums sum = sums[j] - t.x_zeros[i] * *reinterpret_cast<const Sums*>(t.totals + j * kLanes);
    products[j] = __builtin_convertvector(sum, Vector);
    scales[j] = t.x_scales[i] * load(t.scales + j * kLanes);
  }
  to.write_scaled(i, products, scales);
}

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
#pragma GCC unroll 8
    for (int turn = 1; turn < kTurns; ++turn) {
#pragma GCC unroll 8
      for (int j = 0; j < kPanelVectors; ++j) sums[0][i][j] += sums[turn][i][j];
    }
    write_sums(t, i, sums[0][i], to);
  }
}

/// Up to T · kAmxRows rows × one panel by AMX. What it computes of the rows that follow is not written.
template <int T>
void multiply_block(Tile t, int64_t rows, PanelOutput to) {
  alignas(64) int32_t sums[T * kAmxRows][kPanel];
  add_panel<T>(t.x, t.x_stride, t.panel, t.groups, sums);
  for (int64_t i = 0; i < rows; ++i) {
    Sums row[kPanelVectors];
#pragma GCC unroll 8
    for (int j = 0; j < kPanelVectors; ++j) row[j] = *reinterpret_cast<const Sums*>(sums[i] + j * kLanes);
    write_sums(t, i, row, to);
  }
}

class Int8Weights : public PackedWeights {
 public:
  explicit Int8Weights(const QuantizedMatrix& w)
      : PackedWeights(w.rows, w.width),
        groups_(count_groups(w.width)),
        panels_(Tensor::zeros({count_panels(w.rows), groups_ * kPanel * kGroup / 4})),
        totals_(count_panels(w.rows) * kPanel),
        scales_(count_panels(w.rows) * kPanel) {
    std::copy(w.scales.begin(), w.scales.end(), scales_.begin());
    for (int64_t n = 0; n < w.rows; ++n) {
      int8_t* to = panel(n / kPanel);
      for (int64_t k = 0; k < w.width; ++k) {
        const int8_t value = w.values[n * w.width + k];
        ROTOR_CHECK(value >= -127, "expected 8-bit weights from -127 to 127, got {}; the model is damaged", value);
        to[(k / kGroup * kPanel + n % kPanel) * kGroup + k % kGroup] = value;
        totals_[n] += value;
      }
    }
  }

 protected:
  void multiply(const float* x, int64_t rows, const float* bias, float least, float* y) const override {
    const Product product{QuantizedRows(x, rows, in()), bias, least, y};
    if (kHasAmx && rows > kFewRows) return multiply_blocks(product, rows);
    for_each_tile(rows, out(), in(),
                  [&](int64_t first, int64_t count, int64_t p) { multiply_few(product, first, count, p); });
  }

 private:
  struct Product {
    QuantizedRows x;
    const float* bias;
    float least;
    float* y;
  };

  /// By AMX, shared among threads by panels and blocks of rows.
  void multiply_blocks(const Product& product, int64_t rows) const {
    constexpr int64_t kBlock = 2 * kAmxRows;
    const int64_t panels = count_panels(out()), blocks = (rows + kBlock - 1) / kBlock;
    parallel_ranges(rows * out() * in() > kParallelProduct, panels * blocks, 1, [&](int64_t begin, int64_t end) {
      const AmxTiles tiles;
      for (int64_t i = begin; i < end; ++i) {
        const int64_t p = i / blocks, first = i % blocks * kBlock;
        multiply_rows(product, first, std::min(kBlock, rows - first), p);
      }
    });
  }

  void multiply_rows(const Product& product, int64_t first, int64_t count, int64_t p) const {
    const Tile in = tile(product, first, p);
    const PanelOutput to = output(product, first, p);
    if (count > kAmxRows + kFewRows) return multiply_block<2>(in, count, to);
    if (count > kFewRows) {
      multiply_block<1>(in, std::min(kAmxRows, count), to);
      first += kAmxRows;
      count -= kAmxRows;
    }
    for (; count > 0; first += kTileRows, count -= kTileRows) {
      multiply_few(product, first, std::min(kTileRows, count), p);
    }
  }

  void multiply_few(const Product& product, int64_t first, int64_t count, int64_t p) const {
    dispatch_rows(count, [&]<int R>() { multiply_tile<R>(tile(product, first, p), output(product, first, p)); });
  }

  Tile tile(const Product& product, int64_t first, int64_t p) const {
    return {.x = product.x.values + first * product.x.stride,
            .x_scales = product.x.scales + first,
            .x_zeros = product.x.zeros + first,
            .x_stride = product.x.stride,
            .groups = groups_,
            .panel = panel(p),
            .totals = totals_.data() + p * kPanel,
            .scales = scales_.data() + p * kPanel};
  }

  PanelOutput output(const Product& product, int64_t first, int64_t p) const {
    return {product.y + first * out(), out(), p, product.bias, product.least};
  }

  int8_t* panel(int64_t p) const { return reinterpret_cast<int8_t*>(panels_.data()) + p * groups_ * kPanel * kGroup; }

  int64_t groups_;
  Tensor panels_;                // bytes [panels, groups, kPanel, kGroup], at the start of a line of the cache
  std::vector<int32_t> totals_;  // [panels, kPanel]
  std::vector<float> scales_;    // [panels, kPanel]
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

}  // namespace rotor
