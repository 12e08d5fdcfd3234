// Sums of products of bytes: the inputs from 0 to 127, the weights from −127 to 127, their sums exact integers of 32
// bits, by the instruction that a level of instruction sets has for them. VNNI and Arm's dot product multiply and add
// four pairs at once. Elsewhere two products at a time are added up in 16 bits, which inputs of 8 bits would overflow,
// and then two of those sums.
#pragma once

#include <cstdint>
#include <cstring>

#include "kernel/simd.h"

namespace rotor {

/// A sum for each of kLanes outputs.
using Sums = int32_t __attribute__((vector_size(kLanes * sizeof(int32_t)), aligned(sizeof(int32_t)), may_alias));

inline constexpr int32_t kMostInput = 127;  ///< the largest input
inline constexpr int64_t kGroup = 4;        ///< inputs of an output that lie together: a step multiplies and adds them

/// Adds, for each of kLanes outputs, the products of kGroup inputs, the same for all outputs, with its weights. GCC
/// 12 keeps sums in registers only if the instruction that adds to them is written out; with 16 registers, they have
/// room for six rows only if the weights are read from memory.
inline Sums add_products(Sums sums, Sums inputs, const Sums& weights) {
#if defined(__AVX512VNNI__)
  asm("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(inputs), "v"(weights));
#elif defined(__AVXVNNI__)
  asm("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sums) : "x"(inputs), "x"(weights));
#elif defined(__AVX512BW__)
  const __m512i pairs = _mm512_maddubs_epi16((__m512i)inputs, (__m512i)weights);
  sums += (Sums)_mm512_madd_epi16(pairs, _mm512_set1_epi16(1));
#elif defined(__AVX2__)
  __m256i pairs;
  asm("vpmaddubsw %2, %1, %0" : "=x"(pairs) : "x"(inputs), "m"(weights));
  sums += (Sums)_mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
#elif defined(__ARM_FEATURE_DOTPROD)
  asm("sdot %0.4s, %1.16b, %2.16b" : "+w"(sums) : "w"(inputs), "w"(weights));
#elif defined(__aarch64__)
  const auto left = (int8x16_t)inputs, right = (int8x16_t)weights;
  const int16x8_t lower = vmull_s8(vget_low_s8(left), vget_low_s8(right)), upper = vmull_high_s8(left, right);
  asm("sadalp %0.4s, %1.8h" : "+w"(sums) : "w"(vpaddq_s16(lower, upper)));
#else
  using Bytes = int8_t __attribute__((vector_size(sizeof(Sums))));
  const auto left = (Bytes)inputs, right = (Bytes)weights;
  for (int i = 0; i < kLanes * kGroup; ++i) sums[i / kGroup] += left[i] * right[i];
#endif
  return sums;
}

/// kGroup inputs, for each of kLanes outputs.
inline Sums load_inputs(const int8_t* from) {
  int32_t group;
  std::memcpy(&group, from, sizeof group);
  return Sums{} + group;
}

}  // namespace rotor
