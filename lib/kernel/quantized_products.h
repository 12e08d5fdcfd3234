// Products with weights of 8 bits: y = x Wᵀ + b where row n of W is scale[n] · (−127 … 127) and each row of x is
// rounded at run time to 128 steps from its least to its largest number. Sums are exact integers, so every CPU and
// every number of threads gives the same bits. The kernel is written by hand without a library, on the instructions of
// "kernel/dot_products.h".
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "kernel/packed_products.h"

namespace rotor {

/// A matrix [rows, width] of 8 bits: row n is scales[n] times its values, which are from −127 to 127.
struct QuantizedMatrix {
  int64_t rows = 0, width = 0;
  std::vector<int8_t> values;
  std::vector<float> scales;

  /// Returns the floats that the matrix represents.
  Tensor floats() const;
};

/// Rounds each row to multiples of its largest magnitude / 127. A number that is not finite is an Error.
QuantizedMatrix quantize(const Tensor& matrix);

/// Rounds W [out, in] to `type`, 8 bits as quantize() does, and packs it.
std::unique_ptr<PackedWeights> pack_weights(const WeightRows& weight, WeightType type);

}  // namespace rotor
