// The numbers of a tensor that are not zero, and a bit for every number that says which: half the memory of what ReLU
// gives at first, less as training goes on.
#pragma once

#include <cstdint>
#include <vector>

#include "tensor/tensor.h"

namespace rotor {

class NonZeros {
 public:
  /// Of a contiguous tensor.
  explicit NonZeros(const Tensor& x);

  /// The tensor again; −0 has become 0.
  Tensor dense() const;
  /// Sets y [same shape], contiguous, to zero where the tensor is.
  void mask(const Tensor& y) const;

 private:
  template <typename Start>
  void for_blocks(Start start) const;

  Shape shape_;
  std::vector<uint16_t> bits_;   // of each group of 16 numbers
  std::vector<int64_t> starts_;  // of each block's numbers among the values
  Tensor values_;
};

}  // namespace rotor
