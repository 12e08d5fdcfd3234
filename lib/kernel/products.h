// Matrix products through oneDNN: the products of training, and all others whose weights are not prepacked
// ("packed_products.h").
#pragma once

#include <cstdint>

#include "tensor/tensor.h"

namespace rotor {

/// The epilogue of a product, applied to its result while that is still in the cache: C += bias [N] in every row, then
/// max(C, 0).
struct Finish {
  const float* bias = nullptr;
  bool relu = false;  ///< only with a bias
};

/// Computes C[M,N] = op(A) · op(B) + beta · C, then the epilogue `finish`, on row-major matrices, op(A) [M,K], op(B)
/// [K,N]. The result has the same bits for any number of threads: each block of the result is computed by one thread,
/// whereas oneDNN alone would also split long sums. Factors are rounded to bfloat16 while that precision is set
/// ("kernel/bfloat16.h").
void gemm(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda,
          const float* b, int64_t ldb, float beta, float* c, int64_t ldc, const Finish& finish = {});

/// Returns a [..., M, K] · b [..., K, N] -> [..., M, N] for tensors of equal leading axes (rank 2 to 4) and any strides
/// with one contiguous axis among the last two. The result has the same bits for any number of threads.
Tensor matmul(const Tensor& a, const Tensor& b);

}  // namespace rotor
