#include "autograd/contextual.h"

#include "kernel/contextual.h"

namespace rotor {

Variable add_contextual(const Variable& scores, const Variable& logits, int64_t first_query) {
  return record(add_contextual(scores.value(), logits.value(), first_query), {scores, logits},
                [=, s = scores.value(), z = logits.value()](const Tensor& g, Gradients d) {
                  ContextualGradients gradients = contextual_backward(g, s, z, first_query);
                  if (d.wanted(0)) d.add(0, std::move(gradients.scores));
                  if (d.wanted(1)) d.add(1, std::move(gradients.logits));
                });
}

}  // namespace rotor
