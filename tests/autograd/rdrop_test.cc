#include "autograd/rdrop.h"

#include "autograd/gradient_check.h"
#include "threads.h"

namespace rotor {
namespace {

/// Log-probabilities of one row of logits, in double.
std::vector<double> log_probabilities(const Tensor& features, const Tensor& weight, int64_t row) {
  const int64_t width = weight.size(1);
  std::vector<double> logits;
  for (int64_t word = 0; word < weight.size(0); ++word) {
    double& logit = logits.emplace_back(0);
    for (int64_t i = 0; i < width; ++i) {
      logit += static_cast<double>(features.data()[row * width + i]) * weight.data()[word * width + i];
    }
  }
  double sum = 0;
  for (const double logit : logits) sum += std::exp(logit);
  for (double& logit : logits) logit -= std::log(sum);
  return logits;
}

TEST(RDrop, LossIsBothCrossEntropiesAndTheDivergenceBothWays) {
  const Tensor features = random_tensor({6, 4}, 1), weight = random_tensor({9, 4}, 2);
  const std::vector<int32_t> targets = {3, 0, 8};
  const float alpha = 2.5f, epsilon = 0.1f;
  double expected = 0, nll = 0, divergence = 0;
  const double other = epsilon / 8.0, own = 1 - epsilon - other;  // fairseq's smoothing
  for (size_t i = 0; i < targets.size(); ++i) {
    const auto p = log_probabilities(features, weight, static_cast<int64_t>(i));
    const auto q = log_probabilities(features, weight, static_cast<int64_t>(i + targets.size()));
    for (size_t word = 0; word < p.size(); ++word) {
      expected -= other * (p[word] + q[word]);
      divergence += std::exp(p[word]) * (p[word] - q[word]) / 2 + std::exp(q[word]) * (q[word] - p[word]) / 2;
    }
    expected -= own * (p[targets[i]] + q[targets[i]]);
    nll -= (p[targets[i]] + q[targets[i]]) / 2;
  }
  ASSERT_GT(divergence, 0.1);
  const Loss loss = projected_rdrop(Variable(features), Variable(weight), targets, epsilon, alpha);
  EXPECT_NEAR(loss.loss.value().item(), expected + alpha * divergence, 1e-4);
  EXPECT_NEAR(loss.nll, nll, 1e-4);
}

TEST(RDrop, GradientsAgreeWithDifferences) {
  const std::vector<int32_t> targets = {3, 0, 8};
  expect_gradients([&](const Inputs& in) { return projected_rdrop(in[0], in[1], targets, 0.1f, 2.5f).loss; },
                   {random_tensor({6, 4}, 1), random_tensor({9, 4}, 2)});
  expect_gradients([&](const Inputs& in) { return projected_rdrop(in[0], in[1], targets, 0.1f, 2.5f, in[2]).loss; },
                   {random_tensor({6, 4}, 1), random_tensor({9, 4}, 2), random_tensor({9}, 3)});
}

TEST(RDrop, OfPassesThatAgreeIsTwiceTheCrossEntropy) {
  const Tensor once = random_tensor({300, 8}, 1), weight = random_tensor({50, 8}, 2);
  Tensor twice({600, 8});
  twice.narrow(0, 0, 300).copy_from(once);
  twice.narrow(0, 300, 300).copy_from(once);
  std::vector<int32_t> targets;
  for (int32_t i = 0; i < 300; ++i) targets.push_back(i % 50);
  const Tensor bias = random_tensor({50}, 3);
  const Loss plain = projected_cross_entropy(once, weight, targets, 0.1f, bias);
  const Loss both = projected_rdrop(twice, weight, targets, 0.1f, 5, bias);
  EXPECT_NEAR(both.loss.value().item() / plain.loss.value().item(), 2, 1e-5);
  EXPECT_NEAR(both.nll / plain.nll, 1, 1e-6);
}

TEST(RDrop, HasTheSameBitsForAnyThreads) {
  const Tensor features = random_tensor({600, 16}, 1), weight = random_tensor({90, 16}, 2);
  std::vector<int32_t> targets;
  for (int32_t i = 0; i < 300; ++i) targets.push_back(i * 7 % 90);
  expect_the_same_for_any_threads([&] {
    const Variable x(features, true), w(weight, true);
    const Loss loss = projected_rdrop(x, w, targets, 0.1f, 5);
    backward(loss.loss);
    return std::vector{loss.loss.value(), x.gradient(), w.gradient()};
  });
}

}  // namespace
}  // namespace rotor
