#include "train/schedule.h"

#include <gtest/gtest.h>

namespace rotor {
namespace {

TEST(InverseSqrt, RisesInALineAndFallsWithTheRoot) {
  OptimizationOptions options;
  options.lr = 1e-3;
  options.warmup_updates = 100;
  options.warmup_init_lr = 1e-4;
  EXPECT_DOUBLE_EQ(learning_rate(options, 0), 1e-4);
  EXPECT_DOUBLE_EQ(learning_rate(options, 50), 5.5e-4);
  EXPECT_DOUBLE_EQ(learning_rate(options, 99), 9.91e-4);
  EXPECT_DOUBLE_EQ(learning_rate(options, 100), 1e-3);
  EXPECT_DOUBLE_EQ(learning_rate(options, 400), 5e-4);
  EXPECT_DOUBLE_EQ(learning_rate(options, 10000), 1e-4);
}

TEST(InverseSqrt, HasFairseqsUsualDefaults) {
  EXPECT_DOUBLE_EQ(learning_rate({}, 0), 1e-7);
  EXPECT_DOUBLE_EQ(learning_rate({}, 4000), 5e-4);
  EXPECT_DOUBLE_EQ(learning_rate({}, 16000), 2.5e-4);
}

}  // namespace
}  // namespace rotor
