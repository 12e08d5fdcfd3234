#include "autograd/losses.h"

#include <algorithm>

#include "autograd/projection.h"
#include "kernel/rows.h"

namespace rotor {
namespace {

void check_rows(const Variable& features, std::span<const int32_t> targets) {
  ROTOR_CHECK(features.size(0) == std::ssize(targets), "expected a target for each of {} rows, got {}",
              features.size(0), targets.size());
}

/// Calls f(first, count) for each chunk of n rows.
template <typename F>
void for_chunks(int64_t n, F f) {
  for (int64_t first = 0; first < n; first += Projection::kChunk) f(first, std::min(Projection::kChunk, n - first));
}

}  // namespace

Loss projected_cross_entropy(const Variable& features, const Variable& weight, std::span<const int32_t> targets,
                             float epsilon, const Variable& bias) {
  check_rows(features, targets);
  Projection projection(features, weight, bias);
  projection.check(targets);
  Loss result;
  double loss = 0;
  for_chunks(std::ssize(targets), [&](int64_t first, int64_t count) {
    const Tensor logits = projection.logits(first, count);
    const CrossEntropy sums = cross_entropy_in_place(logits, targets.subspan(first, count), epsilon);
    loss += sums.loss;
    result.nll += sums.nll;
    projection.add_gradient(first, logits);
  });
  result.loss = projection.with_gradients(loss);
  return result;
}

std::vector<float> log_likelihoods(std::span<const int32_t> targets,
                                   const std::function<Tensor(int64_t first, int64_t count)>& logits) {
  std::vector<float> result(targets.size());
  for_chunks(std::ssize(targets), [&](int64_t first, int64_t count) {
    log_likelihoods(logits(first, count), targets.subspan(first, count), std::span(result).subspan(first, count));
  });
  return result;
}

Guesses guesses(std::span<const int32_t> targets, const std::function<Tensor(int64_t first, int64_t count)>& logits) {
  Guesses result;
  for_chunks(std::ssize(targets), [&](int64_t first, int64_t count) {
    const Tensor scores = logits(first, count);
    check_targets(targets.subspan(first, count), scores.size(1));
    std::vector<float> own(count);
    log_likelihoods(scores, targets.subspan(first, count), own);
    for (int64_t i = 0; i < count; ++i) {
      const auto row = scores.narrow(0, i, 1).span();
      result.log_likelihood += own[i];
      result.right += row[targets[first + i]] == *std::max_element(row.begin(), row.end()) ? 1 : 0;
    }
  });
  return result;
}

}  // namespace rotor
