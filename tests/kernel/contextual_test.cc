#include "kernel/contextual.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/check.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

TEST(AddContextual, CountsTheGatesFromTheKeyToTheQuery) {
  constexpr int64_t kQueries = 4, kKeys = 9, kFirst = 3, kPositions = 4;
  const Tensor scores = random_tensor({2, 2, kQueries, kKeys}, 1),
               logits = random_tensor({2, 2, kQueries, kPositions}, 2);
  const Tensor out = add_contextual(scores, logits, kFirst);
  for (int64_t row = 0; row < 2 * 2 * kQueries; ++row) {
    const int64_t own = kFirst + row % kQueries;
    const float *s = scores.data() + row * kKeys, *z = logits.data() + row * kPositions;
    for (int64_t j = 0; j < kKeys; ++j) {
      double p = 0;
      for (int64_t l = std::min(own, j); l <= std::max(own, j); ++l) p += 1 / (1 + std::exp(-s[l]));
      p = std::min(p, static_cast<double>(kPositions - 1));
      const auto below = static_cast<int64_t>(p), above = static_cast<int64_t>(std::ceil(p));
      const double weight = p - static_cast<double>(below);
      EXPECT_NEAR(out.data()[row * kKeys + j], s[j] + (1 - weight) * z[below] + weight * z[above], 1e-5)
          << row << " " << j;
    }
  }
}

TEST(AddContextual, RefusesLogitsAndQueriesOfOtherSizes) {
  const Tensor scores({1, 2, 3, 4});
  EXPECT_THROW(add_contextual(scores, Tensor({1, 1, 3, 5}), 0), Error);
  EXPECT_THROW(add_contextual(scores, Tensor({1, 2, 3, 5}), 2), Error);
}

TEST(AddContextual, GivesTheSameBitsForAnyThreads) {
  const Tensor scores = random_tensor({2, 3, 60, 60}, 1), logits = random_tensor({2, 3, 60, 6}, 2);
  expect_the_same_for_any_threads([&] {
    const ContextualGradients gradients = contextual_backward(scores, scores, logits, 0);
    return std::vector{add_contextual(scores, logits, 0), gradients.scores, gradients.logits};
  });
}

}  // namespace
}  // namespace rotor
