#include "train/loss_watch.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace rotor {
namespace {

TEST(LossWatch, SeesAJumpAmongLossesThatFallAndScatter) {
  LossWatch watch;
  Random random(1);
  for (int update = 1; update <= 2000; ++update) {
    const double loss = 4 + 8 * std::exp(-update / 300.0) + 0.2 * random.normal();
    EXPECT_FALSE(watch.jumps(loss)) << update;
  }
  EXPECT_TRUE(watch.jumps(7));
  EXPECT_NEAR(watch.usual(), 4, 0.3);
  EXPECT_FALSE(watch.jumps(4.1));
}

TEST(LossWatch, SaysOnceThatLossesAreHigher) {
  LossWatch watch;
  for (int update = 0; update < 100; ++update) EXPECT_FALSE(watch.jumps(4));
  EXPECT_FALSE(watch.jumps(4.3)) << "too little, whatever the others' scatter";
  EXPECT_TRUE(watch.jumps(9));
  for (int update = 0; update < 100; ++update) EXPECT_FALSE(watch.jumps(9));
}

TEST(LossWatch, TakesNoneOfTheFirstForAJump) {
  LossWatch watch;
  EXPECT_FALSE(watch.jumps(1));
  for (int update = 0; update < 10; ++update) EXPECT_FALSE(watch.jumps(1 + update));
}

}  // namespace
}  // namespace rotor
