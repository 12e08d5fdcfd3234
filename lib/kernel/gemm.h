// The matrix product of training.
#pragma once

#include <cstdint>

namespace rotor {

/// A row-major matrix, or the transpose of one.
struct Factor {
  const float* data;
  int64_t leading;  ///< the distance of rows as they lie in memory
  bool transposed;

  const float* at(int64_t row, int64_t column) const {
    return data + (transposed ? column * leading + row : row * leading + column);
  }
};

/// The epilogue of a product, applied to its result while that is still in the cache: C += bias [N] in every row, then
/// max(C, 0).
struct Finish {
  const float* bias = nullptr;
  bool relu = false;  ///< only with a bias

  /// Finishes `rows` rows of c, whose first column is column `j` of the product.
  void rows(float* c, int64_t ldc, int64_t rows, int64_t columns, int64_t j) const;
};

/// Computes C[M,N] = op(A) · op(B) + beta · C, then the epilogue `finish`, on row-major matrices, op(A) [M,K], op(B)
/// [K,N]. The result has the same bits for any number of threads. Factors are rounded to bfloat16 while that precision
/// is set ("kernel/bfloat16.h").
void gemm(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda,
          const float* b, int64_t ldb, float beta, float* c, int64_t ldc, const Finish& finish = {});

}  // namespace rotor
