#include "autograd/prediction_losses.h"

#include <algorithm>
#include <cmath>

namespace rotor {
namespace {

/// A scalar whose gradient by `scores` is known.
Variable with_gradient(const Variable& scores, double value, const Tensor& gradient) {
  return record(Tensor::full({}, static_cast<float>(value)), {scores}, [gradient](const Tensor& g, Gradients d) {
    Tensor scaled(gradient.shape());
    const auto from = gradient.span(), to = scaled.span();
    for (size_t i = 0; i < from.size(); ++i) to[i] = from[i] * g.item();
    d.add(0, std::move(scaled));
  });
}

/// Turns scores into probabilities; returns the log of their normaliser.
double softmax_in_place(std::span<double> x) {
  const double largest = *std::max_element(x.begin(), x.end());
  double sum = 0;
  for (double& value : x) sum += value = std::exp(value - largest);
  for (double& value : x) value /= sum;
  return largest + std::log(sum);
}

}  // namespace

Loss cross_entropy(const Variable& scores, std::span<const int32_t> classes, std::span<const float> weights) {
  ROTOR_CHECK(scores.rank() == 2 && scores.size(0) == std::ssize(classes), "expected scores of {} rows, got {}",
              classes.size(), scores.shape().str());
  const int64_t count = scores.size(1);
  ROTOR_CHECK(weights.empty() || std::ssize(weights) == count, "expected {} weights of classes, got {}", count,
              weights.size());
  const Tensor x = scores.value().contiguous(), gradient(x.shape());
  Loss result;
  double loss = 0;
  std::vector<double> row(count);
  for (int64_t r = 0; r < x.size(0); ++r) {
    const int32_t own = classes[r];
    ROTOR_CHECK(own >= 0 && own < count, "expected a class below {}, got {}", count, own);
    const auto in = x.narrow(0, r, 1).span(), out = gradient.narrow(0, r, 1).span();
    std::copy(in.begin(), in.end(), row.begin());
    const double nll = softmax_in_place(row) - in[own];
    const double weight = weights.empty() ? 1 : weights[own];
    for (int64_t c = 0; c < count; ++c) out[c] = static_cast<float>(weight * (row[c] - (c == own ? 1 : 0)));
    result.nll += nll;
    loss += weight * nll;
  }
  result.loss = with_gradient(scores, loss, gradient);
  return result;
}

Loss squared_error(const Variable& scores, std::span<const float> targets) {
  ROTOR_CHECK(scores.value().elements() == std::ssize(targets), "expected {} scores, got {}", targets.size(),
              scores.shape().str());
  const Tensor x = scores.value().contiguous(), gradient(x.shape());
  Loss result;
  for (size_t i = 0; i < targets.size(); ++i) {
    const float difference = x.span()[i] - targets[i];
    gradient.span()[i] = 2 * difference;
    result.nll += static_cast<double>(difference) * difference;
  }
  result.loss = with_gradient(scores, result.nll, gradient);
  return result;
}

}  // namespace rotor
