// Products of batches of matrices, through oneDNN.
#pragma once

#include <cstdint>

#include "tensor/tensor.h"

namespace rotor {

/// Returns a [..., M, K] · b [..., K, N] -> [..., M, N] for tensors of equal leading axes (rank 2 to 4) and any strides
/// with one contiguous axis among the last two. The result has the same bits for any number of threads.
Tensor matmul(const Tensor& a, const Tensor& b);

}  // namespace rotor
