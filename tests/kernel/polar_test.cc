#include "kernel/polar.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "base/check.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

TEST(Polar, MakesLengthsOfNumbersAndAnglesOfPositions) {
  const Tensor x = random_tensor({2, 3, 4, 5}, 1, 10), phases = random_tensor({3, 5}, 2, 4);
  const PolarAngles angles{7, {1, 0.5, 0.2, 0.1, 0.05}, phases};
  const Tensor y = polar(x, angles);
  ASSERT_EQ(y.shape(), (Shape{2, 3, 4, 10}));
  for (int64_t n = 0; n < x.elements(); ++n) {
    const int64_t i = n % 5, row = n / 5, t = row % 4, h = row / 4 % 3;
    const double phase = std::clamp<double>(phases.data()[h * 5 + i], -2 * std::numbers::pi, 0);
    const double angle = static_cast<double>(7 + t) * angles.frequencies[i] + phase,
                 size = std::log(1 + std::exp(x.data()[n]));
    EXPECT_NEAR(y.data()[row * 10 + i], size * std::cos(angle), 5e-7 * (size + 1));
    EXPECT_NEAR(y.data()[row * 10 + 5 + i], size * std::sin(angle), 5e-7 * (size + 1));
  }
}

TEST(Polar, NeitherOverflowsNorVanishes) {
  const Tensor y = polar(Tensor::of({1, 1, 1, 2}, {200, -200}), {0, {1, 1}, {}});
  EXPECT_EQ(y.data()[0], 200);
  EXPECT_NEAR(y.data()[1], 0, 2e-38);
}

TEST(Polar, RefusesOtherSizes) {
  EXPECT_THROW(polar(Tensor({1, 2, 3, 4}), {0, {1, 1, 1}, {}}), Error);
  EXPECT_THROW(polar(Tensor({1, 2, 3, 4}), {0, {1, 1, 1, 1}, Tensor({1, 4})}), Error);
}

TEST(Polar, GivesTheSameBitsForAnyThreads) {
  const Tensor x = random_tensor({2, 8, 80, 8}, 1), g = random_tensor({2, 8, 80, 16}, 2);
  const PolarAngles angles{0, std::vector<double>(8, 0.3), random_tensor({8, 8}, 3)};
  expect_the_same_for_any_threads([&] {
    const PolarGradients gradients = polar_backward(g, x, angles);
    return std::vector{polar(x, angles), gradients.x, gradients.phases};
  });
}

}  // namespace
}  // namespace rotor
