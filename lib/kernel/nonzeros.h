// NonZeros stores the numbers of a tensor that are not zero, and one bit for each number that says whether it is zero.
// For ReLU's outputs it takes half the memory at the start of training, and less as training goes on.
#pragma once

#include <cstdint>
#include <vector>

#include "tensor/tensor.h"

namespace rotor {

class NonZeros {
 public:
  /// Stores a contiguous tensor.
  explicit NonZeros(const Tensor& x);

  /// Returns the tensor; −0 has become 0.
  Tensor dense() const;
  /// Sets y [same shape], contiguous, to zero wherever the stored tensor is zero.
  void mask(const Tensor& y) const;

 private:
  template <typename Start>
  void for_blocks(Start start) const;

  Shape shape_;
  std::vector<uint16_t> bits_;   // one bit field for each group of 16 numbers
  std::vector<int64_t> starts_;  // where each block's numbers start among the values
  Tensor values_;
};

}  // namespace rotor
