// Products with prepacked weights, for translation: y = x Wᵀ + b for few rows x and a constant weight matrix W that is
// laid out once for the kernel. Each row of the result is computed in the same order whatever rows stand beside it and
// however many threads share the work, so no translation depends on its batch. The kernel is written by hand because a
// library's product needs a new plan for every number of rows, and that number changes at almost every step of a
// search.
#pragma once

#include <cstdint>
#include <memory>

#include "kernel/weight_rows.h"

namespace rotor {

class PackedWeights {
 public:
  PackedWeights(int64_t out, int64_t in) : out_(out), in_(in) {}
  virtual ~PackedWeights() = default;

  /// Returns x [..., in] Wᵀ + bias -> [..., out], then max(·, 0) if `relu`. `bias` [out] or undefined.
  Tensor product(const Tensor& x, const Tensor& bias, bool relu = false) const;

  int64_t out() const { return out_; }
  int64_t in() const { return in_; }

 protected:
  /// Computes y [rows, out] from contiguous x [rows, in]; `bias` may be null, and `least` is -∞ or 0.
  virtual void multiply(const float* x, int64_t rows, const float* bias, float least, float* y) const = 0;

 private:
  int64_t out_, in_;
};

/// Packs W [out, in] in float32.
std::unique_ptr<PackedWeights> pack_weights(const WeightRows& weight);

/// Packs W [out, in] rounded to bfloat16, which halves the memory to read; inputs and sums stay in float32. Products
/// have the same bits as those of the rounded numbers packed in float32, on any CPU.
std::unique_ptr<PackedWeights> pack_bfloat16(const WeightRows& weight);

}  // namespace rotor
