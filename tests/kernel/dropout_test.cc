#include "kernel/dropout.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rotor {
namespace {

TEST(Dropout, KeepsTheShareAskedForAndScalesIt) {
  for (float rate : {0.1f, 0.5f, 0.9f}) {
    const Dropout::Mask mask({rate, 42});
    constexpr int kCount = 100000;
    int kept = 0;
    for (uint32_t i = 0; i < kCount; ++i) {
      const float factor = mask(i);
      ASSERT_TRUE(factor == 0 || factor == 1 / (1 - rate));
      kept += factor != 0;
    }
    const double deviation = std::sqrt(rate * (1 - rate) * kCount);
    EXPECT_NEAR(kept, (1 - rate) * kCount, 4 * deviation) << rate;
  }
}

TEST(Dropout, AtRateZeroKeepsAll) {
  EXPECT_FALSE(Dropout{}.active());
  const Dropout::Mask mask({0, 7});
  for (uint32_t i = 0; i < 10000; ++i) ASSERT_EQ(mask(i), 1);
}

/// How often two masks agree that an element survives, of 100,000.
int agreements(const Dropout::Mask& a, const Dropout::Mask& b, uint32_t shift) {
  int count = 0;
  for (uint32_t i = 0; i < 100000; ++i) count += (a(i) != 0) == (b(i + shift) != 0);
  return count;
}

TEST(Dropout, KeysAndNeighboursAreIndependent) {
  const Dropout::Mask mask({0.5f, 1});
  EXPECT_EQ(agreements(mask, Dropout::Mask({0.5f, 1}), 0), 100000);
  EXPECT_NEAR(agreements(mask, Dropout::Mask({0.5f, 2}), 0), 50000, 1000);
  EXPECT_NEAR(agreements(mask, Dropout::Mask({0.5f, uint64_t{1} << 32 | 1}), 0), 50000, 1000);
  for (uint32_t shift : {1, 2, 64, 128, 512}) EXPECT_NEAR(agreements(mask, mask, shift), 50000, 1000) << shift;
  EXPECT_EQ(agreements(mask, mask.part(0), 0), 100000);
  for (uint64_t n : {1, 2, 3}) EXPECT_NEAR(agreements(mask.part(n - 1), mask.part(n), 0), 50000, 1000) << n;
}

}  // namespace
}  // namespace rotor
