// The factors of a product in the order in which its tiles read them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "kernel/gemm.h"
#include "kernel/panels.h"
#include "tensor/tensor.h"

namespace rotor {

/// Rows of A: element (i, k) lies at data[i · row + k · step].
struct Rows {
  const float* data;
  int64_t row, step;
};

/// Whether rows are whole pages apart, so that a column of them crowds into a few lines of the first-level cache.
inline bool are_pages_apart(const Factor& a) {
  constexpr int64_t kPage = 4096 / sizeof(float);
  return a.leading % kPage == 0;
}

/// Whether A is packed for n columns of B; where few panels read it, that costs more than it gains. With rows of 512
/// floats and 512 columns, Intel's AVX-512 takes 0.96 times as long as with A packed, with rows of 2,048, which crowd
/// its columns, 1.4 times; with rows and columns of 128, an AMD Zen 3's AVX2 takes 1.3 times as long.
inline bool packs_left(const Factor& a, int64_t n) {
  constexpr int64_t kFew = kLanes == 8 ? 4 : 8;
  return a.transposed && n > (are_pages_apart(a) ? 2 : kFew) * kPanel;
}

/// Terms of the sums of A [m, k] · B [k, n], at most `most` at a time: B in panels [n / kPanel, most, kPanel], the last
/// one filled up with zeros, and A, where it is transposed, in tiles [m / kTileRows, most, kTileRows]. A that is not,
/// or that few panels read, stays where it is. Panels and tiles are no multiple of a page apart, so that a row that is
/// packed into all of them does not crowd into a few lines of the cache.
class PackedFactors {
 public:
  PackedFactors(int64_t m, int64_t n, const Factor& a, const Factor& b, int64_t most)
      : m_(m),
        n_(n),
        a_(a),
        b_(b),
        in_tiles_(packs_left(a, n)),
        tile_size_(most * kTileRows + kGap),
        panel_size_(most * kPanel + kGap) {}

  /// Chooses the terms `begin` … `begin` + `depth` − 1. They are packed by pack_all(), which threads share if that
  /// pays, or by pack() of each step from 0 to steps() − 1, in any order. The first choice takes the memory for them.
  void choose(int64_t begin, int64_t depth) {
    if (!panels_.defined()) {
      if (in_tiles_) tiles_ = Tensor({(m_ + kTileRows - 1) / kTileRows * tile_size_});
      panels_ = Tensor({count_panels(n_) * panel_size_});
    }
    begin_ = begin;
    depth_ = depth;
  }
  void pack_all(bool pays) const {
    parallel_for(pays, steps(), [this](int64_t step) { pack(step); });
  }
  int64_t steps() const { return column_steps() + row_steps(); }
  void pack(int64_t step) const { step < column_steps() ? pack_panel(step) : pack_rows(step - column_steps()); }

  /// Whether rows() lie pages apart.
  bool crowds_rows() const { return !a_.transposed && are_pages_apart(a_); }

  /// The tile of A's rows from row `first` on, a multiple of kTileRows, from term `k` of the chosen ones on.
  Rows rows(int64_t first, int64_t k) const {
    if (in_tiles_) return {tiles_.data() + first / kTileRows * tile_size_ + k * kTileRows, 1, kTileRows};
    return {a_.at(first, begin_ + k), a_.transposed ? 1 : a_.leading, a_.transposed ? a_.leading : 1};
  }

  /// The panel of B's columns from column `first` on, a multiple of kPanel: [.., kPanel].
  const float* panel(int64_t first, int64_t k) const {
    return panels_.data() + first / kPanel * panel_size_ + k * kPanel;
  }

 private:
  static constexpr int64_t kGap = 16;
  static constexpr int64_t kStep = 8;  // rows of a step, which are whole lines of the cache in a tile, too

  int64_t column_steps() const { return b_.transposed ? count_panels(n_) : 0; }
  int64_t row_steps() const { return in_tiles_ || !b_.transposed ? (depth_ + kStep - 1) / kStep : 0; }

  void pack_panel(int64_t p) const {
    const int64_t first = p * kPanel;
    pack_columns(b_.at(begin_, first), b_.leading, std::min(kPanel, n_ - first), depth_,
                 panels_.data() + p * panel_size_);
  }

  void pack_rows(int64_t step) const {
    for (int64_t k = step * kStep; k < std::min(depth_, (step + 1) * kStep); ++k) {
      if (in_tiles_) pack_row<kTileRows>(a_.at(0, begin_ + k), m_, tiles_.data() + k * kTileRows, tile_size_);
      if (!b_.transposed) pack_row<kPanel>(b_.at(begin_ + k, 0), n_, panels_.data() + k * kPanel, panel_size_);
    }
  }

  /// A row of n numbers in pieces of W, one for each panel: piece i to `to` + i · size.
  template <int64_t W>
  static void pack_row(const float* from, int64_t n, float* to, int64_t size) {
    for (; n >= W; n -= W, from += W, to += size) std::memcpy(to, from, W * sizeof(float));
    if (n > 0) std::fill(std::copy(from, from + n, to), to + W, 0.f);
  }

  /// `width` rows [.., depth] as the columns of a panel.
  static void pack_columns(const float* from, int64_t leading, int64_t width, int64_t depth, float* panel) {
    for (int64_t j = 0; j < kPanel; j += kLanes) {
      const int64_t in_blocks = j + kLanes <= width ? depth / kLanes * kLanes : 0;
      for (int64_t k = 0; k < in_blocks; k += kLanes) {
        Vector block[kLanes];
#pragma GCC unroll 16
        for (int r = 0; r < kLanes; ++r) block[r] = load(from + (j + r) * leading + k);
        transpose(block);
#pragma GCC unroll 16
        for (int r = 0; r < kLanes; ++r) *reinterpret_cast<Vector*>(panel + (k + r) * kPanel + j) = block[r];
      }
      for (int64_t lane = j; lane < j + kLanes; ++lane) {
        for (int64_t k = in_blocks; k < depth; ++k) {
          panel[k * kPanel + lane] = lane < width ? from[lane * leading + k] : 0;
        }
      }
    }
  }

  int64_t m_, n_;
  Factor a_, b_;
  bool in_tiles_;
  int64_t tile_size_, panel_size_;
  Tensor tiles_, panels_;
  int64_t begin_ = 0, depth_ = 0;
};

}  // namespace rotor
