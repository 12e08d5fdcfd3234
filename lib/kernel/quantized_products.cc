#include "kernel/quantized_products.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

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
  const int8_t* x;
  const float* x_scales;
  const int32_t* x_zeros;
  int64_t x_stride, groups;
  const int8_t* panel;    // [groups, kPanel, kGroup]
  const int32_t* totals;  // [kPanel]: the sum of each weight row
  const float* scales;    // [kPanel]
  Fetch fetch;            // in bytes, at each group
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
    __builtin_prefetch(t.panel + t.fetch.begin + g * t.fetch.stride);
#pragma GCC unroll 8
    for (int turn = 0; turn < kTurns; ++turn) {
      const int8_t* weights = t.panel + (g + turn) * kPanel * kGroup;
#pragma GCC unroll 8
      for (int i = 0; i < R; ++i) {
        const Sums left = load_inputs(t.x + i * t.x_stride + (g + turn) * kGroup);
#pragma GCC unroll 8
        for (int j = 0; j < kPanelVectors; ++j) {
          const auto& right = *reinterpret_cast<const Sums*>(weights + j * kLanes * kGroup);
          sums[turn][i][j] = add_products(sums[turn][i][j], left, right);
        }
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

/// Rounds a row to multiples of its largest magnitude / 127, which is returned: of zeros +0.
float quantize_row(const float* row, int64_t width, int8_t* to) {
  const auto [least, most, nan] = extremes(row, width);
  if (std::isnan(nan)) {
    const float* other = std::find_if_not(row, row + width, [](float x) { return std::isfinite(x); });
    fail("expected finite weights to quantize, got {}; the model is damaged", *other);
  }
  const float largest = std::max(most, -least), factor = steps_of(largest, 127);
#pragma omp simd
  for (int64_t k = 0; k < width; ++k) to[k] = static_cast<int8_t>(std::rint(row[k] * factor));
  return largest / 127;
}

class Int8Weights : public PackedWeights {
 public:
  /// Rounds a row at a time, so that no more of the matrix is floats.
  explicit Int8Weights(const WeightRows& w)
      : PackedWeights(w.rows(), w.width()),
        groups_(count_groups(w.width())),
        panels_(Tensor::zeros({count_panels(w.rows()), groups_ * kPanel * kGroup / 4})),
        totals_(count_panels(w.rows()) * kPanel),
        scales_(count_panels(w.rows()) * kPanel) {
    parallel_for(out() * in() > kParallelProduct, count_panels(out()), [&](int64_t p) {
      int8_t* to = panel(p);
      std::vector<float> row(in());
      std::vector<int8_t> rounded(groups_ * kGroup);
      for (int64_t n = p * kPanel; n < std::min(out(), (p + 1) * kPanel); ++n) {
        w.read(n, row.data());
        scales_[n] = quantize_row(row.data(), in(), rounded.data());
        totals_[n] = std::accumulate(rounded.begin(), rounded.end(), 0);
        for (int64_t g = 0; g < groups_; ++g) {
          std::memcpy(to + (g * kPanel + n % kPanel) * kGroup, rounded.data() + g * kGroup, kGroup);
        }
      }
    });
  }

 protected:
  void multiply(const float* x, int64_t rows, const float* bias, float least, float* y) const override {
    const Product product{QuantizedRows(x, rows, in()), rows, bias, least, y};
    if (kHasAmx && rows > kFewRows) return multiply_blocks(product, rows);
    for_each_block(rows, out(), in(),
                   [&](int64_t begin, int64_t end, int64_t p) { multiply_tiles(product, begin, end, p); });
  }

 private:
  struct Product {
    QuantizedRows x;
    int64_t rows;
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
    if (count > 0) multiply_tiles(product, first, first + count, p);
  }

  void multiply_tiles(const Product& product, int64_t begin, int64_t end, int64_t p) const {
    for_each_tile(begin, end, [&](int64_t first, int64_t count) {
      const Tile in = tile(product, first, p);
      const PanelOutput to = output(product, first, p);
      dispatch_rows(count, [&]<int R>() { multiply_tile<R>(in, to); });
    });
  }

  Tile tile(const Product& product, int64_t first, int64_t p) const {
    return {.x = product.x.values + first * product.x.stride,
            .x_scales = product.x.scales + first,
            .x_zeros = product.x.zeros + first,
            .x_stride = product.x.stride,
            .groups = groups_,
            .panel = panel(p),
            .totals = totals_.data() + p * kPanel,
            .scales = scales_.data() + p * kPanel,
            .fetch = share_of_next(first, product.rows, groups_ * kPanel * kGroup, kPanel * kGroup)};
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
