// The product of training without a library. Both factors are packed in the order in which its tiles read them, once
// for all threads, and the result is cut in both directions into blocks that threads share.
#pragma once

#include "kernel/gemm.h"

namespace rotor {

/// Computes C [M,N] = A [M,K] · B [K,N] + beta · C, then the epilogue. The result has the same bits for any number of
/// threads.
void panel_gemm(int64_t m, int64_t n, int64_t k, const Factor& a, const Factor& b, float beta, float* c, int64_t ldc,
                const Finish& finish);

}  // namespace rotor
