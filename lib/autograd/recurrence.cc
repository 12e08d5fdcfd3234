#include "autograd/recurrence.h"

#include "base/check.h"
#include "kernel/recurrence.h"

namespace rotor {

Variable gated_recurrence(const Variable& logits, const Variable& x, const Packing& packing, const Tensor& before) {
  const Tensor z = logits.value(), in = x.value();
  const Tensor cells = gated_recurrence(z, in, packing, before);
  return record(cells, {logits, x}, [=, later = before.defined()](const Tensor& g, Gradients d) {
    ROTOR_CHECK(!later, "cells that go on from others have no gradients: decode under NoGrad");
    const RecurrenceGradients gradients = gated_recurrence_backward(g, z, in, cells, packing);
    d.add(0, gradients.logits);
    d.add(1, gradients.x);
  });
}

}  // namespace rotor
