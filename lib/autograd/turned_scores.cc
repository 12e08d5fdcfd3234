#include "autograd/turned_scores.h"

namespace rotor {

Variable turn_scores(const Variable& scores, const Variable& q, const Variable& k, const TurnedBlock& block,
                     const FrequencyChanges& changes) {
  return record(turn_scores(scores.value(), q.value(), k.value(), block, changes), {scores, q, k},
                [=, queries = q.value(), keys = k.value()](const Tensor& g, Gradients d) {
                  d.share(0, g);
                  TurnedGradients gradients = turn_scores_backward(g, queries, keys, block, changes);
                  if (d.wanted(1)) d.add(1, std::move(gradients.q));
                  if (d.wanted(2)) d.add(2, std::move(gradients.k));
                });
}

}  // namespace rotor
