#include "autograd/rdrop.h"

#include <algorithm>
#include <vector>

#include "autograd/projection.h"
#include "kernel/rows.h"

namespace rotor {
namespace {

/// ½ Σ (p − q) (log p − log q) of each row of two tensors of log-probabilities [M, V], summed, and its gradients with
/// respect to both rows' logits, times α: α/2 · (p (log p − log q − KL(p‖q)) + p − q), and the other way round.
double agreement(const Tensor& log_p, const Tensor& log_q, float alpha, const Tensor& d_p, const Tensor& d_q) {
  const int64_t rows = log_p.size(0), width = log_p.size(1);
  std::vector<double> of_row(rows);
#pragma omp parallel for
  for (int64_t r = 0; r < rows; ++r) {
    const float *a = log_p.data() + r * width, *b = log_q.data() + r * width;
    float *to_a = d_p.data() + r * width, *to_b = d_q.data() + r * width;
    double p_from_q = 0, q_from_p = 0;
    for (int64_t i = 0; i < width; ++i) {
      const double difference = static_cast<double>(a[i]) - b[i];
      p_from_q += std::exp(a[i]) * difference;
      q_from_p -= std::exp(b[i]) * difference;
    }
    of_row[r] = (p_from_q + q_from_p) / 2;
    const auto kl_p = static_cast<float>(p_from_q), kl_q = static_cast<float>(q_from_p);
    const float half = alpha / 2;
#pragma omp simd
    for (int64_t i = 0; i < width; ++i) {
      const float p = std::exp(a[i]), q = std::exp(b[i]), difference = a[i] - b[i];
      to_a[i] += half * (p * (difference - kl_p) + p - q);
      to_b[i] += half * (q * (-difference - kl_q) + q - p);
    }
  }
  double sum = 0;
  for (const double row : of_row) sum += row;
  return sum;
}

}  // namespace

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
    loss += alpha * agreement(log_probabilities[0], log_probabilities[1], alpha, logits[0], logits[1]);
    for (const int64_t pass : {0, 1}) projection.add_gradient(pass * count + first, logits[pass]);
  }
  result.loss = projection.with_gradients(loss);
  return result;
}

}  // namespace rotor
