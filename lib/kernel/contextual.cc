#include "kernel/contextual.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel/simd.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

/// A position between whole ones.
struct Place {
  int64_t below, above;
  double weight;  ///< of the one above
  bool clipped;
};

Place place_of(double sum, int64_t positions) {
  const double last = static_cast<double>(positions - 1);
  const double p = sum < last ? sum : last;  // of NaN as well, whose score is NaN by itself
  return {static_cast<int64_t>(std::floor(p)), static_cast<int64_t>(std::ceil(p)), p - std::floor(p), sum > last};
}

/// Calls visit(j, sum) for the keys of a query at key `own`, from it to the first and from it to the last; `gates` are
/// those of all keys.
template <typename Visit>
void outwards(const std::vector<double>& gates, int64_t own, Visit visit) {
  double sum = 0;
  for (int64_t j = own; j >= 0; --j) visit(j, sum += gates[j]);
  sum = gates[own];
  for (int64_t j = own + 1; j < std::ssize(gates); ++j) visit(j, sum += gates[j]);
}

std::vector<double> gates_of(const float* scores, int64_t keys) {
  std::vector<double> gates(keys);
#pragma omp simd
  for (int64_t j = 0; j < keys; ++j) gates[j] = Sigmoid(scores[j]).value;
  return gates;
}

void check_sizes(const Tensor& scores, const Tensor& logits, int64_t first_query) {
  ROTOR_CHECK(logits.rank() == 4 && logits.size(0) == scores.size(0) && logits.size(1) == scores.size(1) &&
                  logits.size(2) == scores.size(2),
              "expected logits of positions for scores {}, got {}", scores.shape().str(), logits.shape().str());
  ROTOR_CHECK(first_query >= 0 && first_query + scores.size(2) <= scores.size(3),
              "expected queries among the {} keys, got {} from {}", scores.size(3), scores.size(2), first_query);
}

}  // namespace

Tensor add_contextual(const Tensor& scores, const Tensor& logits, int64_t first_query) {
  check_sizes(scores, logits, first_query);
  const Tensor in = scores.contiguous(), z = logits.contiguous();
  const int64_t queries = in.size(2), keys = in.size(3), positions = z.size(3);
  Tensor out(scores.shape());
  parallel_for(out.elements() > kParallelElements, in.size(0) * in.size(1) * queries, [&](int64_t row) {
    const float *from = in.data() + row * keys, *logit = z.data() + row * positions;
    float* to = out.data() + row * keys;
    outwards(gates_of(from, keys), first_query + row % queries, [&](int64_t j, double sum) {
      const Place p = place_of(sum, positions);
      to[j] = from[j] + static_cast<float>((1 - p.weight) * logit[p.below] + p.weight * logit[p.above]);
    });
  });
  return out;
}

ContextualGradients contextual_backward(const Tensor& gradient, const Tensor& scores, const Tensor& logits,
                                        int64_t first_query) {
  const Tensor g = gradient.contiguous(), in = scores.contiguous(), z = logits.contiguous();
  const int64_t queries = in.size(2), keys = in.size(3), positions = z.size(3);
  ContextualGradients result{Tensor(in.shape()), Tensor(z.shape())};
  parallel_for(g.elements() > kParallelElements, in.size(0) * in.size(1) * queries, [&](int64_t row) {
    const float *slope = g.data() + row * keys, *logit = z.data() + row * positions;
    const int64_t own = first_query + row % queries;
    const std::vector<double> gates = gates_of(in.data() + row * keys, keys);
    std::vector<double> of_sums(keys), of_logits(positions);
    outwards(gates, own, [&](int64_t j, double sum) {
      const Place p = place_of(sum, positions);
      of_logits[p.below] += slope[j] * (1 - p.weight);
      of_logits[p.above] += slope[j] * p.weight;
      if (!p.clipped) of_sums[j] = slope[j] * (static_cast<double>(logit[p.above]) - logit[p.below]);
    });
    std::copy(of_logits.begin(), of_logits.end(), result.logits.data() + row * positions);
    float* to = result.scores.data() + row * keys;
    // A gate is part of the sums of its own key and of those beyond it; that of the query's own key is part of all.
    const auto put = [&](int64_t j, double of_gate) {
      to[j] = slope[j] + static_cast<float>(of_gate * gates[j] * (1 - gates[j]));
    };
    double before = 0, after = 0;
    for (int64_t j = 0; j < own; ++j) put(j, before += of_sums[j]);
    for (int64_t j = keys - 1; j > own; --j) put(j, after += of_sums[j]);
    put(own, before + after + of_sums[own]);
  });
  return result;
}

}  // namespace rotor
