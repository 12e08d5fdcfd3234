#include "kernel/divergence.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "kernel/element.h"
#include "kernel/rows.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

/// Half of KL(p‖q) + KL(q‖p) of two rows of logits.
double divergence(const std::vector<double>& a, const std::vector<double>& b) {
  double sum_a = 0, sum_b = 0, kl = 0;
  for (double x : a) sum_a += std::exp(x);
  for (double x : b) sum_b += std::exp(x);
  for (size_t i = 0; i < a.size(); ++i) {
    const double p = std::exp(a[i]) / sum_a, q = std::exp(b[i]) / sum_b;
    kl += (p - q) * (std::log(p) - std::log(q)) / 2;
  }
  return kl;
}

std::vector<double> row_of(const Tensor& x, int64_t row) {
  const auto numbers = x.narrow(0, row, 1).span();
  return {numbers.begin(), numbers.end()};
}

TEST(SymmetricDivergence, IsItsFormulaAndItsGradientsAreDifferencesOfIt) {
  constexpr double kStep = 1e-4, kAlpha = 0.7;
  for (int64_t rows : {1, 3}) {
    for (int64_t width : {1, 2, 15, 16, 37}) {
      const Tensor a = random_tensor({rows, width}, 1), b = random_tensor({rows, width}, 2, 2);
      const Tensor d_a = Tensor::full({rows, width}, 2), d_b = Tensor::full({rows, width}, -3);
      const double actual = symmetric_divergence(log_softmax(a), log_softmax(b), kAlpha, d_a, d_b);
      double expected = 0;
      for (int64_t r = 0; r < rows; ++r) {
        std::vector<double> p = row_of(a, r), q = row_of(b, r);
        expected += divergence(p, q);
        const auto difference = [&](double& logit) {
          const double before = logit;
          logit = before + kStep;
          const double above = divergence(p, q);
          logit = before - kStep;
          const double below = divergence(p, q);
          logit = before;
          return kAlpha * (above - below) / (2 * kStep);
        };
        for (int64_t i = 0; i < width; ++i) {
          EXPECT_NEAR(element(d_a, r, i) - 2, difference(p[i]), 2e-6) << width << " " << r << " " << i;
          EXPECT_NEAR(element(d_b, r, i) + 3, difference(q[i]), 2e-6) << width << " " << r << " " << i;
        }
      }
      EXPECT_NEAR(actual, expected, 1e-5 * (1 + expected)) << width;
    }
  }
}

TEST(SymmetricDivergence, OfEqualOrNoDistributionsIsNothing) {
  const Tensor same = log_softmax(random_tensor({2, 19}, 1)), d = Tensor::zeros({2, 19});
  EXPECT_EQ(symmetric_divergence(same, same, 1, d, d), 0);
  for (float value : d.span()) EXPECT_EQ(value, 0);
  EXPECT_EQ(symmetric_divergence(Tensor({0, 19}), Tensor({0, 19}), 1, Tensor({0, 19}), Tensor({0, 19})), 0);
}

TEST(SymmetricDivergence, GivesTheSameBitsForAnyThreads) {
  const Tensor p = log_softmax(random_tensor({101, 37}, 1)), q = log_softmax(random_tensor({101, 37}, 2));
  double first = 0;
  expect_the_same_for_any_threads([&] {
    const Tensor d_p = Tensor::zeros(p.shape()), d_q = Tensor::zeros(q.shape());
    const double sum = symmetric_divergence(p, q, 1, d_p, d_q);
    if (first == 0) first = sum;
    EXPECT_EQ(sum, first);
    return std::vector{d_p, d_q};
  });
}

}  // namespace
}  // namespace rotor
