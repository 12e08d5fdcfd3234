// Tensors of random numbers for tests, the same on every machine.
#pragma once

#include "base/random.h"
#include "tensor/tensor.h"

namespace rotor {

/// Normal numbers times `scale`, a stream of their own for each seed.
inline Tensor random_tensor(Shape shape, uint64_t seed, double scale = 1) {
  Random random(derive(seed, "test"));
  Tensor result(shape);
  for (float& value : result.span()) value = static_cast<float>(scale * random.normal());
  return result;
}

/// The same numbers with axes a and b exchanged in memory, not in shape.
inline Tensor laid_out_as_transposed(const Tensor& x, int a, int b) {
  return x.transpose(a, b).clone().transpose(a, b);
}

}  // namespace rotor
