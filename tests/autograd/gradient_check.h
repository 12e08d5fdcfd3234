// Gradients against central differences: for y = f(inputs) and fixed random weights w, the gradient of Σ w ∘ y that
// backward() finds must be (Σ w ∘ f(x + h) − Σ w ∘ f(x − h)) / 2h for every number of every input. Sums are in double;
// with h = 1e-2 truncation and float32 rounding stay below 1e-4 for functions of ordinary curvature.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "autograd/elementwise.h"
#include "random_tensor.h"

namespace rotor {

using Inputs = std::vector<Variable>;
using Function = std::function<Variable(const Inputs&)>;

namespace gradient_check_detail {

/// Random operators draw the same keys at every evaluation.
inline Variable evaluate(const Function& f, const Inputs& inputs) {
  seed_random_operators(7);
  return f(inputs);
}

inline double weighted_sum(const Function& f, const Inputs& inputs, const Tensor& weights) {
  const Tensor y = evaluate(f, inputs).value().contiguous();
  double total = 0;
  for (int64_t i = 0; i < y.elements(); ++i) total += static_cast<double>(y.data()[i]) * weights.data()[i];
  return total;
}

}  // namespace gradient_check_detail

/// Expects every gradient of f to agree with differences, relative to the largest gradient of that input or 1.
inline void expect_gradients(const Function& f, const std::vector<Tensor>& tensors, double tolerance = 1e-3) {
  namespace detail = gradient_check_detail;
  constexpr float kStep = 1e-2f;
  Inputs inputs;
  for (const Tensor& tensor : tensors) inputs.emplace_back(tensor, true);
  const Variable y = detail::evaluate(f, inputs);
  const Tensor weights = random_tensor(y.shape(), 99);
  backward(sum(mul(reshape(y, y.shape()), weights)));

  const Inputs constants(tensors.begin(), tensors.end());
  for (size_t which = 0; which < tensors.size(); ++which) {
    ASSERT_TRUE(inputs[which].gradient().defined()) << "input " << which;
    ASSERT_EQ(inputs[which].gradient().shape(), tensors[which].shape()) << "input " << which;
    const Tensor gradient = inputs[which].gradient().contiguous();
    double largest = 1;
    for (float value : gradient.span()) largest = std::max<double>(largest, std::abs(value));
    const Tensor kept = tensors[which].clone();
    for (int64_t i = 0; i < kept.elements(); ++i) {
      Tensor moved = kept.clone();
      auto value_at = [&](float step) {
        moved.data()[i] = kept.data()[i] + step;
        tensors[which].copy_from(moved);
        return detail::weighted_sum(f, constants, weights);
      };
      const double difference = (value_at(kStep) - value_at(-kStep)) / (2 * kStep);
      EXPECT_NEAR(gradient.data()[i], difference, tolerance * largest) << "input " << which << ", number " << i;
    }
    tensors[which].copy_from(kept);
  }
}

/// Random numbers at least 0.1 away from 0, where relu has no derivative.
inline Tensor random_away_from_zero(Shape shape, uint64_t seed) {
  Tensor x = random_tensor(shape, seed);
  for (float& value : x.span()) value += value < 0 ? -0.1f : 0.1f;
  return x;
}

}  // namespace rotor
