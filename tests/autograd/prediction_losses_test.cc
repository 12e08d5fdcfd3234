#include "autograd/prediction_losses.h"

#include <gtest/gtest.h>

#include "autograd/gradient_check.h"

namespace rotor {
namespace {

const std::vector<int32_t> kClasses = {2, 0, 1, 2};
const std::vector<float> kWeights = {0.5f, 2, 1}, kTargets = {0.3f, -1, 2};

TEST(Gradient, OfCrossEntropyWithWeightsOfClasses) {
  const Tensor scores = random_tensor({4, 3}, 1);
  expect_gradients([](const Inputs& x) { return cross_entropy(x[0], kClasses).loss; }, {scores});
  expect_gradients([](const Inputs& x) { return scale(cross_entropy(x[0], kClasses, kWeights).loss, -3); }, {scores});
}

TEST(Gradient, OfSquaredError) {
  expect_gradients([](const Inputs& x) { return scale(squared_error(x[0], kTargets).loss, 2); },
                   {random_tensor({3, 1}, 2)});
}

TEST(CrossEntropy, IsThatOfTheOutputLayersLoss) {
  const Tensor features = random_tensor({4, 5}, 1), weight = random_tensor({3, 5}, 2);
  const Loss projected = projected_cross_entropy(features, weight, kClasses, 0);
  Tensor scores({4, 3});
  for (int r = 0; r < 4; ++r) {
    for (int c = 0; c < 3; ++c) {
      double sum = 0;
      for (int i = 0; i < 5; ++i) sum += double(features.span()[r * 5 + i]) * weight.span()[c * 5 + i];
      scores.span()[r * 3 + c] = static_cast<float>(sum);
    }
  }
  EXPECT_NEAR(cross_entropy(scores, kClasses).loss.value().item(), projected.loss.value().item(), 1e-5);
  const Loss weighted = cross_entropy(scores, kClasses, kWeights);
  EXPECT_NEAR(weighted.nll, projected.nll, 1e-5) << "without weights";
  EXPECT_NE(weighted.loss.value().item(), projected.loss.value().item());
}

TEST(CrossEntropy, OfLargeScoresIsFinite) {
  const Loss loss = cross_entropy(Tensor::of({1, 2}, {1e4f, -1e4f}), std::vector<int32_t>{1});
  EXPECT_NEAR(loss.nll, 2e4, 1);
}

TEST(SquaredError, AddsUp) {
  EXPECT_NEAR(squared_error(Tensor::of({3}, {0.3f, 0, 0}), kTargets).nll, 5, 1e-6);
}

}  // namespace
}  // namespace rotor
