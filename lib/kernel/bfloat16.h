// Products in bfloat16 (Kalamkar et al. 2019): both factors are rounded to numbers with the range of float32 and 8 bits
// of mantissa, sums are in float32. This is about twice as fast as float32 where the CPU has instructions for it;
// elsewhere the rounded numbers are multiplied as floats, so that a training can go on on any CPU. Weights, gradients,
// reductions and everything but gemm() stay float32.
#pragma once

#include <bit>
#include <cstdint>

#include "kernel/gemm.h"

namespace rotor {

enum class Precision { kFloat32, kBfloat16 };

/// Sets the precision of gemm() on every thread; the default is float32.
void set_product_precision(Precision precision);
Precision product_precision();

/// Whether this CPU multiplies bfloat16 faster than float32: by AMX, or by AMD's AVX512_BF16.
bool bfloat16_is_fast();

/// The upper half of a float's bits, rounded to the nearest, ties to even. NaN stays NaN: its payload's upper bits
/// survive or carry into a larger payload only when they are all ones, so the quiet bit is set first.
inline uint16_t to_bfloat16(float value) {
  uint32_t bits = std::bit_cast<uint32_t>(value);
  const bool nan = (bits & 0x7fffffffu) > 0x7f800000u;
  bits += nan ? 0 : 0x7fffu + ((bits >> 16) & 1);
  return static_cast<uint16_t>((bits >> 16) | (nan ? 0x40u : 0u));
}
inline float from_bfloat16(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

/// C[M,N] = op(A) · op(B) + beta · C, then `finish`, like gemm(), with op(A) and op(B) rounded to bfloat16. The result
/// has the same bits for any number of threads.
void bfloat16_gemm(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda,
                   const float* b, int64_t ldb, float beta, float* c, int64_t ldc, const Finish& finish);

}  // namespace rotor
