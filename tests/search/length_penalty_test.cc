#include "search/length_penalty.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rotor {
namespace {

TEST(LengthPenalty, PowerIsLengthToTheAlpha) {
  const LengthPenalty penalty("power", 0.6);
  EXPECT_DOUBLE_EQ(penalty(1), 1);
  EXPECT_DOUBLE_EQ(penalty(10), std::pow(10, 0.6));
  EXPECT_DOUBLE_EQ(LengthPenalty("power", 1)(7), 7);
}

TEST(LengthPenalty, GnmtIsFivePlusLengthOverSixToTheAlpha) {
  const LengthPenalty penalty("gnmt", 0.6);
  EXPECT_DOUBLE_EQ(penalty(1), 1);
  EXPECT_DOUBLE_EQ(penalty(7), std::pow(2, 0.6));
}

TEST(LengthPenalty, AlphaZeroAndNoneRankByTheSumAlone) {
  EXPECT_EQ(LengthPenalty("power", 0)(50), 1);
  EXPECT_EQ(LengthPenalty("gnmt", 0)(50), 1);
  EXPECT_EQ(LengthPenalty("none", 2)(50), 1);
}

}  // namespace
}  // namespace rotor
