// A matrix product for matrices that fit the first-level cache, as one head of one sentence does. It is called inside a
// parallel loop, without packing or dispatch. C[M,N] (+)= A[M,K] · B[K,N]; A may have any strides, so that A transposed
// costs nothing; rows of B and C are contiguous.
#pragma once

#include <cstdint>

#include "kernel/simd.h"

namespace rotor {

struct SmallMatrix {
  const float* data;
  int64_t row, column;  ///< strides

  SmallMatrix transposed() const { return {data, column, row}; }
};

namespace small_gemm_detail {

/// R rows × C vectors of the result, held in registers. If the vectors overlap others, their first `done` columns are
/// left alone.
template <int R, int C, bool kOverlaps = false>
inline void tile(SmallMatrix a, const float* b, int64_t ldb, float* c, int64_t ldc, int64_t k, bool add,
                 [[maybe_unused]] int64_t done = 0) {
  Vector sum[R][C] = {};
  for (int64_t p = 0; p < k; ++p) {
    Vector right[C];
    for (int j = 0; j < C; ++j) right[j] = *reinterpret_cast<const Vector*>(b + p * ldb + j * kLanes);
    for (int i = 0; i < R; ++i) {
      const float left = a.data[i * a.row + p * a.column];
      for (int j = 0; j < C; ++j) sum[i][j] += left * right[j];
    }
  }
  for (int i = 0; i < R; ++i) {
    for (int j = 0; j < C; ++j) {
      auto* to = reinterpret_cast<Vector*>(c + i * ldc + j * kLanes);
      Vector result = add ? *to + sum[i][j] : sum[i][j];
      if constexpr (kOverlaps) {
        for (int lane = 0; lane < done; ++lane) result[lane] = (*to)[lane];
      }
      *to = result;
    }
  }
}

/// R rows × the columns that fill no vector.
template <int R>
inline void edge(SmallMatrix a, const float* b, int64_t ldb, float* c, int64_t ldc, int64_t n, int64_t k, bool add) {
  for (int i = 0; i < R; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      float sum = 0;
      for (int64_t p = 0; p < k; ++p) sum += a.data[i * a.row + p * a.column] * b[p * ldb + j];
      c[i * ldc + j] = add ? c[i * ldc + j] + sum : sum;
    }
  }
}

template <int R>
inline void stripe(SmallMatrix a, const float* b, int64_t ldb, float* c, int64_t ldc, int64_t n, int64_t k, bool add,
                   bool overlap) {
  int64_t j = 0;
  for (; j + 2 * kLanes <= n; j += 2 * kLanes) tile<R, 2>(a, b + j, ldb, c + j, ldc, k, add);
  for (; j + kLanes <= n; j += kLanes) tile<R, 1>(a, b + j, ldb, c + j, ldc, k, add);
  if (j == n) return;
  if (!overlap || n < kLanes) return edge<R>(a, b + j, ldb, c + j, ldc, n - j, k, add);
  const int64_t last = n - kLanes;
  tile<R, 1, true>(a, b + last, ldb, c + last, ldc, k, add, j - last);
}

}  // namespace small_gemm_detail

/// With `overlap` a last vector that is not full overlaps the one before it, and so its columns take no loops of their
/// own; their sums may be rounded otherwise.
inline void small_gemm(int64_t m, int64_t n, int64_t k, SmallMatrix a, const float* b, int64_t ldb, float* c,
                       int64_t ldc, bool add, bool overlap = false) {
  namespace detail = small_gemm_detail;
  auto from_row = [&](int64_t i) { return SmallMatrix{a.data + i * a.row, a.row, a.column}; };
  int64_t i = 0;
  for (; i + 6 <= m; i += 6) detail::stripe<6>(from_row(i), b, ldb, c + i * ldc, ldc, n, k, add, overlap);
  for (; i + 4 <= m; i += 4) detail::stripe<4>(from_row(i), b, ldb, c + i * ldc, ldc, n, k, add, overlap);
  for (; i + 3 <= m; i += 3) detail::stripe<3>(from_row(i), b, ldb, c + i * ldc, ldc, n, k, add, overlap);
  for (; i < m; ++i) detail::stripe<1>(from_row(i), b, ldb, c + i * ldc, ldc, n, k, add, overlap);
}

}  // namespace rotor
