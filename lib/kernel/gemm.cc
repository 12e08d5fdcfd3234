#include "kernel/gemm.h"

#include <cmath>

#include "base/check.h"
#include "kernel/bfloat16.h"
#include "kernel/onednn.h"
#include "kernel/panel_gemm.h"
#include "kernel/product_blocks.h"
#include "kernel/simd.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

/// C[M,N] = A · B + beta · C on the calling thread.
void multiply(int64_t m, int64_t n, int64_t k, const Factor& a, const Factor& b, float beta, float* c, int64_t ldc) {
  onednn::use_one_thread();
  const auto status = dnnl::sgemm(a.transposed ? 'T' : 'N', b.transposed ? 'T' : 'N', m, n, k, 1.f, a.data, a.leading,
                                  b.data, b.leading, beta, c, ldc);
  ROTOR_CHECK(status == dnnl::status::success, "oneDNN refused a product of [{}, {}] and [{}, {}]", m, k, k, n);
}

/// The product by oneDNN, block by block.
void library_gemm(int64_t m, int64_t n, int64_t k, const Factor& a, const Factor& b, float beta, float* c, int64_t ldc,
                  const Finish& finish) {
  const ProductBlocks blocks(m, n);
  parallel_for(m * n * k > kParallelGemm, blocks.count(), [&](int64_t number) {
    const auto [i, j, rows, columns] = blocks[number];
    float* to = c + i * ldc + j;
    multiply(rows, columns, k, {a.at(i, 0), a.leading, a.transposed}, {b.at(0, j), b.leading, b.transposed}, beta, to,
             ldc);
    finish.rows(to, ldc, rows, columns, j);
  });
}

}  // namespace

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

/// The kernel that is faster at this level ("tests/bench/README.md"): with AVX-512 trainings are 1.06 times as fast
/// with oneDNN's, with AVX2 1.23 times as fast with ours, where oneDNN's are slow if sums are long.
void gemm(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda,
          const float* b, int64_t ldb, float beta, float* c, int64_t ldc, const Finish& finish) {
  if (m == 0 || n == 0) return;
  if (product_precision() == Precision::kBfloat16) {
    return bfloat16_gemm(transpose_a, transpose_b, m, n, k, a, lda, b, ldb, beta, c, ldc, finish);
  }
  constexpr auto kernel = kLanes == 16 ? library_gemm : panel_gemm;
  kernel(m, n, k, {a, lda, transpose_a}, {b, ldb, transpose_b}, beta, c, ldc, finish);
}

}  // namespace rotor
