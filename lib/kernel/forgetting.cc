#include "kernel/forgetting.h"

#include <cmath>
#include <vector>

#include "tensor/parallel.h"

namespace rotor {
namespace {

void check_logits(const Tensor& scores, const Tensor& logits, int64_t first_query) {
  const Shape expected{scores.size(0), scores.size(1), scores.size(3)};
  ROTOR_CHECK(logits.shape() == expected, "expected gates {} for scores {}, got {}", expected.str(),
              scores.shape().str(), logits.shape().str());
  ROTOR_CHECK(first_query >= 0 && first_query + scores.size(2) <= scores.size(3),
              "expected queries among the {} keys, got {} from {}", scores.size(3), scores.size(2), first_query);
}

/// log σ(z) = −log(1 + e^(−z)), without overflow.
double log_sigmoid(double z) {
  return std::min(z, 0.0) - std::log1p(std::exp(-std::abs(z)));
}

/// σ(−z), the slope of log σ(z).
double slope(double z) {
  return 1 / (1 + std::exp(z));
}

/// Σ_{l <= j} log f_l for each key j.
std::vector<double> kept(const float* logits, int64_t keys) {
  std::vector<double> sums(keys);
  double sum = 0;
  for (int64_t j = 0; j < keys; ++j) sums[j] = sum += log_sigmoid(logits[j]);
  return sums;
}

}  // namespace

Tensor add_forgetting(const Tensor& scores, const Tensor& logits, int64_t first_query) {
  check_logits(scores, logits, first_query);
  const Tensor in = scores.contiguous(), z = logits.contiguous();
  const int64_t queries = scores.size(2), keys = scores.size(3);
  Tensor out(scores.shape());
  parallel_for(out.elements() > kParallelElements, in.size(0) * in.size(1), [&](int64_t n) {
    const std::vector<double> sums = kept(z.data() + n * keys, keys);
    for (int64_t i = 0; i < queries; ++i) {
      const double own = sums[first_query + i];
      const float* from = in.data() + (n * queries + i) * keys;
      float* to = out.data() + (n * queries + i) * keys;
      for (int64_t j = 0; j < keys; ++j) to[j] = from[j] - static_cast<float>(std::abs(own - sums[j]));
    }
  });
  return out;
}

Tensor forgetting_backward(const Tensor& gradient, const Tensor& logits, int64_t first_query) {
  check_logits(gradient, logits, first_query);
  const Tensor g = gradient.contiguous(), z = logits.contiguous();
  const int64_t queries = g.size(2), keys = g.size(3);
  Tensor result(z.shape());
  parallel_for(g.elements() > kParallelElements, g.size(0) * g.size(1), [&](int64_t n) {
    std::vector<double> of_sums(keys);  // D_ij is the sum of the later of both less that of the earlier
    for (int64_t i = 0; i < queries; ++i) {
      const float* row = g.data() + (n * queries + i) * keys;
      double own = 0;
      for (int64_t j = 0; j < keys; ++j) {
        const double later = j < first_query + i ? -row[j] : j > first_query + i ? row[j] : 0.f;
        of_sums[j] += later;
        own -= later;
      }
      of_sums[first_query + i] += own;
    }
    double after = 0;
    for (int64_t l = keys - 1; l >= 0; --l) {
      after += of_sums[l];
      result.data()[n * keys + l] = static_cast<float>(after * slope(z.data()[n * keys + l]));
    }
  });
  return result;
}

}  // namespace rotor
