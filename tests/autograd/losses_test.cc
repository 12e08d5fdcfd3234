#include "autograd/losses.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "autograd/gradient_check.h"
#include "autograd/layers.h"
#include "golden.h"
#include "kernel/rows.h"
#include "threads.h"

namespace rotor {
namespace {

const std::vector<int32_t> kTargets = {3, 1, 0, 6, 1, 2};

Loss loss_of(const Variable& features, const Variable& weight, std::span<const int32_t> targets,
             const Variable& bias = {}) {
  return projected_cross_entropy(features, weight, targets, 0.1f, bias);
}

TEST(Gradient, OfProjectedCrossEntropy) {
  const Tensor features = random_tensor({6, 4}, 1), weight = random_tensor({7, 4}, 2), bias = random_tensor({7}, 3);
  expect_gradients([](const Inputs& x) { return loss_of(x[0], x[1], kTargets).loss; }, {features, weight});
  expect_gradients([](const Inputs& x) { return scale(loss_of(x[0], x[1], kTargets).loss, -3); }, {features, weight});
  expect_gradients([](const Inputs& x) { return loss_of(x[0], x[1], kTargets, x[2]).loss; }, {features, weight, bias});
}

TEST(ProjectedCrossEntropy, OfManyChunksIsTheSumOfItsParts) {
  constexpr int64_t kCount = 1300, kPart = 100;
  const Tensor x = random_tensor({kCount, 4}, 1), w = random_tensor({9, 4}, 2), b = random_tensor({9}, 3);
  std::vector<int32_t> targets;
  for (int64_t i = 0; i < kCount; ++i) targets.push_back(static_cast<int32_t>((i * 7) % 9));
  const Variable features(x, true), weight(w, true), parts(w, true), bias(b, true), bias_parts(b, true);
  const Loss whole = loss_of(features, weight, targets, bias);
  backward(whole.loss);
  double loss = 0, nll = 0;
  for (int64_t first = 0; first < kCount; first += kPart) {
    const Variable rows(x.narrow(0, first, kPart), true);
    const Loss part = loss_of(rows, parts, std::span(targets).subspan(first, kPart), bias_parts);
    backward(part.loss);
    loss += part.loss.value().item();
    nll += part.nll;
    golden::expect_near(features.gradient().narrow(0, first, kPart), rows.gradient(), 1e-5, "features");
  }
  EXPECT_NEAR(whole.loss.value().item() / loss, 1, 1e-6);
  EXPECT_NEAR(whole.nll / nll, 1, 1e-6);
  golden::expect_near(weight.gradient(), parts.gradient(), 1e-5, "weight");
  golden::expect_near(bias.gradient(), bias_parts.gradient(), 1e-5, "bias");
}

TEST(ProjectedCrossEntropy, WithoutGradientsOrTargetsIsTheSameLossOrZero) {
  const Tensor x = random_tensor({6, 4}, 1), w = random_tensor({7, 4}, 2);
  const float expected = loss_of(x, w, kTargets).loss.value().item();
  const Variable features(x, true), none(Tensor({0, 4}), true), weight(w, true);
  const Loss nothing = loss_of(none, weight, {});
  backward(nothing.loss);
  EXPECT_EQ(nothing.loss.value().item(), 0);
  for (float value : weight.gradient().span()) EXPECT_EQ(value, 0);
  const NoGrad no_grad;
  EXPECT_EQ(loss_of(features, weight, kTargets).loss.value().item(), expected);
}

/// The bias is one more number of every feature vector, whose feature is 1.
TEST(ProjectedCrossEntropy, AddsTheBiasToTheLogits) {
  const Tensor x = random_tensor({6, 4}, 1), w = random_tensor({7, 4}, 2), b = random_tensor({7}, 3, 2);
  const Tensor wider_x = Tensor::full({6, 5}, 1), wider_w({7, 5});
  wider_x.narrow(1, 0, 4).copy_from(x);
  wider_w.narrow(1, 0, 4).copy_from(w);
  wider_w.narrow(1, 4, 1).copy_from(b.reshape({7, 1}));
  const Loss expected = loss_of(wider_x, wider_w, kTargets), actual = loss_of(x, w, kTargets, b);
  EXPECT_NEAR(actual.loss.value().item() / expected.loss.value().item(), 1, 1e-6);
  EXPECT_NEAR(actual.nll / expected.nll, 1, 1e-6);
}

TEST(ProjectedCrossEntropy, RefusesWhatDoesNotFit) {
  const Tensor x = random_tensor({6, 4}, 1), w = random_tensor({7, 4}, 2);
  EXPECT_THROW(loss_of(x, w, std::vector<int32_t>{1, 2}), Error) << "a target for each row";
  EXPECT_THROW(loss_of(x, random_tensor({7, 5}, 2), kTargets), Error) << "width";
  EXPECT_THROW(loss_of(x, w, kTargets, random_tensor({6}, 3)), Error) << "bias";
  for (const int32_t target : {-1, 7}) {
    EXPECT_THROW(loss_of(x, w, std::vector<int32_t>(6, target)), Error) << target;
  }
}

/// The log-likelihoods of targets by the logits of a linear layer.
std::vector<float> likelihoods_of(const Tensor& x, const Tensor& w, std::span<const int32_t> targets, const Tensor& b) {
  return log_likelihoods(
      targets, [&](int64_t first, int64_t count) { return linear(Variable(x.narrow(0, first, count)), w, b).value(); });
}

TEST(LogLikelihoods, AreThoseOfTheLogitsAndSumToTheLoss) {
  const Tensor x = random_tensor({700, 8}, 1), w = random_tensor({90, 8}, 2), b = random_tensor({90}, 3);
  std::vector<int32_t> targets;
  for (int32_t i = 0; i < 700; ++i) targets.push_back(i * 7 % 90);
  const auto values = likelihoods_of(x, w, targets, b);
  const Tensor expected = log_softmax(linear(x, w, b).value());
  double sum = 0;
  for (int64_t i = 0; i < 700; ++i) {
    EXPECT_NEAR(values[i], expected.data()[i * 90 + targets[i]], 1e-5) << i;
    sum += values[i];
  }
  EXPECT_NEAR(-sum / loss_of(x, w, targets, b).nll, 1, 1e-6);
  EXPECT_TRUE(likelihoods_of(Tensor({0, 8}), w, {}, b).empty());
}

TEST(Guesses, AreRightWhereNoOtherLogitIsLarger) {
  const Tensor logits = random_tensor({600, 30}, 1);
  std::vector<int32_t> targets(600);
  double sum = 0;
  for (int32_t i = 0; i < 600; ++i) {
    const auto row = logits.narrow(0, i, 1).span();
    const auto best = static_cast<int32_t>(std::max_element(row.begin(), row.end()) - row.begin());
    targets[i] = i % 3 == 0 ? best : (best + 1) % 30;
    sum += log_softmax(logits.narrow(0, i, 1)).data()[targets[i]];
  }
  const auto rows = [&](int64_t first, int64_t count) { return logits.narrow(0, first, count); };
  const Guesses found = guesses(targets, rows);
  EXPECT_EQ(found.right, 200);
  EXPECT_NEAR(found.log_likelihood / sum, 1, 1e-6);
  for (const int32_t target : {-1, 30}) {
    targets[599] = target;
    EXPECT_THROW(guesses(targets, rows), Error) << target;
  }
}

TEST(Losses, HaveTheSameBitsForAnyThreads) {
  const Tensor x = random_tensor({700, 64}, 1), w = random_tensor({300, 64}, 2), b = random_tensor({300}, 3);
  std::vector<int32_t> targets;
  for (int32_t i = 0; i < 700; ++i) targets.push_back(i * 7 % 300);
  expect_the_same_for_any_threads([&] {
    const Inputs leaves = {{x, true}, {w, true}, {b, true}};
    const Loss loss = loss_of(leaves[0], leaves[1], targets, leaves[2]);
    backward(loss.loss);
    return std::vector{loss.loss.value(), leaves[0].gradient(), leaves[1].gradient(), leaves[2].gradient(),
                       Tensor::of({700}, likelihoods_of(x, w, targets, b))};
  });
}

}  // namespace
}  // namespace rotor
