#include "autograd/packing.h"

#include <algorithm>
#include <cstring>

#include "tensor/parallel.h"

namespace rotor {
namespace {

Tensor packed(const Tensor& given, const Packing& packing) {
  const Tensor x = given.contiguous();
  const int64_t width = x.size(2);
  ROTOR_CHECK((x.shape() == Shape{packing.rows(), packing.length(), width}),
              "expected {} sentences of {} tokens, got {}", packing.rows(), packing.length(), x.shape().str());
  Tensor y({packing.tokens(), width});
#pragma omp parallel for if (y.elements() > kParallelElements)
  for (int64_t row = 0; row < packing.rows(); ++row) {
    std::memcpy(y.data() + packing.begin(row) * width, x.data() + row * packing.length() * width,
                packing.size(row) * width * sizeof(float));
  }
  return y;
}

Tensor unpacked(const Tensor& given, const Packing& packing) {
  const Tensor x = given.contiguous();
  const int64_t width = x.size(1), row_size = packing.length() * width;
  ROTOR_CHECK(x.size(0) == packing.tokens(), "expected {} packed tokens, got {}", packing.tokens(), x.shape().str());
  Tensor y({packing.rows(), packing.length(), width});
#pragma omp parallel for if (y.elements() > kParallelElements)
  for (int64_t row = 0; row < packing.rows(); ++row) {
    const int64_t size = packing.size(row) * width;
    std::memcpy(y.data() + row * row_size, x.data() + packing.begin(row) * width, size * sizeof(float));
    std::fill(y.data() + row * row_size + size, y.data() + (row + 1) * row_size, 0.f);
  }
  return y;
}

}  // namespace

Variable pack(const Variable& x, const Packing& packing) {
  if (!packing.active()) return x;
  return record(packed(x.value(), packing), {x},
                [packing](const Tensor& g, Gradients d) { d.add(0, unpacked(g, packing)); });
}

Variable unpack(const Variable& x, const Packing& packing) {
  if (!packing.active()) return x;
  return record(unpacked(x.value(), packing), {x},
                [packing](const Tensor& g, Gradients d) { d.add(0, packed(g, packing)); });
}

}  // namespace rotor
