// Sums of products of bytes: the inputs of 8 bits without a sign, the weights of 8 bits with one, their sums exact
// integers of 32 bits, by the instruction that a level of instruction sets has for them. VNNI multiplies and adds four
// pairs at once; elsewhere on x86 both are widened to 16 bits and two pairs are multiplied at once, since an
// instruction for bytes would round sums off at 32,767. Arm's instructions give both factors a sign, so the inputs are
// stored less 128, and two of their products with weights, which are at least −127, fit 16 bits.
#pragma once

#include <cstdint>
#include <cstring>

#include "kernel/simd.h"

namespace rotor {

// GCC 12 keeps sums in registers only if the instruction that adds to them is written out.

/// A sum for each of kLanes outputs.
using Sums = int32_t __attribute__((vector_size(kLanes * sizeof(int32_t)), aligned(sizeof(int32_t)), may_alias));

#if defined(__AVX512VNNI__) || defined(__AVXVNNI__)

using DotInput = uint8_t;             ///< an input as it lies in memory
inline constexpr int kDotOffset = 0;  ///< what it lies there less
inline constexpr int kDotPairs = 4;   ///< inputs that one instruction multiplies and adds
using DotWeights = Sums;              ///< kDotPairs weights of each of kLanes outputs

inline DotWeights load_weights(const int8_t* from) {
  return *reinterpret_cast<const DotWeights*>(from);
}

inline Sums add_products(Sums sums, Sums inputs, DotWeights weights) {
#if defined(__AVX512VNNI__)
  asm("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(inputs), "v"(weights));
#else
  asm("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sums) : "x"(inputs), "x"(weights));
#endif
  return sums;
}

#elif defined(__AVX2__)

using DotInput = int16_t;
inline constexpr int kDotOffset = 0;
inline constexpr int kDotPairs = 2;
using DotWeights = Sums;

inline DotWeights load_weights(const int8_t* from) {
#if defined(__AVX512BW__)
  return (DotWeights)_mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
#else
  return (DotWeights)_mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
#endif
}

inline Sums add_products(Sums sums, Sums inputs, DotWeights weights) {
#if defined(__AVX512BW__)
  return sums + (Sums)_mm512_madd_epi16((__m512i)inputs, (__m512i)weights);
#else
  return sums + (Sums)_mm256_madd_epi16((__m256i)inputs, (__m256i)weights);
#endif
}

#elif defined(__aarch64__)

using DotInput = int8_t;
inline constexpr int kDotOffset = 128;
inline constexpr int kDotPairs = 4;
using DotWeights = int8x16_t;

inline DotWeights load_weights(const int8_t* from) {
  return vld1q_s8(from);
}

inline Sums add_products(Sums sums, Sums inputs, DotWeights weights) {
  const auto left = (int8x16_t)inputs;
#if defined(__ARM_FEATURE_DOTPROD)
  asm("sdot %0.4s, %1.16b, %2.16b" : "+w"(sums) : "w"(left), "w"(weights));
#else
  const int16x8_t lower = vmull_s8(vget_low_s8(left), vget_low_s8(weights)), upper = vmull_high_s8(left, weights);
  asm("sadalp %0.4s, %1.8h" : "+w"(sums) : "w"(vpaddq_s16(lower, upper)));
#endif
  return sums;
}

#else

using DotInput = int16_t;
inline constexpr int kDotOffset = 0;
inline constexpr int kDotPairs = 1;
using DotWeights = Sums;

inline DotWeights load_weights(const int8_t* from) {
  using Bytes = int8_t __attribute__((vector_size(kLanes)));
  Bytes bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  return __builtin_convertvector(bytes, Sums);
}

inline Sums add_products(Sums sums, Sums inputs, DotWeights weights) {
  return sums + inputs * weights;
}

#endif

/// kDotPairs inputs, for each of kLanes outputs.
inline Sums load_inputs(const DotInput* from) {
  if constexpr (kDotPairs == 1) {
    return Sums{} + *from;
  } else {
    int32_t group;
    std::memcpy(&group, from, sizeof group);
    return Sums{} + group;
  }
}

}  // namespace rotor
