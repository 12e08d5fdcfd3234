#include "base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace rotor {
namespace {

TEST(Random, MixIsSplitMix64) {  // its published first outputs for the seed 1234567
  EXPECT_EQ(mix(1234567), 6457827717110365317u);
  EXPECT_EQ(mix(1234567 + 0x9e3779b97f4a7c15u), 3203168211198807973u);
}

TEST(Random, TheSameKeyGivesTheSameStreamAndAnotherKeyAnother) {
  Random a(derive(7, "dropout")), b(derive(7, "dropout")), c(derive(7, "shuffle")), d(derive(8, "dropout"));
  for (int i = 0; i < 100; ++i) {
    const uint64_t bits = a.bits();
    EXPECT_EQ(bits, b.bits());
    EXPECT_NE(bits, c.bits());
    EXPECT_NE(bits, d.bits());
  }
}

TEST(Random, UniformAndNormalHaveTheirMoments) {
  Random random(1);
  constexpr int kCount = 100000;
  double sum = 0, normal_sum = 0, normal_squares = 0;
  for (int i = 0; i < kCount; ++i) {
    const double u = random.uniform(), n = random.normal();
    ASSERT_TRUE(u >= 0 && u < 1);
    sum += u;
    normal_sum += n;
    normal_squares += n * n;
  }
  EXPECT_NEAR(sum / kCount, 0.5, 0.005);
  EXPECT_NEAR(normal_sum / kCount, 0, 0.015);
  EXPECT_NEAR(normal_squares / kCount, 1, 0.02);
}

TEST(Random, BelowReachesEveryNumberAboutEquallyOften) {
  Random random(2);
  std::vector<int> counts(7);
  for (int i = 0; i < 70000; ++i) ++counts[random.below(7)];
  for (int count : counts) EXPECT_NEAR(count, 10000, 500);
}

TEST(Random, ShuffleKeepsTheItemsAndChangesTheirOrder) {
  std::vector<int> items(100), sorted(100);
  std::iota(sorted.begin(), sorted.end(), 0);
  items = sorted;
  Random(3).shuffle(items);
  EXPECT_NE(items, sorted);
  std::sort(items.begin(), items.end());
  EXPECT_EQ(items, sorted);
}

}  // namespace
}  // namespace rotor
