#include "autograd/rdrop.h"

#include <algorithm>

#include "autograd/projection.h"
#include "kernel/divergence.h"
#include "kernel/rows.h"

namespace rotor {

Loss projected_rdrop(const Variable& features, const Variable& weight, std::span<const int32_t> targets, float epsilon,
                     float alpha, const Variable& bias) {
  const auto count = static_cast<int64_t>(targets.size());
  ROTOR_CHECK(features.size(0) == 2 * count, "expected two rows for each of {} targets, got {}", count,
              features.size(0));
  Projection projection(features, weight, bias);
  projection.check(targets);
  Loss result;
  double loss = 0;
  for (int64_t first = 0; first < count; first += Projection::kChunk) {  // twice as many logits
    const int64_t rows = std::min(Projection::kChunk, count - first);
    Tensor logits[2], log_probabilities[2];
    for (const int64_t pass : {0, 1}) {
      logits[pass] = projection.logits(pass * count + first, rows);
      log_probabilities[pass] = log_softmax(logits[pass]);
      const CrossEntropy sums = cross_entropy_in_place(logits[pass], targets.subspan(first, rows), epsilon);
      loss += sums.loss;
      result.nll += sums.nll / 2;
    }
    loss += alpha * symmetric_divergence(log_probabilities[0], log_probabilities[1], alpha, logits[0], logits[1]);
    for (const int64_t pass : {0, 1}) projection.add_gradient(pass * count + first, logits[pass]);
  }
  result.loss = projection.with_gradients(loss);
  return result;
}

}  // namespace rotor
