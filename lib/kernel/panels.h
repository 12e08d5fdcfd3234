// Panels: the layout that all products with prepacked weights share. A weight matrix is cut into panels of outputs as
// wide as a few vector registers; a tile is a few rows of inputs times one panel, whose sums stay in registers.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "kernel/simd.h"
#include "tensor/parallel.h"

namespace rotor {

inline constexpr int kPanelVectors = kRegisters / 8;       ///< kTileRows × this many sums fill the registers
inline constexpr int64_t kPanel = kPanelVectors * kLanes;  ///< number of outputs in a panel
inline constexpr int64_t kTileRows = 6;
inline constexpr int64_t kParallelProduct = 1 << 18;  ///< number of multiplications above which threads pay off

inline int64_t count_panels(int64_t out) {
  return (out + kPanel - 1) / kPanel;
}

/// Says which lines a tile fetches into the cache for later: at each step through its panel, the one at `begin` + step
/// · `stride` from the panel's start, in whatever the panel is made of.
struct Fetch {
  int64_t begin, stride;
};

/// Returns the share of the next panel, which follows in memory, that the tile of this row fetches while all tiles of a
/// product take this panel from the second-level cache: else the next one's first tile would wait for memory or the
/// third-level cache. `panel` and `step` are the sizes of a panel and of a step through it.
inline Fetch share_of_next(int64_t first_row, int64_t rows, int64_t panel, int64_t step) {
  auto tiles_of = [](int64_t n) { return (n + kTileRows - 1) / kTileRows; };
  const int64_t tiles = tiles_of(rows), tile = std::min(tiles_of(first_row), tiles - 1);
  return {panel * (tiles + tile) / tiles, (step + tiles - 1) / tiles};
}

/// The results of a tile: rows of panel `p` of a matrix of `out` columns.
class PanelOutput {
 public:
  PanelOutput(float* y, int64_t out, int64_t p, const float* bias, float least)
      : y_(y + p * kPanel),
        bias_(bias ? bias + p * kPanel : nullptr),
        out_(out),
        width_(std::min(kPanel, out - p * kPanel)),
        least_(least) {}

  /// Writes row i: the sums plus the bias, but at least `least`; NaN stays NaN. The loop is unrolled, so that whole
  /// rows never leave the registers that hold their sums.
  __attribute__((always_inline)) void write(int64_t i, const Vector (&sums)[kPanelVectors]) const {
    float* to = y_ + i * out_;
    if (width_ < kPanel) {
      Vector copy[kPanelVectors];
#pragma GCC unroll 8
      for (int j = 0; j < kPanelVectors; ++j) copy[j] = sums[j];
      const auto* numbers = reinterpret_cast<const float*>(copy);
      return write_columns(to, [&](int64_t j, float bias) { return numbers[j] + bias; });
    }
#pragma GCC unroll 8
    for (int j = 0; j < kPanelVectors; ++j) {
      const Vector sum = bias_ ? sums[j] + load(bias_ + j * kLanes) : sums[j];
      *reinterpret_cast<Vector*>(to + j * kLanes) = sum < least_ ? least_ - Vector{} : sum;
    }
  }

  /// The same, of sums times scales, in one rounding.
  __attribute__((always_inline)) void write_scaled(int64_t i, const Vector (&sums)[kPanelVectors],
                                                   const Vector (&scales)[kPanelVectors]) const {
    float* to = y_ + i * out_;
    if (width_ < kPanel) {
      Vector copy[2][kPanelVectors];
#pragma GCC unroll 8
      for (int j = 0; j < kPanelVectors; ++j) {
        copy[0][j] = sums[j];
        copy[1][j] = scales[j];
      }
      const auto *numbers = reinterpret_cast<const float*>(copy[0]), *factors = reinterpret_cast<const float*>(copy[1]);
      return write_columns(to, [&](int64_t j, float bias) { return std::fma(numbers[j], factors[j], bias); });
    }
#pragma GCC unroll 8
    for (int j = 0; j < kPanelVectors; ++j) {
      const Vector sum = multiply_add(sums[j], scales[j], bias_ ? load(bias_ + j * kLanes) : -Vector{});
      *reinterpret_cast<Vector*>(to + j * kLanes) = sum < least_ ? least_ - Vector{} : sum;
    }
  }

 private:
  template <typename F>
  void write_columns(float* to, F f) const {
    for (int64_t j = 0; j < width_; ++j) {
      const float sum = f(j, bias_ ? bias_[j] : -0.f);
      to[j] = sum < least_ ? least_ : sum;
    }
  }

  float* y_;
  const float* bias_;
  int64_t out_, width_;
  float least_;
};

/// Calls f.operator()<R>() for R = `rows` from 1 to kTileRows.
template <typename F>
void dispatch_rows(int64_t rows, F f) {
  switch (rows) {
    case 1:
      return f.template operator()<1>();
    case 2:
      return f.template operator()<2>();
    case 3:
      return f.template operator()<3>();
    case 4:
      return f.template operator()<4>();
    case 5:
      return f.template operator()<5>();
    default:
      return f.template operator()<6>();
  }
}

/// Calls block(first row, end, panel) for the whole product, shared among threads by panels and by parts of the rows: a
/// thread takes all its rows of a panel at once.
template <typename Block>
void for_each_block(int64_t rows, int64_t out, int64_t in, Block block) {
  constexpr int64_t kPart = 8 * kTileRows;
  const int64_t panels = count_panels(out), parts = (rows + kPart - 1) / kPart;
  parallel_ranges(rows * out * in > kParallelProduct, panels * parts, 1, [&](int64_t begin, int64_t end) {
    for (int64_t next; begin < end; begin = next) {
      const int64_t p = begin / parts;
      next = std::min(end, (p + 1) * parts);
      block(begin % parts * kPart, std::min(rows, (next - p * parts) * kPart), p);
    }
  });
}

/// Calls tile(first row, rows) for a block of rows. The last two tiles are alike, since one of a row or two would keep
/// a core waiting for its few sums.
template <typename Tile>
void for_each_tile(int64_t begin, int64_t end, Tile tile) {
  for (int64_t count; begin < end; begin += count) {
    const int64_t left = end - begin;
    count = left >= 2 * kTileRows ? kTileRows : left > kTileRows ? (left + 1) / 2 : left;
    tile(begin, count);
  }
}

}  // namespace rotor
