#include "kernel/forgetting.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/check.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

TEST(Forgetting, AddsTheLogarithmsOfTheGatesBetweenQueryAndKey) {
  const int64_t queries = 4, keys = 9, first = 3;
  const Tensor scores = random_tensor({2, 3, queries, keys}, 1), logits = random_tensor({2, 3, keys}, 2, 3);
  const Tensor actual = add_forgetting(scores, logits, first);
  for (int64_t n = 0; n < 6; ++n) {
    for (int64_t i = 0; i < queries; ++i) {
      for (int64_t j = 0; j < keys; ++j) {
        double expected = scores.data()[(n * queries + i) * keys + j];
        for (int64_t l = std::min(first + i, j) + 1; l <= std::max(first + i, j); ++l) {
          expected -= std::log(1 + std::exp(-static_cast<double>(logits.data()[n * keys + l])));
        }
        EXPECT_NEAR(actual.data()[(n * queries + i) * keys + j], expected, 2e-6) << n << " " << i << " " << j;
      }
    }
  }
}

TEST(Forgetting, HasTheGradientsOfTheGates) {
  for (const int64_t first : {0, 3, 5}) {
    const int64_t queries = 4, keys = 9;
    const Tensor gradient = random_tensor({2, 3, queries, keys}, 1), logits = random_tensor({2, 3, keys}, 2, 3);
    const Tensor actual = forgetting_backward(gradient, laid_out_as_transposed(logits, 0, 2), first);
    ASSERT_EQ(actual.shape(), logits.shape());
    for (int64_t n = 0; n < 6; ++n) {
      for (int64_t l = 0; l < keys; ++l) {
        double sum = 0;  // over the pairs of query and key that the gate is between
        for (int64_t i = 0; i < queries; ++i) {
          for (int64_t j = 0; j < keys; ++j) {
            const bool between = std::min(first + i, j) < l && l <= std::max(first + i, j);
            if (between) sum += gradient.data()[(n * queries + i) * keys + j];
          }
        }
        const double slope = 1 / (1 + std::exp(static_cast<double>(logits.data()[n * keys + l])));
        EXPECT_NEAR(actual.data()[n * keys + l], sum * slope, 2e-6) << n << " " << l;
      }
    }
  }
}

TEST(Forgetting, GivesTheSameBitsForAnyThreads) {
  const Tensor scores = random_tensor({3, 2, 50, 60}, 1), logits = random_tensor({3, 2, 60}, 2);
  expect_the_same_for_any_threads([&] {
    return std::vector{add_forgetting(scores, logits, 10), forgetting_backward(scores, logits, 10)};
  });
}

TEST(Forgetting, OfExtremeGatesIsFinite) {
  Tensor logits = Tensor::full({1, 1, 3}, 1000);
  logits.data()[1] = -1000;
  const Tensor d = add_forgetting(Tensor::zeros({1, 1, 3, 3}), logits, 0);
  EXPECT_EQ(d.data()[2 * 3], -1000) << "the last query forgets the first key";
  EXPECT_EQ(d.data()[2 * 3 + 1], 0) << "and keeps the second";
}

TEST(Forgetting, RefusesGatesOfOtherKeysAndQueriesThatAreNoKeys) {
  EXPECT_THROW(add_forgetting(Tensor::zeros({1, 2, 3, 3}), Tensor::zeros({1, 1, 3}), 0), Error);
  EXPECT_THROW(add_forgetting(Tensor::zeros({1, 1, 3, 3}), Tensor::zeros({1, 1, 3}), 1), Error);
}

}  // namespace
}  // namespace rotor
