#include "kernel/random_features.h"

#include <gtest/gtest.h>

#include <cmath>

#include "threads.h"

namespace rotor {
namespace {

double dot(const Tensor& w, int64_t a, int64_t b) {
  double sum = 0;
  for (int64_t i = 0; i < w.size(1); ++i)
    sum += static_cast<double>(w.data()[a * w.size(1) + i]) * w.data()[b * w.size(1) + i];
  return sum;
}

TEST(RandomFeatures, AreOrthogonalWithinABlockOnly) {
  const int64_t d = 16;
  const Tensor w = random_features(2 * d + 5, d, 1);
  double largest_between = 0;
  for (int64_t a = 0; a < w.size(0); ++a) {
    for (int64_t b = 0; b < a; ++b) {
      const double cosine = std::abs(dot(w, a, b)) / std::sqrt(dot(w, a, a) * dot(w, b, b));
      if (a / d == b / d) {
        EXPECT_LT(cosine, 1e-6) << a << " and " << b;
      } else {
        largest_between = std::max(largest_between, cosine);
      }
    }
  }
  EXPECT_GT(largest_between, 0.3);
}

/// Squared norms follow χ² with d degrees of freedom: mean d, variance 2d. Numbers follow N(0, 1).
TEST(RandomFeatures, HaveTheNormsAndNumbersOfGaussianVectors) {
  const int64_t d = 8, m = 4000;
  const Tensor w = random_features(m, d, 7);
  double mean = 0, squares = 0, numbers = 0, fourth = 0;
  for (int64_t r = 0; r < m; ++r) {
    const double norm = dot(w, r, r);
    mean += norm / m;
    squares += norm * norm / m;
  }
  for (float value : w.span()) {
    numbers += value / static_cast<double>(m * d);
    fourth += std::pow(value, 4) / static_cast<double>(m * d);
  }
  EXPECT_NEAR(mean, d, 5 * std::sqrt(2. * d / m));
  EXPECT_NEAR(squares - mean * mean, 2. * d, 1.5);
  EXPECT_NEAR(numbers, 0, 5 / std::sqrt(static_cast<double>(m * d)));
  EXPECT_NEAR(fourth, 3, 0.2);
}

TEST(RandomFeatures, AreTheSameForTheSameSeedAndTheFirstRowsForMoreFeatures) {
  const Tensor w = random_features(20, 6, 5);
  expect_same_bits(random_features(20, 6, 5), w, "the same seed");
  expect_same_bits(random_features(33, 6, 5).narrow(0, 0, 20), w, "more features");
  const Tensor other = random_features(20, 6, 6);
  for (int64_t i = 0; i < w.elements(); ++i) EXPECT_NE(other.data()[i], w.data()[i]);
}

TEST(RandomFeatures, AreByDefaultDLogD) {
  EXPECT_EQ(default_random_features(64), 266);
  EXPECT_EQ(default_random_features(32), 110);
  EXPECT_EQ(default_random_features(1), 1);
}

TEST(RandomFeatures, RefuseNone) {
  EXPECT_THROW(random_features(0, 8, 1), Error);
}

}  // namespace
}  // namespace rotor
