#include "kernel/gemm.h"

#include <cmath>

#include "kernel/bfloat16.h"
#include "kernel/panel_gemm.h"

namespace rotor {

void Finish::rows(float* c, int64_t ldc, int64_t rows, int64_t columns, int64_t j) const {
  if (!bias) return;
  const float* add = bias + j;
  const float least = relu ? 0.f : -INFINITY;
  for (int64_t i = 0; i < rows; ++i) {
    float* row = c + i * ldc;
#pragma omp simd
    for (int64_t column = 0; column < columns; ++column) {
      const float sum = row[column] + add[column];
      row[column] = sum < least ? least : sum;  // NaN stays NaN
    }
  }
}

void gemm(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda,
          const float* b, int64_t ldb, float beta, float* c, int64_t ldc, const Finish& finish) {
  if (m == 0 || n == 0) return;
  if (product_precision() == Precision::kBfloat16) {
    return bfloat16_gemm(transpose_a, transpose_b, m, n, k, a, lda, b, ldb, beta, c, ldc, finish);
  }
  panel_gemm(m, n, k, {a, lda, transpose_a}, {b, ldb, transpose_b}, beta, c, ldc, finish);
}

}  // namespace rotor
