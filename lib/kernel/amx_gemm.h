// The product of training in bfloat16 by AMX, at the level of instruction sets that has it. Both factors are rounded
// and packed into squares as its instruction takes them: 16 rows of A, or columns of B, times 32 terms of their sums.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "kernel/amx_products.h"
#include "kernel/gemm.h"
#include "kernel/gemm_packing.h"
#include "tensor/parallel.h"
#include "tensor/tensor.h"

namespace rotor {

#if defined(__AMX_BF16__)

/// A few terms of op(A) or op(B) in squares of bfloat16: [across / 16, terms / 32, 16, 16 pairs] for A and [.., 16
/// pairs, 16] for B, the last ones filled up with zeros. A square is a tile.
class Squares {
 public:
  static constexpr int64_t kSide = 16, kTerms = 32, kSize = kSide * kSide;  // in floats' places: pairs

  /// The memory for `across` rows of A or columns of B, an even number of squares.
  Squares(int64_t across, int64_t terms)
      : steps_((terms + kTerms - 1) / kTerms), data_({(across + 2 * kSide - 1) / (2 * kSide) * 2, steps_, kSize}) {}

  int64_t steps() const { return steps_; }
  const float* at(int64_t across) const { return data_.data() + across / kSide * steps_ * kSize; }

  /// Packs `terms` terms of `across` rows, from row `to` on, of a matrix whose rows are, if `by_rows`, contiguous.
  /// `pairs_first` as for B.
  template <bool kPairsFirst>
  void pack(const float* from, int64_t leading, bool by_rows, int64_t to, int64_t across, int64_t terms) const {
    for (int64_t k = 0; k < terms; k += kTerms) {
      for (int64_t i = 0; i < across; i += kSide) {
        const int64_t rows = std::min(kSide, across - i), depth = std::min(kTerms, terms - k);
        Vector pairs[kLanes];
        by_rows ? round_rows(from + i * leading + k, leading, rows, depth, pairs)
                : round_columns(from + k * leading + i, leading, rows, depth, pairs);
        if (by_rows == kPairsFirst) transpose(pairs);
        float* square = data_.data() + ((to + i) / kSide * steps_ + k / kTerms) * kSize;
#pragma GCC unroll 16
        for (int r = 0; r < kLanes; ++r) *reinterpret_cast<Vector*>(square + r * kSide) = pairs[r];
      }
    }
  }

 private:
  static __mmask16 first(int64_t count) {
    return static_cast<__mmask16>((1 << std::clamp<int64_t>(count, 0, 16)) - 1);
  }

  /// Each row's pairs of neighbours.
  static void round_rows(const float* from, int64_t leading, int64_t rows, int64_t depth, Vector (&pairs)[kLanes]) {
    const __mmask16 lower = first(depth), upper = first(depth - kLanes);
#pragma GCC unroll 16
    for (int r = 0; r < kLanes; ++r) {
      const bool there = r < rows;
      const float* row = from + (there ? r * leading : 0);
      pairs[r] = std::bit_cast<Vector>(_mm512_cvtne2ps_pbh(_mm512_maskz_loadu_ps(there ? upper : 0, row + kLanes),
                                                           _mm512_maskz_loadu_ps(there ? lower : 0, row)));
    }
  }

  /// Pairs of each column, from two rows of memory.
  static void round_columns(const float* from, int64_t leading, int64_t columns, int64_t depth,
                            Vector (&pairs)[kLanes]) {
    const __mmask16 whole = first(columns);
    const __m512i in_turns = _mm512_add_epi32(
        _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
        _mm512_slli_epi32(_mm512_set_epi32(31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16), 16));
#pragma GCC unroll 16
    for (int r = 0; r < kLanes; ++r) {
      const bool even = 2 * r < depth, odd = 2 * r + 1 < depth;
      const float* row = from + (even ? 2 * r * leading : 0);
      const auto both = _mm512_cvtne2ps_pbh(_mm512_maskz_loadu_ps(odd ? whole : 0, row + (odd ? leading : 0)),
                                            _mm512_maskz_loadu_ps(even ? whole : 0, row));
      pairs[r] = std::bit_cast<Vector>(_mm512_permutexvar_epi16(in_turns, std::bit_cast<__m512i>(both)));
    }
  }

