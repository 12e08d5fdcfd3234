#include "autograd/packing.h"

namespace rotor {

Variable pack(const Variable& x, const Packing& packing) {
  if (!packing.active()) return x;
  return record(pack_tokens(x.value(), packing), {x},
                [packing](const Tensor& g, Gradients d) { d.add(0, unpack_tokens(g, packing)); });
}

Variable unpack(const Variable& x, const Packing& packing) {
  if (!packing.active()) return x;
  return record(unpack_tokens(x.value(), packing), {x},
                [packing](const Tensor& g, Gradients d) { d.add(0, pack_tokens(g, packing)); });
}

Variable row_means(const Variable& x, const Packing& packing) {
  return record(row_means(x.value(), packing), {x},
                [packing](const Tensor& g, Gradients d) { d.add(0, row_means_backward(g, packing)); });
}

}  // namespace rotor
