// Matrix products through oneDNN: those of training, and all that are not of fixed weights ("packed_products.h").
#pragma once

#include <cstdint>

#include "tensor/tensor.h"

namespace rotor {

/// What a product does to its result while that is still in the cache: C += bias [N] in every row, then max(C, 0).
struct Finish {
  const float* bias = nullptr;
  bool relu = false;  ///< only with a bias
};

/// C[M,N] = op(A) · op(B) + beta · C, finished, on row-major matrices, op(A) [M,K], op(B) [K,N]. The same bits for any
/// number of threads: they share blocks of the result, each of which is one thread's, as oneDNN alone would also share
/// long sums. In bfloat16 while that is the precision in force ("tensor/bfloat16.h").
void gemm(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda,
          const float* b, int64_t ldb, float beta, float* c, int64_t ldc, const Finish& finish = {});

/// a [..., M, K] · b [..., K, N] -> [..., M, N] for tensors of equal leading axes (rank 2 to 4) and any strides with
/// one contiguous axis among the last two. The primitive is made once a shape and kept.
Tensor matmul(const Tensor& a, const Tensor& b);

}  // namespace rotor
