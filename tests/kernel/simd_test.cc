#include "kernel/simd.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace rotor {
namespace {

TEST(FastExp, IsAccurateFromMinus87To88) {
  double worst = 0;
  for (double x = -87; x <= 88; x += 1.7e-4) {
    const auto argument = static_cast<float>(x);
    const double expected = std::exp(static_cast<double>(argument));
    worst = std::max(worst, std::abs(fast_exp(argument) - expected) / expected);
  }
  EXPECT_LE(worst, 2e-7);
  EXPECT_EQ(fast_exp(0.f), 1);
}

TEST(FastExp, IsFiniteAndTinyOrHugeBeyond) {
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_LT(fast_exp(-1000.f), 2e-38f);
  EXPECT_LT(fast_exp(-infinity), 2e-38f);
  EXPECT_GE(fast_exp(-infinity), 0);
  EXPECT_GT(fast_exp(1000.f), 1e38f);
  EXPECT_TRUE(std::isfinite(fast_exp(infinity)));
}

TEST(FastExp, KeepsNan) {
  EXPECT_TRUE(std::isnan(fast_exp(std::numeric_limits<float>::quiet_NaN())));
}

}  // namespace
}  // namespace rotor