  int64_t steps_;
  Tensor data_;
};

/// C [32, 32] = A · B, or C plus that, of two squares each way and all their steps.
inline void multiply_squares(const float* a, const float* b, int64_t steps, bool add, float* c, int64_t ldc) {
  const int64_t next = steps * Squares::kSize;
  constexpr int64_t kSide = Squares::kSide, kRow = Squares::kSide * sizeof(float);
  if (add) {
    _tile_loadd(0, c, ldc * sizeof(float));
    _tile_loadd(1, c + kSide, ldc * sizeof(float));
    _tile_loadd(2, c + kSide * ldc, ldc * sizeof(float));
    _tile_loadd(3, c + kSide * ldc + kSide, ldc * sizeof(float));
  } else {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }
  for (const float* end = a + next; a < end; a += Squares::kSize, b += Squares::kSize) {
#pragma GCC unroll 16
    for (int64_t r = 0; r < Squares::kSize; r += kSide) {  // the next squares of A, which the first-level cache lacks
      __builtin_prefetch(a + Squares::kSize + r);
      __builtin_prefetch(a + next + Squares::kSize + r);
    }
    _tile_loadd(6, b, kRow);
    _tile_loadd(4, a, kRow);
    _tile_dpbf16ps(0, 4, 6);
    _tile_loadd(7, b + next, kRow);
    _tile_dpbf16ps(1, 4, 7);
    _tile_loadd(5, a + next, kRow);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  _tile_stored(0, c, ldc * sizeof(float));
  _tile_stored(1, c + kSide, ldc * sizeof(float));
  _tile_stored(2, c + kSide * ldc, ldc * sizeof(float));
  _tile_stored(3, c + kSide * ldc + kSide, ldc * sizeof(float));
}

/// The same for the first `rows` rows and `columns` columns.
inline void multiply_part(const float* a, const float* b, int64_t steps, bool add, float* c, int64_t ldc, int64_t rows,
                          int64_t columns) {
  constexpr int64_t kBlock = 2 * Squares::kSide;
  if (rows == kBlock && columns == kBlock) return multiply_squares(a, b, steps, add, c, ldc);
  alignas(64) float part[kBlock][kBlock] = {};
  for (int64_t i = 0; add && i < rows; ++i) std::copy_n(c + i * ldc, columns, part[i]);
  asm volatile("" ::: "memory");  // tiles are loaded behind the compiler's back
  multiply_squares(a, b, steps, add, part[0], kBlock);
  for (int64_t i = 0; i < rows; ++i) std::copy_n(part[i], columns, c + i * ldc);
}

/// gemm() of factors rounded to bfloat16, for beta 0 or 1.
inline void amx_gemm(int64_t m, int64_t n, int64_t k, const Factor& a, const Factor& b, bool add, float* c, int64_t ldc,
                     const Finish& finish) {
  constexpr int64_t kBlock = 2 * Squares::kSide, kDepth = 1024, kPacked = 4 * kBlock, kMostColumns = 2048;
  const int64_t rows = std::clamp<int64_t>((m / 8 + kBlock - 1) / kBlock * kBlock, 2 * kBlock, 8 * kBlock);
  const int64_t down = (m + rows - 1) / rows, across = (n + kMostColumns - 1) / kMostColumns;
  const bool pays = m * n * k > kParallelProduct;
  for (int64_t begin = 0; begin == 0 || begin < k; begin += kDepth) {
    const int64_t depth = std::min(kDepth, k - begin);
    const Squares right(n, depth);
    parallel_for(pays, (n + kPacked - 1) / kPacked, [&](int64_t i) {
      const int64_t j = i * kPacked;
      right.pack<true>(b.at(begin, j), b.leading, b.transposed, j, std::min(kPacked, n - j), depth);
    });
    parallel_for(pays, down * across, [&](int64_t task) {
      const int64_t first = task % down * rows, count = std::min(rows, m - first);
      const Squares left(count, depth);
      left.pack<false>(a.at(first, begin), a.leading, !a.transposed, 0, count, depth);
      const AmxTiles tiles;
      const int64_t end = std::min(n, (task / down + 1) * kMostColumns);
      for (int64_t j = task / down * kMostColumns; j < end; j += kBlock) {
        for (int64_t i = 0; i < count; i += kBlock) {
          float* to = c + (first + i) * ldc + j;
          const int64_t high = std::min(kBlock, count - i), wide = std::min(kBlock, end - j);
          multiply_part(left.at(i), right.at(j), right.steps(), add || begin > 0, to, ldc, high, wide);
          if (begin + depth == k) finish.rows(to, ldc, high, wide, j);
        }
      }
    });
  }
}

#else

inline void amx_gemm(int64_t, int64_t, int64_t, const Factor&, const Factor&, bool, float*, int64_t, const Finish&) {}

#endif

}  // namespace rotor
