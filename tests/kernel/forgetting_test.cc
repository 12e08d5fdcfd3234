#include "kernel/forgetting.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/check.h"
#include "random_tensor.h"

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
