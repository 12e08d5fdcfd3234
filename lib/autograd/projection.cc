#include "autograd/projection.h"

#include <vector>

#include "kernel/linear.h"
#include "kernel/rows.h"

namespace rotor {

void check_targets(std::span<const int32_t> targets, int64_t words) {
  for (const int32_t target : targets) {
    ROTOR_CHECK(target >= 0 && target < words, "expected targets below {}, got {}: text and model differ in vocabulary",
                words, target);
  }
}

Projection::Projection(const Variable& features, const Variable& weight, const Variable& bias)
    : features_(features), weight_(weight), bias_(bias) {
  ROTOR_CHECK(features.rank() == 2 && weight.rank() == 2 && features.size(1) == weight.size(1),
              "expected features of width {}, got {}", weight.size(1), features.shape().str());
  ROTOR_CHECK(!bias.defined() || bias.shape() == Shape{weight.size(0)}, "expected a bias of {} numbers, got {}",
              weight.size(0), bias.shape().str());
  const auto gradient_of = [](const Variable& x) {
    return recording() && x.needs_gradient() ? Tensor(x.shape()) : Tensor();
  };
  d_features_ = gradient_of(features);
  d_weight_ = gradient_of(weight);
  d_bias_ = gradient_of(bias);
}

Tensor Projection::logits(int64_t first, int64_t count) const {
  return linear(features_.value().narrow(0, first, count), weight_.value(), bias_.defined() ? bias_.value() : Tensor());
}

void Projection::add_gradient(int64_t first, const Tensor& gradient) {
  const int64_t count = gradient.size(0);
  const float beta = empty_ ? 0.f : 1.f;
  if (d_weight_.defined()) {
    linear_backward_weight(gradient, features_.value().narrow(0, first, count), d_weight_, beta);
  }
  if (d_features_.defined()) {
    linear_backward_input(gradient, weight_.value(), d_features_.narrow(0, first, count), 0);
  }
  if (d_bias_.defined()) sum_rows(gradient, d_bias_, beta);
  empty_ = false;
}

Variable Projection::with_gradients(double value) const {
  std::vector<TapeInput> inputs = {features_, weight_};
  std::vector<Tensor> gradients = {d_features_, d_weight_};
  if (bias_.defined()) {
    inputs.push_back(bias_);
    gradients.push_back(d_bias_);
  }
  for (const Tensor& gradient : gradients) {
    if (empty_ && gradient.defined()) gradient.fill(0);
  }
  return record(Tensor::full({}, static_cast<float>(value)), inputs,
                [gradients = std::move(gradients)](const Tensor& g, Gradients d) {
                  for (size_t input = 0; input < gradients.size(); ++input) {
                    d.accumulate(static_cast<int>(input), [&](const Tensor& to, float beta) {
                      if (beta == 0) to.fill(0);
                      to.add(gradients[input], g.item());
                    });
                  }
                });
}

}  // namespace rotor
