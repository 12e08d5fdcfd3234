// Products with weights of 8 bits: y = x Wᵀ + b where row n of W is scale[n] · (−127 … 127) and each row of x is
// rounded to 256 steps from its least to its largest number as it comes. Sums are exact integers, so every CPU and
// every number of threads gives the same bits. Written by hand with AVX512-VNNI where the CPU has it, which is seen at
// run time; no library.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "tensor/packed_products.h"

namespace rotor {

/// A matrix [rows, width] of 8 bits: row n is scales[n] times its values, which are from −127 to 127.
struct QuantizedMatrix {
  int64_t rows = 0, width = 0;
  std::vector<int8_t> values;
  std::vector<float> scales;

  /// The floats it stands for.
  Tensor floats() const;
};

/// Rounds each row to multiples of its largest magnitude / 127. An Error if a number is not finite.
QuantizedMatrix quantize(const Tensor& matrix);

/// W [out, in] in 8 bits, for products as pack_weights() makes them.
std::unique_ptr<PackedWeights> pack_weights(const QuantizedMatrix& weight);

enum class WeightType { kFloat32, kBfloat16, kInt8 };

/// A float matrix [out, in] rounded to `type` and packed.
std::unique_ptr<PackedWeights> pack_weights(const Tensor& weight, WeightType type);

/// True if this CPU multiplies 8 bits faster than floats.
bool has_fast_int8();

}  // namespace rotor
